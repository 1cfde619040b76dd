// A module's inbox: its subscriptions on the bus, what they could not apply, and the people's hand on both.
import type { Bus } from "#platform/bus";
import { type EventEnvelope, hourly } from "#platform/kernel";
import { createMailbox } from "./mailbox.js";
import { createRetryLoop } from "./retry.js";
import { isIgnored, patternsOf, type Subscription } from "./subscription.js";
import { DEFAULT_RETRY, messageOf, type RetryPolicy } from "./timing.js";
import {
  type FailureQuery,
  type InboxStore,
  type Intervention,
  type Logger,
  type Metrics,
  noMetrics,
} from "./types.js";

const PURGE_PAGE = 250; // the embedded document store does nothing else while it forgets one
const PURGE_PAGES = 400;

export interface InboxOptions<Tx> {
  readonly subscriptions: readonly Subscription<Tx>[];
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly retry?: Partial<RetryPolicy>;
  /** Must be the same for all modules: copies here are known for longer than archives keep events. */
  readonly retentionDays?: number;
}

export type Inbox<Tx> = ReturnType<typeof createInbox<Tx>>;

export function createInbox<Tx>(store: InboxStore<Tx>, options: InboxOptions<Tx>) {
  const { subscriptions, bus, logger, metrics = noMetrics, retentionDays = 400 } = options;
  const retry = { ...DEFAULT_RETRY, ...options.retry };
  const retries = createRetryLoop({ subscriptions, store, retry, logger, metrics });
  const mailboxes = subscriptions.map((subscription) =>
    createMailbox({ subscription, store, retry, logger, metrics, onKept: retries.wake }),
  );
  const stops: (() => void)[] = [];

  async function purge(): Promise<void> {
    for (let page = 0; page < PURGE_PAGES; page++) {
      if ((await store.purge(retentionDays, PURGE_PAGE)) < PURGE_PAGE) return;
    }
  }

  /** At zero from the start, so that an alarm on a rise sees the first one. */
  function announce(subscription: string): void {
    for (const name of [
      "events_applied_total",
      "event_attempts_failed_total",
      "events_dead_total",
      "event_handler_slow_total",
      "event_subscription_behind_total",
    ]) {
      metrics.counter(name, { subscription }, 0);
    }
  }

  return {
    /** What it hears: names and patterns. */
    subscriptions: subscriptions.map((subscription) => ({
      name: subscription.name,
      patterns: patternsOf(subscription),
      events: subscription.events.map(({ name }) => name),
      /** Delivered to it without a trace. */
      ignores: (event: EventEnvelope) => isIgnored(subscription, event),
    })),
    /** Start every inbox before any outbox: a relay offers events to the subscriptions that it finds. */
    start(): void {
      for (const mailbox of mailboxes) {
        announce(mailbox.subscription);
        stops.push(bus.subscribe(mailbox));
      }
      retries.start();
      const endPurging = hourly(() => {
        purge().catch((error: unknown) =>
          logger.warn({ error: messageOf(error) }, "inbox purge failed"),
        );
      });
      stops.push(endPurging);
    },
    /** Stop the outboxes first. Ends with the batches under way. */
    async stop(): Promise<void> {
      for (const stop of stops.splice(0)) stop();
      await Promise.all([...mailboxes.map((mailbox) => mailbox.stop()), retries.stop()]);
    },
    /** Numbers for each subscription: what is stored here, and what waits in memory. */
    async status() {
      const queued = new Map(mailboxes.map((mailbox) => [mailbox.subscription, mailbox.queued()]));
      const counts = await store.counts();
      for (const { subscription, waiting, held, dead } of counts) {
        metrics.gauge("event_failures", { subscription, status: "waiting" }, waiting);
        metrics.gauge("event_failures", { subscription, status: "held" }, held);
        metrics.gauge("event_failures", { subscription, status: "dead" }, dead);
      }
      return counts.map((count) => ({ ...count, queued: queued.get(count.subscription) ?? 0 }));
    },
    list: (query: FailureQuery = {}) => store.list(query),
    /** Tries stored events again at once, dead ones too. Answers how many. */
    async replay(query: FailureQuery, by: Intervention): Promise<number> {
      const count = await store.replay(query, by);
      retries.wake();
      return count;
    },
    /** Gives a stored event up, so that its key goes on. False when it is not stored here. */
    async discard(
      subscription: string,
      eventId: string,
      by: Intervention & { readonly reason: string },
    ): Promise<boolean> {
      const discarded = await store.discard(subscription, eventId, by);
      retries.wake();
      return discarded;
    },
    /** For the module's outbox: what a person did that concerns it, where the deed lies in another store. */
    tell: (event: EventEnvelope) => store.tell(event),
    deliveries: (eventIds: readonly string[]) => store.deliveries(eventIds),
    /** Forgets that events (null: all) were applied. To rebuild: pause the subscription at its outboxes, forget all
     *  and empty the tables in one transaction, then resume from the beginning. */
    forget: (subscription: string, eventIds: readonly string[] | null, tx?: Tx) =>
      store.forget(subscription, eventIds, tx),
    purge,
  };
}
