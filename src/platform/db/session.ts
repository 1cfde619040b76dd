// One connection of a module, outside its pool: it can hold a lock for as long as it lives, and listen.
// When it is lost, so is the lock, at the server's side too.
import { Client, escapeIdentifier } from "pg";
import { clientConfig, DEFAULT_POOL, type SignIn } from "./connection.js";
import type { Silence } from "./silence.js";
import type { Runner, Statement } from "./statements.js";

export interface Session extends Runner {
  /** Aborted when the connection ends, for whatever reason. */
  readonly lost: AbortSignal;
  listen(channel: string, onNotified: (payload: string) => void): Promise<void>;
  close(): Promise<void>;
}

const LIMITS = { ...DEFAULT_POOL, statementTimeoutMs: 30_000 };
const CLOSE_MS = 2_000;

/** A machine that lost its power, or a router that forgot the connection, tells nobody, and little is said on a connection
 *  that only holds a lock: both sides ask whether the other is still there, or the lock would be held for two hours. */
const KEEP_ALIVE_SECONDS = 15;
const KEEP_ALIVE = [
  ["tcp_keepalives_idle", KEEP_ALIVE_SECONDS],
  ["tcp_keepalives_interval", 5],
  ["tcp_keepalives_count", 3],
]
  .map(([setting, value]) => ` -c ${setting}=${value}`)
  .join("");

/** @throws when the server cannot be reached */
export async function openSession(
  signIn: SignIn,
  purpose: string,
  silence: Silence,
): Promise<Session> {
  const config = clientConfig(signIn, purpose, LIMITS);
  const client = new Client({
    ...config,
    options: `${config.options}${KEEP_ALIVE}`,
    keepAliveInitialDelayMillis: KEEP_ALIVE_SECONDS * 1000,
  });
  const lost = new AbortController();
  const lose = () => lost.abort(new Error(`The connection for ${purpose} was lost`));
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
        try {
          const query = { name, text, values: [...values] };
          return (await silence.during(client, () => client.query(query))).rows as Row[];
        } catch (error) {
          throw signIn.explain(error, text);
        }
      });
      turn = answer.catch(() => undefined);
      return answer;
    },
    async listen(channel, onNotified) {
      client.on("notification", (message) => {
        if (message.channel === channel) onNotified(message.payload ?? "");
      });
      await client.query(`listen ${escapeIdentifier(channel)}`);
    },
    async close() {
      lose();
      // A server that does not answer must not keep the connection, and with it the lock, open.
      const timer = setTimeout(() => client.connection.stream.destroy(), CLOSE_MS);
      await client.end().catch(() => undefined);
      clearTimeout(timer);
    },
  };
}
