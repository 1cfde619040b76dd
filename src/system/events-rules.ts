// Pure decisions about events: when an outbox is taken to stand still, and what became of one event.
import type { EventEnvelope } from "#platform/kernel";
import { type Failure, type OutboxStatus, publisherOf } from "#platform/outbox";
import type { Delivery, StoredEvent } from "./events-contract.js";

export interface RelayPicture extends Pick<OutboxStatus, "claimed" | "backlog"> {
  readonly ageMs: number;
  /** Of this process, when it relays. */
  readonly inFlight: { readonly lastProgressAt: number } | null;
}

/** Why events do not move, in words for anybody; null when all is well. A long backlog that grows shorter is well. */
export function stallOf(
  { claimed, backlog, ageMs, inFlight }: RelayPicture,
  { now, stalledMs }: { now: number; stalledMs: number },
): string | null {
  if (backlog === 0 || ageMs <= stalledMs) return null;
  const idleMs = inFlight ? now - inFlight.lastProgressAt : ageMs;
  if (idleMs <= stalledMs) return null;
  const waiting = `${backlog} ${backlog === 1 ? "event waits" : "events wait"}, the oldest for ${Math.round(ageMs / 1_000)} s`;
  const why = inFlight
    ? "this process relays and none has left"
    : claimed
      ? "another process has the right to relay and does not"
      : "no process relays";
  return `${waiting}: ${why}`;
}

const MOST_CAUSES = 10;
const LONGEST_CAUSE = 500;

const headOf = ({ id, name, key, occurredAt, trace }: EventEnvelope) => ({
  id,
  name,
  key,
  publisher: publisherOf(name),
  occurredAt,
  trace,
});

const discardOf = ({ discardedAt, discardedBy, discardedReason }: Failure) =>
  discardedAt && {
    at: discardedAt.toISOString(),
    by: discardedBy ?? "",
    reason: discardedReason ?? "",
  };

/** When it will be tried again; what no longer waits still carries its last time. */
const nextOf = ({ status, nextAttemptAt }: Failure) =>
  status === "waiting" ? (nextAttemptAt?.toISOString() ?? null) : null;

export const toStoredEvent = (failure: Failure): StoredEvent => ({
  subscription: failure.subscription,
  status: failure.status,
  attempts: failure.attempts,
  nextAttemptAt: nextOf(failure),
  storedAt: failure.storedAt.toISOString(),
  event: headOf(failure.event),
  causes: failure.causes
    .slice(-MOST_CAUSES)
    .map(({ at, message }) => ({ at, message: message.slice(0, LONGEST_CAUSE) })),
  causeCount: failure.causes.length,
  discarded: discardOf(failure),
});

export const toEventDetail = (event: EventEnvelope) => ({ ...headOf(event), data: event.data });

export interface EventTraces {
  /** Not every live subscription has it, or this one is not live. */
  readonly isOnItsWay: (subscription: string) => boolean;
  /** It counts as delivered there, and nothing is recorded of it. */
  readonly isIgnoredBy: (subscription: string) => boolean;
  /** Subscriptions that would hear it now. */
  readonly listeners: readonly string[];
  readonly applied: readonly { readonly subscription: string; readonly storedAt: Date }[];
  readonly failures: readonly Failure[];
}

/** What became of one event, subscription by subscription. What is stored apart was not applied, though it is known. */
export function deliveriesOf({
  isOnItsWay,
  isIgnoredBy,
  listeners,
  applied,
  failures,
}: EventTraces): Delivery[] {
  const names = new Set([
    ...listeners,
    ...applied.map(({ subscription }) => subscription),
    ...failures.map(({ subscription }) => subscription),
  ]);
  return [...names].toSorted().map((subscription) => {
    const failure = failures.find((one) => one.subscription === subscription);
    if (failure) {
      return {
        subscription,
        status: failure.status,
        storedAt: failure.storedAt.toISOString(),
        attempts: failure.attempts,
        nextAttemptAt: nextOf(failure),
        causes: failure.causes.map(({ at, message, stack }) => ({ at, message, stack })),
        discarded: discardOf(failure),
      };
    }
    const known = applied.find((one) => one.subscription === subscription);
    const unapplied = () =>
      isIgnoredBy(subscription) ? "ignored" : isOnItsWay(subscription) ? "pending" : "unrecorded";
    return {
      subscription,
      status: known ? "applied" : unapplied(),
      storedAt: known?.storedAt.toISOString() ?? null,
      attempts: null,
      nextAttemptAt: null,
      causes: [],
      discarded: null,
    };
  });
}
