// Who signs in, where, and how: what a pool and a single connection of a module have in common.
import { Client, type ClientConfig, DatabaseError } from "pg";
import { StartError } from "#platform/kernel";
import type { Explain } from "./refusal.js";
import { types } from "./values.js";

export interface PoolOptions {
  readonly max: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  /** Its queries take the processor only when nobody else wants it, on a server on this machine, and may read tables
   *  whole. For reports. */
  readonly stepsBack?: boolean;
}

export const DEFAULT_POOL: PoolOptions = {
  max: 8,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 10_000,
};

/** How one module connects, and in whose name. */
export interface SignIn {
  readonly module: string;
  readonly server: Server;
  readonly explain: Explain;
}

export type Server = Pick<ClientConfig, "host" | "port" | "database" | "user" | "password" | "ssl">;

/** The parts of a URL. A user in its place is certain to be used, which it is not when set on a URL without host.
 *  @throws StartError */
export function parseServer(url: string, as?: { user: string; password: string }): Server {
  if (!/^postgres(ql)?:\/\//.test(url)) throw notUrl();
  try {
    const { host, port, database, user, password, ssl } = new Client({ connectionString: url });
    return {
      host,
      port,
      ssl,
      ...(database !== undefined && { database }),
      ...(user !== undefined && { user }),
      ...(typeof password === "string" && { password }),
      ...as,
    };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).path === undefined ? notUrl(error) : unreadable(error);
  }
}

const unreadable = (cause: unknown) =>
  new StartError(
    `A file that DATABASE_URL names cannot be read (${(cause as Error).message}): correct its path, or let this account read it.`,
    { cause },
  );

const notUrl = (cause?: unknown) =>
  new StartError(
    "DATABASE_URL is not a PostgreSQL URL: write it as postgres://user:password@host:5432/database.",
    { cause },
  );

// One query, one processor: more of them would go around what a pool's size limits. And no compiling for one.
// Where nothing steps back, statements name rows by their keys, and their plans are kept: one that was made while a
// table was small must not read it whole when it is large.
const PLANNING = { max_parallel_workers_per_gather: 0, jit: false };

// Whatever the server's default: a statement that waited for a lock must see what the one before it committed.
const ISOLATION = { default_transaction_isolation: "read committed" };

/** How much longer than the server's own limit a client waits, for a server that no longer answers at all. */
const SILENCE_MS = 5_000;

export const clientConfig = (
  { module, server }: SignIn,
  purpose: string | undefined,
  {
    statementTimeoutMs,
    lockTimeoutMs,
    idleInTransactionTimeoutMs,
    stepsBack = false,
  }: Omit<PoolOptions, "max">,
): ClientConfig => ({
  ...server,
  types,
  application_name: purpose === undefined ? `tiffin:${module}` : `tiffin:${module}:${purpose}`,
  options: Object.entries({
    ...PLANNING,
    ...ISOLATION,
    search_path: module,
    enable_seqscan: stepsBack,
  })
    .map(([setting, value]) => `-c ${setting}=${String(value).replaceAll(" ", String.raw`\ `)}`)
    .join(" "),
  statement_timeout: statementTimeoutMs,
  query_timeout: statementTimeoutMs + SILENCE_MS,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
});

/** Whether the connection is of no more use: the server ended it, or nobody knows what it does. */
export const isLost = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || error.severity === "FATAL" || error.severity === "PANIC";

/** Whether the server stopped the statement because it took longer than its module's limit. */
export const isTimeLimit = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "57014";
