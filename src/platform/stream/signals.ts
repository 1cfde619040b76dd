// Tells the other processes on this database that an archive grew, and hears it from them: LISTEN/NOTIFY on one channel,
// for all publishers, whatever their stores. A NOTIFY is sent after the archive's commit, alone, and seldom enough: many
// in a short time are one. What is lost on the way is found by the next one, or when the feed looks by itself.
import { defineStatement, type Runner, type Session } from "#platform/db";
import { newId } from "#platform/kernel";

const CHANNEL = "stream";
const APART_MS = 30;
const RETRY_MS = { first: 250, longest: 5_000 };

const notify = defineStatement<never>("stream.notify", "select pg_notify($1, $2)");
const ping = defineStatement<never>("stream.ping", "select 1");

export interface SignalDatabase extends Runner {
  openSession(purpose: string): Promise<Session>;
}

export interface Signals {
  /** An archive of this process grew. */
  announce(publisher: string): void;
  /** From now on hears the others. Repeated: no change. */
  listen(): void;
  /** Whether the connection that listens is still there; one that is not is opened anew. */
  check(): void;
  stop(): Promise<void>;
}

/** For one process alone: nobody is told, nobody is heard. */
export const noSignals: Signals = {
  announce: () => undefined,
  listen: () => undefined,
  check: () => undefined,
  stop: () => Promise.resolve(),
};

export function createSignals({
  database,
  onSignal,
  onListening,
  onReconnected,
  logger,
}: {
  readonly database: SignalDatabase;
  readonly onSignal: (publisher: string) => void;
  /** What was told until now was not heard. */
  readonly onListening: () => void;
  /** Signals were lost meanwhile, and so may be what the server had not written yet. */
  readonly onReconnected: () => void;
  readonly logger: { warn(details: object, message: string): void };
}): Signals {
  const me = newId();
  const grown = new Set<string>();
  const stopping = new AbortController();
  let session: Session | undefined;
  let listening: Promise<void> | undefined;
  let telling: Promise<void> | undefined;

  async function tell(): Promise<void> {
    while (grown.size > 0 && !stopping.signal.aborted) {
      const payload = [me, ...grown].join(" ");
      grown.clear();
      await database.run(notify, [CHANNEL, payload]).catch(() => undefined);
      await pause(APART_MS, stopping.signal);
    }
    telling = undefined;
  }

  function hear(payload: string): void {
    const [sender, ...publishers] = payload.split(" ");
    if (sender !== me) for (const publisher of publishers) onSignal(publisher);
  }

  async function listenForEver(): Promise<void> {
    let waitMs = RETRY_MS.first;
    for (let first = true; !stopping.signal.aborted;) {
      try {
        session = await database.openSession("stream");
        await session.listen(CHANNEL, hear);
        if (first) onListening();
        else onReconnected();
        first = false;
        waitMs = RETRY_MS.first;
        await aborted(AbortSignal.any([session.lost, stopping.signal]));
      } catch (error) {
        logger.warn({ error: String(error) }, "the stream cannot listen, trying again");
      }
      await session?.close();
      session = undefined;
      await pause(waitMs, stopping.signal);
      waitMs = Math.min(RETRY_MS.longest, waitMs * 2);
    }
  }

  return {
    announce(publisher) {
      grown.add(publisher);
      telling ??= tell();
    },
    listen: () => void (listening ??= listenForEver()),
    check: () => void session?.run(ping, []).catch(() => undefined),
    async stop() {
      stopping.abort();
      await Promise.all([listening, telling]);
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
