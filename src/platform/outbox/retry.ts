// Tries stored events again when they are due. One loop for an inbox; it never ends by itself. Each subscription goes its
// own pace: one whose attempts hang until they time out keeps no other one waiting.
import { setTimeout as pause } from "node:timers/promises";
import type { RetryPolicy } from "./timing.js";
import { createBell, judge, messageOf, NotTried } from "./timing.js";
import { guarded, measureLag } from "./mailbox.js";
import { checkEvent, type Subscription } from "./subscription.js";
import type { Failure, InboxStore, Logger, Metrics, NextAttempt } from "./types.js";

const PAGE = 50;
/** How long a copy that another process stored, or a person's replay elsewhere, may go unnoticed. */
const LONGEST_WAIT_MS = 30_000;
const AFTER_ERROR_MS = 2_000;

export function createRetryLoop<Tx>(options: {
  readonly subscriptions: readonly Subscription<Tx>[];
  readonly store: InboxStore<Tx>;
  readonly retry: RetryPolicy;
  readonly logger: Logger;
  readonly metrics: Metrics;
}) {
  const { store, retry, logger, metrics } = options;
  const subscriptions = new Map(
    options.subscriptions.map((subscription) => [subscription.name, subscription]),
  );
  const bell = createBell();
  const stopping = new AbortController();
  /** By subscription: the attempts under way. */
  const busy = new Map<string, Promise<void>>();
  let running: Promise<void> | undefined;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      let waitMs = AFTER_ERROR_MS;
      try {
        waitMs = await round();
      } catch (error) {
        warn(error);
      }
      if (!stopping.signal.aborted && waitMs > 0) await bell.wait(waitMs);
    }
    await Promise.all(busy.values());
  }

  const warn = (error: unknown) =>
    logger.warn({ error: messageOf(error) }, "stored events cannot be read, trying again");

  /** Answers with how long to wait for the next one. */
  async function round(): Promise<number> {
    const idle = [...subscriptions.keys()].filter((name) => !busy.has(name));
    if (idle.length === 0) return LONGEST_WAIT_MS;
    const soonest = await store.soonest(idle, PAGE);
    const due = new Map<string, Failure[]>();
    const isDue = ({ dueInMs, takenForMs = retry.longestPauseMs }: NextAttempt) =>
      // Neither a pause nor a claim is longer than that: the clock was put back since this one was set.
      dueInMs <= 0 || dueInMs > takenForMs;
    for (const failure of soonest.filter(isDue)) {
      due.set(failure.subscription, [...(due.get(failure.subscription) ?? []), failure]);
    }
    for (const [name, failures] of due) busy.set(name, work(name, failures));
    if (due.size > 0) return 0; // there may be others behind this page
    return Math.min(LONGEST_WAIT_MS, soonest[0]?.dueInMs ?? LONGEST_WAIT_MS);
  }

  async function work(name: string, failures: readonly Failure[]): Promise<void> {
    try {
      await retryAll(name, failures);
    } catch (error) {
      warn(error);
      const { signal } = stopping;
      await pause(AFTER_ERROR_MS, undefined, { signal }).catch(() => undefined);
    }
    busy.delete(name);
    bell.ring();
  }

  async function retryAll(name: string, failures: readonly Failure[]): Promise<void> {
    const subscription = subscriptions.get(name);
    if (!subscription) return;
    const target = guarded(subscription, options);
    for (const failure of failures) {
      if (stopping.signal.aborted) return;
      try {
        const event = checkEvent(subscription, failure.event);
        if (!(await store.retry(target, { ...failure, event }))) continue;
        metrics.counter("events_applied_total", { subscription: name });
        measureLag(metrics, name, failure.event, Date.parse(failure.event.occurredAt));
        subscription.applied?.();
      } catch (error) {
        if (error instanceof NotTried) throw error;
        const verdict = judge(error, failure.attempts + 1, retry, new Date());
        await store.failAgain(failure, verdict);
        metrics.counter("event_attempts_failed_total", { subscription: name });
        if (verdict.status === "dead") {
          metrics.counter("events_dead_total", { subscription: name });
          logger.error(
            {
              subscription: name,
              event: failure.event.id,
              attempts: verdict.attempts,
              error: verdict.cause.message,
            },
            "dead letter: replay or discard it",
          );
        }
      }
    }
  }

  return {
    start: () => void (running ??= loop()),
    wake: () => bell.ring(),
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
    },
  };
}
