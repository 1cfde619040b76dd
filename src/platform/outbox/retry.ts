// Tries stored events again when they are due. One loop for an inbox; it never ends by itself.
import type { RetryPolicy } from "./timing.js";
import { createBell, judge, messageOf } from "./timing.js";
import { guarded, measureLag } from "./mailbox.js";
import { checkEvent, type Subscription } from "./subscription.js";
import type { Failure, InboxStore, Logger, Metrics } from "./types.js";

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
  let running: Promise<void> | undefined;
  let stopping = false;

  async function loop(): Promise<void> {
    while (!stopping) {
      let waitMs = AFTER_ERROR_MS;
      try {
        waitMs = await round();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, "stored events cannot be read, trying again");
      }
      if (!stopping && waitMs > 0) await bell.wait(waitMs);
    }
  }

  /** Answers with how long to wait for the next one. */
  async function round(): Promise<number> {
    const soonest = await store.soonest([...subscriptions.keys()], PAGE);
    const due = new Map<string, Failure[]>();
    for (const failure of soonest) {
      if (failure.dueInMs > 0) break;
      due.set(failure.subscription, [...(due.get(failure.subscription) ?? []), failure]);
    }
    await Promise.all([...due].map(([name, failures]) => retryAll(name, failures)));
    if (due.size > 0) return 0;
    return Math.min(LONGEST_WAIT_MS, soonest[0]?.dueInMs ?? LONGEST_WAIT_MS);
  }

  async function retryAll(name: string, failures: readonly Failure[]): Promise<void> {
    const subscription = subscriptions.get(name);
    if (!subscription) return;
    const target = guarded(subscription, options);
    for (const failure of failures) {
      if (stopping) return;
      try {
        await store.retry(target, { ...failure, event: checkEvent(subscription, failure.event) });
        metrics.counter("events_applied_total", { subscription: name });
        measureLag(metrics, name, failure.event, Date.parse(failure.event.occurredAt));
        subscription.applied?.();
      } catch (error) {
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
      stopping = true;
      bell.ring();
      await running;
    },
  };
}
