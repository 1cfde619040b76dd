// A module's outbox, whatever its store: told after each commit, relayed in the background, seen and steered by people.
import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "#platform/bus";
import { createForeground, type Foreground } from "#platform/kernel";
import { createRelay } from "./relay.js";
import { DEFAULT_TIMING, type RelayTiming } from "./timing.js";
import {
  type EventQuery,
  type Logger,
  type Metrics,
  noMetrics,
  type OutboxStore,
  type Rewind,
} from "./types.js";

export interface OutboxOptions {
  /** The module whose events these are. */
  readonly publisher: string;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** How long delivered events are kept: for new subscriptions, rebuilds and replays. Default 400. */
  readonly retentionDays?: number;
  /** Who goes first when there is little time. Default: nobody. */
  readonly foreground?: Foreground;
  readonly timing?: Partial<RelayTiming>;
}

export type OutboxControl = ReturnType<typeof createOutbox>;

export function createOutbox(store: OutboxStore, options: OutboxOptions) {
  const { publisher, metrics = noMetrics, retentionDays = 400 } = options;
  const foreground = options.foreground ?? createForeground();
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const watchers = new Set<() => void>();
  const relay = createRelay({
    ...options,
    store,
    metrics,
    foreground,
    retentionDays,
    timing,
    onArchived: () => {
      for (const watcher of watchers) watcher();
    },
  });

  return {
    publisher,
    start: relay.start,
    stop: relay.stop,
    wake: relay.wake,
    purge: relay.purge,
    isRelaying: relay.isRelaying,
    /** Numbers. `oldestAt` is of the oldest event that is not delivered to everybody who is live. */
    async status() {
      const status = await store.status();
      const labels = { outbox: publisher };
      const ageMs = status.oldestAt ? Math.max(0, Date.now() - status.oldestAt.getTime()) : 0;
      metrics.gauge("outbox_backlog", labels, status.backlog);
      metrics.gauge("outbox_oldest_seconds", labels, ageMs / 1000);
      for (const { name, backlog } of status.subscriptions) {
        metrics.gauge("event_subscription_backlog", { ...labels, subscription: name }, backlog);
      }
      return {
        publisher,
        ...status,
        ageMs,
        relaying: relay.isRelaying(),
        inFlight: relay.inFlight(),
      };
    },
    /** Delivered and undelivered events, oldest first. */
    find: (query: EventQuery = {}) => store.find(query),
    /** Delivered events in the order of the archive, and its end. */
    read: (after: number, limit: number) => store.read(after, limit),
    last: () => store.last(),
    /** Called in the process that relays, each time that the archive has grown. Answers with the way to leave. */
    onArchived(watcher: () => void): () => void {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    /** Nothing is delivered to the subscription any more once this has resolved true; false: it is unknown here, or
     *  the process that relays did not confirm in time. */
    async pause(subscription: string, timeoutMs = 60_000): Promise<boolean> {
      if (!(await store.pause(subscription))) return false;
      await relay.refresh();
      const until = performance.now() + timeoutMs;
      while (performance.now() < until) {
        const { subscriptions } = await store.status();
        const status = subscriptions.find(({ name }) => name === subscription)?.status;
        if (status === "paused") return true;
        if (status !== "pausing") return false;
        await pause(50);
      }
      return false;
    },
    /** Delivers again, on from where it stood (null) or from another place. The inbox skips what it knows. */
    async resume(subscription: string, rewind: Rewind | null): Promise<boolean> {
      const resumed = await store.resume(subscription, rewind);
      await relay.refresh();
      return resumed;
    },
    /** Drops a subscription that no code has any more. */
    forget: (subscription: string) => store.forget(subscription),
  };
}
