// Live updates for screens: every client gets the events that it may see, once, in order, and goes on after the last one
// that it got when it comes again, to whichever process and after whatever restart (docs/adr). Knows no module, no HTTP.
//
// The trade: clients read what the relays have archived, not what they emit. That costs a read for each process and some
// milliseconds, and waits with the relay for a listener that hangs; in exchange a place in the stream means the same
// in every process and for ever, nothing is kept for a client, and nobody writes anything for it.
import type { EventEnvelope } from "#platform/kernel";
import { type Client, createClient, type Listener, type Reason, type Sink } from "./client.js";
import { createFeed, type Shown, type Source } from "./feed.js";
import type { RingLimits } from "./ring.js";
import { createSignals, noSignals, type SignalDatabase } from "./signals.js";

export type { Listener, Sink } from "./client.js";
export type { Shown } from "./feed.js";

export interface StreamSource extends Source {
  onArchived(watcher: () => void): () => void;
}

export interface StreamTiming {
  readonly beatMs: number;
  /** The net below the signals of other processes. */
  readonly lookMs: number;
  readonly slowMs: number;
  readonly pauseMs: number;
}

const TIMING: StreamTiming = { beatMs: 15_000, lookMs: 30_000, slowMs: 20_000, pauseMs: 5 };
const RING: RingLimits = { entries: 2_000, bytes: 8_000_000 };
const CLIENTS = 500;
const CLIENTS_PER_SESSION = 25;
/** Of one person, who may sign in as often as they like: a fifth, so that nobody takes the places of all screens. */
const CLIENTS_PER_PERSON = 100;

export interface StreamOptions {
  readonly sources: readonly StreamSource[];
  readonly show: (event: EventEnvelope) => Shown | undefined;
  /** Where the processes on one database call each other; undefined: there is only this one. */
  readonly signals: SignalDatabase | undefined;
  /** Before clients are sent what is new. */
  readonly onNews?: () => void;
  /** Who these sessions belong to now; one that is missing has ended. Asked once for all clients. */
  readonly recheck: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, Listener>>;
  readonly logger: { warn(details: object, message: string): void };
  readonly metrics: {
    counter(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
    gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  };
  readonly timing?: Partial<StreamTiming>;
  readonly ring?: Partial<RingLimits>;
}

export interface OpenRequest {
  readonly listener: Listener;
  /** Undefined: all topics that the listener may see. */
  readonly topics: ReadonlySet<string> | undefined;
  readonly lastEventId: string | undefined;
}

const word = (event: "ready" | "reset", data: object) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n`;

export function createStream(options: StreamOptions) {
  const { sources, logger, metrics } = options;
  const timing = { ...TIMING, ...options.timing };
  const clients = new Set<Client>();
  const stops: (() => void)[] = [];
  let draining = false;

  const feed = createFeed({
    sources,
    show: options.show,
    ring: { ...RING, ...options.ring },
    pauseMs: timing.pauseMs,
    logger,
    onGrown: () => {
      options.onNews?.();
      for (const client of clients) client.pump();
    },
    onLost: () => {
      const start = { next: feed.ring.end(), places: feed.ring.head() };
      for (const client of clients)
        client.begin(word("reset", { reason: "unknown-position" }), start);
    },
  });
  const signals = options.signals
    ? createSignals({
        database: options.signals,
        onSignal: (publisher) => feed.wake(publisher),
        onListening: () => feed.wake(),
        onReconnected: () => void feed.verify().catch(() => endAll("unavailable")),
        logger,
      })
    : noSignals;

  for (const source of sources) {
    const { publisher } = source;
    const grown = () => {
      feed.wake(publisher);
      signals.announce(publisher);
    };
    stops.push(source.onArchived(grown));
  }

  const every = (ms: number, work: () => void) => {
    const timer = setInterval(work, ms);
    timer.unref();
    stops.push(() => clearInterval(timer));
  };
  every(timing.beatMs, () => {
    for (const client of clients) client.beat();
    void recheck();
  });
  if (options.signals) {
    every(timing.lookMs, () => {
      if (clients.size === 0) return;
      signals.check();
      feed.wake();
    });
  }

  /** Ends the clients whose session has ended, and learns what the others may see now. */
  async function recheck(): Promise<void> {
    const sessions = new Map<string, Client[]>();
    for (const client of clients) {
      const { sessionId } = client.listener();
      if (sessionId !== undefined)
        sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), client]);
    }
    if (sessions.size === 0) return;
    try {
      const known = await options.recheck([...sessions.keys()]);
      for (const [sessionId, those] of sessions) {
        const listener = known.get(sessionId);
        for (const client of those) {
          if (listener) client.is(listener);
          else client.end("session-ended");
        }
      }
    } catch (error) {
      // Who cannot be asked about stays: the next beat asks again.
      logger.warn({ error: String(error) }, "the sessions of the stream cannot be checked");
    }
  }

  function ended(client: Client, reason: Reason | "gone"): void {
    if (!clients.delete(client)) return;
    metrics.counter("stream_clients_ended_total", { reason });
    if (reason === "slow") {
      const { sessionId } = client.listener();
      logger.warn({ sessionId, waiting: client.waiting() }, "a stream client is too slow");
    }
    if (clients.size === 0) feed.rest();
  }

  /** `waitingBytes` is what this process holds for all clients together, beside the ring that they share. */
  const status = () => ({
    clients: clients.size,
    waitingBytes: [...clients].reduce((sum, client) => sum + client.waiting(), 0),
    ringBytes: feed.ring.bytes(),
  });

  /** Says goodbye to everybody: they come again, here or to another process. */
  function endAll(reason: Reason): void {
    for (const client of clients) client.end(reason);
  }
  function drain(): void {
    draining = true;
    endAll("draining");
  }

  return {
    /** Whether one more may come, of this session, of this person and at all. */
    hasRoom({ id, sessionId }: Listener): boolean {
      if (draining || clients.size >= CLIENTS) return false;
      const own = [...clients].map((client) => client.listener()).filter((who) => who.id === id);
      if (own.length >= CLIENTS_PER_PERSON) return false;
      const same = own.filter((who) => who.sessionId === sessionId);
      return sessionId === undefined || same.length < CLIENTS_PER_SESSION;
    },
    /** From now on until it ends, the connection is the client's. */
    open(sink: Sink, { listener, topics, lastEventId }: OpenRequest): void {
      const client: Client = createClient(sink, listener, {
        topics,
        ring: feed.ring,
        slowMs: timing.slowMs,
        onEnd: (reason) => ended(client, reason),
      });
      clients.add(client);
      if (draining) return client.end("draining");
      signals.listen();
      feed.enter(lastEventId).then(
        (entrance) => {
          const first =
            entrance.kind === "reset"
              ? word("reset", { reason: entrance.reason })
              : word("ready", { resumed: entrance.kind === "resumed" });
          client.begin(first, entrance);
        },
        (error: unknown) => {
          logger.warn({ error: String(error) }, "a stream client cannot be served now");
          client.end("unavailable");
        },
      );
    },
    recheck,
    status,
    collect: () => {
      const { waitingBytes, ringBytes } = status();
      metrics.gauge("stream_clients", {}, clients.size);
      metrics.gauge("stream_waiting_bytes", {}, waitingBytes);
      metrics.gauge("stream_ring_bytes", {}, ringBytes);
    },
    drain,
    async stop(): Promise<void> {
      drain();
      for (const stop of stops.splice(0)) stop();
      await signals.stop();
      await feed.stop();
    },
  };
}
