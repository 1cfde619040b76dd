// One subscription's mailbox: takes what the bus brings, applies it in batches, and answers once it is stored.
// A handler that throws costs nobody else: its event is kept aside with the cause, and the others go on.
// A store that cannot even keep it is tried until it can, or until the relay gives up waiting and withdraws.
import { setTimeout as pause } from "node:timers/promises";
import type { BusListener, Message, Receipt } from "#platform/bus";
import { crashPoint, type EventEnvelope } from "#platform/kernel";
import {
  checkEvent,
  isIgnored,
  parseEnvelope,
  patternsOf,
  publisherOf,
  type Subscription,
} from "./subscription.js";
import { backoffMs, judge, messageOf, NotTried, type RetryPolicy, withTimeout } from "./timing.js";
import type { InboxStore, Logger, Metrics, StoredSubscription } from "./types.js";

const DEFAULT_BATCH = 100;
const DEFAULT_TIMEOUT_MS = 30_000;
/** Where several modules' events are heard, those that one deed made come within this time, from an outbox each: they
 *  share a transaction. */
const GATHER_MS = 2;
/** A handler call that takes longer is reported. */
const SLOW_MS = 1_000;
const STORE_BACKOFF = { firstPauseMs: 100, longestPauseMs: 5_000 };

const DELIVERED: Receipt = { stored: Promise.resolve(), withdraw: () => undefined };

interface Letter {
  readonly message: Message;
  /** A copy of its own, so that no listener sees what another one did to it. */
  readonly event: EventEnvelope;
  readonly stored: () => void;
  withdrawn: boolean;
}

export interface MailboxOptions<Tx> {
  readonly subscription: Subscription<Tx>;
  readonly store: InboxStore<Tx>;
  readonly retry: RetryPolicy;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** A copy was kept: the retry loop has something to do. */
  readonly onKept: () => void;
}

/** From the commit of what it tells to its being applied. */
export function measureLag(
  metrics: Metrics,
  subscription: string,
  event: EventEnvelope,
  committedAt: number,
): void {
  const lagMs = Math.max(0, Date.now() - committedAt);
  const labels = { publisher: publisherOf(event.name), subscription };
  metrics.histogram("event_lag_seconds", labels, lagMs / 1000);
}

/** The subscription with its time limit, and with a report when it is slow. */
export function guarded<Tx>(
  subscription: Subscription<Tx>,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): StoredSubscription<Tx> {
  const { name, timeoutMs = DEFAULT_TIMEOUT_MS } = subscription;
  return {
    name,
    timeoutMs,
    async handle(events, tx) {
      const started = performance.now();
      try {
        await withTimeout(Promise.resolve(subscription.handle(events, tx)), timeoutMs);
      } finally {
        const tookMs = performance.now() - started;
        metrics.histogram("event_handler_seconds", { subscription: name }, tookMs / 1000);
        if (tookMs > SLOW_MS) {
          metrics.counter("event_handler_slow_total", { subscription: name });
          logger.warn(
            { subscription: name, events: events.length, tookMs: Math.round(tookMs) },
            "slow listener",
          );
        }
      }
    },
  };
}

export function createMailbox<Tx>(
  options: MailboxOptions<Tx>,
): BusListener & { stop(): Promise<void>; queued(): number } {
  const { subscription, store, retry, logger, metrics, onKept } = options;
  const { name, batchSize = DEFAULT_BATCH } = subscription;
  const target = guarded(subscription, options);
  const isHearingSeveral = new Set(patternsOf(subscription).map(publisherOf)).size > 1;
  const stopping = new AbortController();
  let queue: Letter[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // Lets everything that was emitted together become one batch.
    await (isHearingSeveral ? pause(GATHER_MS) : Promise.resolve());
    while (queue.length > 0 && !stopping.signal.aborted) {
      const letters = queue.splice(0, batchSize).filter((letter) => !letter.withdrawn);
      if (letters.length > 0) await deliver(letters);
    }
    working = undefined;
  }

  async function deliver(letters: readonly Letter[]): Promise<void> {
    try {
      await apply(letters.map(({ event }) => event));
      for (const letter of letters) acknowledge(letter);
    } catch (error) {
      if (letters.length > 1) for (const letter of letters) await deliverAlone(letter);
      else if (letters[0]) await keep(letters[0], error);
    }
  }

  /** One that was given up took the later ones with it: they must not be applied before it comes again. */
  async function deliverAlone(letter: Letter): Promise<void> {
    if (!letter.withdrawn && !stopping.signal.aborted) await deliver([letter]);
  }

  async function apply(events: readonly EventEnvelope[]): Promise<void> {
    crashPoint("inbox.before-apply");
    const applied = await store.apply(
      target,
      events.map((event) => checkEvent(subscription, event)),
    );
    crashPoint("inbox.after-apply");
    metrics.counter("events_applied_total", { subscription: name }, applied);
    if (applied > 0) subscription.applied?.();
  }

  function acknowledge({ stored, event, message: { committedAt } }: Letter): void {
    stored();
    if (committedAt !== undefined) measureLag(metrics, name, event, committedAt);
  }

  /** Keeps the event aside; while the store cannot, begins anew with the event itself, since nothing was counted. */
  async function keep(letter: Letter, first: unknown): Promise<void> {
    const { event } = letter;
    let cause = first;
    for (let attempt = 1; !letter.withdrawn && !stopping.signal.aborted; attempt++) {
      try {
        if (cause instanceof NotTried) throw cause;
        const verdict = judge(cause, 1, retry, new Date());
        await store.keep(name, event, verdict);
        metrics.counter("event_attempts_failed_total", { subscription: name });
        if (verdict.status === "dead") metrics.counter("events_dead_total", { subscription: name });
        logger.warn(
          { subscription: name, event: event.id, status: verdict.status, error: messageOf(cause) },
          "event not applied",
        );
        letter.stored();
        onKept();
        return;
      } catch (storeError) {
        logger.warn(
          { subscription: name, attempt, error: messageOf(storeError) },
          "inbox cannot be reached",
        );
      }
      await pause(backoffMs(attempt, STORE_BACKOFF), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
      try {
        await apply([event]);
        acknowledge(letter);
        return;
      } catch (error) {
        cause = error;
      }
    }
  }

  return {
    subscription: name,
    patterns: patternsOf(subscription),
    from: subscription.from ?? "beginning",
    receive(message): Receipt {
      const event = parseEnvelope(message);
      if (isIgnored(subscription, event)) return DELIVERED;
      let stored = () => undefined as void;
      const promise = new Promise<void>((resolve) => (stored = resolve));
      const letter: Letter = { message, event, stored, withdrawn: false };
      queue.push(letter);
      if (!stopping.signal.aborted) working ??= work();
      return {
        stored: promise,
        withdraw() {
          letter.withdrawn = true;
          if (queue.length > 0) queue = queue.filter((queued) => queued !== letter);
        },
      };
    },
    idle: async () => working,
    queued: () => queue.length,
    /** Finishes the batch under way; what is still queued comes again from its outbox. */
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
