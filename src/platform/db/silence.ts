// A connection can be gone without a word: after a failover, or when a router forgot it. The answer to a statement then
// never comes, and nobody says so. What has waited for long is looked up on a fresh connection: if the server no longer
// works on it, its answer was sent and lost. Such a connection is ended on both sides, so that what waits for it fails
// now and not at its time limit, and a lock that it holds is free. A statement that merely takes long is left alone.
import type { Socket } from "node:net";
import { Client, type ClientBase, type ClientConfig } from "pg";

const LOOK_EVERY_MS = 500;
const LONG_MS = 1_500;
const ASK_MS = 2_000;

// What pg's types leave out.
type Watched = ClientBase & {
  readonly processID: number;
  readonly connection: { readonly stream: Socket };
};

export interface Silence {
  /** Watches while the statement is under way. */
  during<T>(client: ClientBase, statement: () => Promise<T>): Promise<T>;
}

// Idle for less than that may mean that the answer is on its way.
const END_LOST = `
  select asked.pid, case when backend.usename = current_user then pg_terminate_backend(backend.pid) end
  from unnest($1::integer[]) as asked (pid) left join pg_stat_activity as backend on backend.pid = asked.pid
  where backend.pid is null or backend.usename <> current_user
    or (backend.state like 'idle%' and backend.state_change < clock_timestamp() - interval '1 second')`;

export function createSilence(config: ClientConfig): Silence {
  const waiting = new Map<Watched, number>();
  let looking = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    const before = performance.now() - LONG_MS;
    const overdue = [...waiting].filter(([, since]) => since < before);
    if (looking || overdue.length === 0) return;
    looking = true;
    try {
      const stillWaiting = () =>
        overdue.flatMap(([client, since]) => (waiting.get(client) === since ? [client] : []));
      const lost = await endLost(() => stillWaiting().map(({ processID }) => processID));
      for (const client of stillWaiting())
        if (lost.has(client.processID)) client.connection.stream.destroy();
    } catch {
      // The server itself cannot be asked: it may be about to answer, and the time limits hold.
    } finally {
      looking = false;
    }
  }

  /** Asked for `pids` once it is connected: where this process stood still, the answers have been read by then. */
  async function endLost(pids: () => readonly number[]): Promise<Set<number>> {
    const client = new Client({
      ...config,
      connectionTimeoutMillis: ASK_MS,
      query_timeout: ASK_MS,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>(END_LOST, [pids()]);
      return new Set(rows.map((row) => row.pid));
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    async during(client, statement) {
      waiting.set(client as Watched, performance.now());
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS).unref();
      try {
        return await statement();
      } finally {
        waiting.delete(client as Watched);
      }
    },
  };
}
