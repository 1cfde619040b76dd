// One connection of its own, outside the pools: it can hold a lock for as long as it lives, and listen.
// When it is lost, so is the lock, at the server's side too.
import pg from "pg";
import type { Runner, Statement } from "#platform/db";

export interface Session extends Runner {
  /** Aborted when the connection ends, for whatever reason. */
  readonly lost: AbortSignal;
  listen(channel: string, onNotified: () => void): Promise<void>;
  close(): Promise<void>;
}

const INT8 = 20;

/** @throws when the server cannot be reached */
export async function openSession(options: {
  connectionString: string;
  schema: string;
  /** What it is for, as an administrator sees it in pg_stat_activity. */
  name?: string;
}): Promise<Session> {
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: `tiffin:${options.schema}:${options.name ?? "relay"}`,
    options: `-c search_path=${options.schema} -c idle_in_transaction_session_timeout=10s`,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types: {
      getTypeParser: ((oid: number, format?: "text") =>
        oid === INT8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  const lost = new AbortController();
  const lose = () => lost.abort(new Error("The relay's connection was lost"));
  client.on("error", lose);
  client.on("end", lose);
  await client.connect();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    lost: lost.signal,
    // One at a time: the driver's own queue is deprecated.
    run<Row>({ name, text }: Statement<Row>, values: readonly unknown[]) {
      const answer = turn.then(async () => {
        lost.signal.throwIfAborted();
        return (await client.query({ name, text, values: [...values] })).rows as Row[];
      });
      turn = answer.catch(() => undefined);
      return answer;
    },
    async listen(channel, onNotified) {
      client.on("notification", (message) => message.channel === channel && onNotified());
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    },
    async close() {
      lose();
      // A server that does not answer must not keep the connection, and with it the lock, open.
      const timer = setTimeout(() => client.connection.stream.destroy(), 2_000);
      await client.end().catch(() => undefined);
      clearTimeout(timer);
    },
  };
}
