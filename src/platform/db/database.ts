// One module's way to its own tables: a pool under its own role, a query builder that knows only its own tables.
// Its size and its time limits are a bulkhead: what one module does to itself, no other one feels.
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect } from "kysely";
import type { PostgresPool, PostgresPoolClient, Transaction } from "kysely";
import { Pool, type PoolClient, type QueryResultRow } from "pg";
import { clientConfig, isLost, type PoolOptions, type SignIn } from "./connection.js";
import { openSession, type Session } from "./session.js";
import { createSilence } from "./silence.js";
import { stepBack } from "./step-back.js";
import { nameOf, type Runner, type Statement } from "./statements.js";

export interface PoolUse {
  readonly max: number;
  readonly open: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

export interface Database<Tables = never> extends Runner {
  readonly module: string;
  readonly kysely: Kysely<Tables>;
  /** One round trip; its own transaction unless `tx` is given. */
  run<Row>(
    statement: Statement<Row>,
    values: readonly unknown[],
    tx?: Transaction<Tables>,
  ): Promise<Row[]>;
  /** Commits when `work` resolves. Run again from the start after a deadlock or serialization failure: `work` must
   *  have no effect outside the transaction. */
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** A connection of its own, for a lock that lives as long as it does, or to listen. */
  openSession(purpose: string): Promise<Session>;
  poolUse(): PoolUse;
  close(): Promise<void>;
}

const ATTEMPTS = 5;

export function createDatabase<Tables>(
  signIn: SignIn,
  options: PoolOptions,
  onLost: (error: Error) => void,
): Database<Tables> {
  const pool = new Pool({
    ...clientConfig(signIn, undefined, options),
    max: options.max,
    idleTimeoutMillis: 60_000,
  });
  // A connection that the server ends must not end the process, neither while idle (the pool tells) nor while a
  // query is under way on it (the query tells); the next query opens another.
  // One that the server ends while the pool is closing is none that is missed.
  pool.on("error", (error) => {
    if (!pool.ending) onLost(error);
  });
  const silence = createSilence(clientConfig(signIn, "silence", options));
  // What ended one connection has probably ended the others: those that are older than a loss are not used again.
  let losses = 0;
  const bornAfter = new WeakMap<PoolClient, number>();
  pool.on("connect", (client) => {
    bornAfter.set(client, losses);
    client.on("error", () => undefined);
    const { processID, user } = client as PoolClient & { processID?: number; user?: string };
    if (options.stepsBack && processID && user) void stepBack(processID, user);
  });

  async function takeClient(): Promise<PoolClient> {
    for (;;) {
      const client = await pool.connect();
      if (bornAfter.get(client) === losses) return client;
      client.release(true);
    }
  }

  async function connect() {
    const client = await takeClient();
    let failure: Error | undefined;
    let isOver = false;
    return {
      async query<R>(text: string, values: readonly unknown[]) {
        // What outlived its time limit would be done behind the rollback: alone, and for good.
        if (isOver && text !== "rollback") throw new Error("The transaction is over");
        isOver = text === "commit" || text === "rollback";
        const name = nameOf(text);
        try {
          return await silence.during(client, () =>
            client.query<R & QueryResultRow>({
              text,
              values: [...values],
              ...(name !== undefined && { name }),
            }),
          );
        } catch (error) {
          if (isLost(error)) {
            failure = error as Error;
            if (bornAfter.get(client) === losses) losses += 1;
          }
          throw signIn.explain(error, text);
        }
      },
      release: () => client.release(failure),
    };
  }

  // The builder never asks for a cursor, the other form of `query`.
  const kyselyPool: PostgresPool = {
    connect: async () => (await connect()) as unknown as PostgresPoolClient,
    end: () => pool.end(),
  };
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: kyselyPool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });

  return {
    module: signIn.module,
    kysely,
    async run<Row>(
      { text }: Statement<Row>,
      values: readonly unknown[],
      tx?: Transaction<Tables>,
    ): Promise<Row[]> {
      if (tx) return (await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
      const client = await connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        client.release();
      }
    },
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await kysely.transaction().execute(work);
        } catch (error) {
          if (!isTransient(error) || attempt === ATTEMPTS) throw error;
          await pause(Math.random() * 10 * attempt);
        }
      }
    },
    openSession: (purpose) => openSession(signIn, purpose, silence),
    poolUse: () => ({
      max: options.max,
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    // Waits for what is under way; harmless when repeated.
    close: () => (pool.ending ? Promise.resolve() : pool.end()),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A deadlock or serialization failure: the same work may well succeed at once. */
function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "40001" || code === "40P01";
}
