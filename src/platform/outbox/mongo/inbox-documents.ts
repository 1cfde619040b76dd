// The documents of a MongoDB inbox.
import type { mongo } from "mongoose";
import type { EventEnvelope } from "#platform/kernel";
import type { Cause, Failure, FailureQuery, FailureStatus, NextAttempt } from "../types.js";
import type { EventSource } from "./documents.js";
import type { PendingEvent } from "./pending.js";

export interface InboxDocument {
  readonly _id: string;
  readonly subscription: string;
  readonly eventId: string;
  readonly storedAt: Date;
}

/** What a person's hand on a stored event tells lies in that event's own document, so that neither is without the
 *  other: the module's outbox has this collection among its sources. */
export const failureSource: EventSource = { collection: "inbox_failures" };

export interface FailureDocument {
  readonly _id: string;
  readonly subscription: string;
  readonly position: number;
  readonly eventId: string;
  readonly key: string;
  readonly occurredAt: string;
  readonly event: EventEnvelope;
  /** `applied` stays only until what it has to tell was taken from it. */
  readonly status: FailureStatus | "applied";
  readonly attempts: number;
  /** Of one that is claimed: when the claim ends. */
  readonly nextAttemptAt: Date | null;
  /** The process that tries it. Absent in what older versions stored. */
  readonly claimedBy?: string | null;
  readonly claimedForMs?: number | null;
  readonly causes: Cause[];
  readonly storedAt: Date;
  readonly discardedAt: Date | null;
  readonly discardedBy: string | null;
  readonly discardedReason: string | null;
  readonly outbox?: readonly PendingEvent[];
}

/** Not waiting for anything any more. */
export const SETTLED: FailureDocument["status"][] = ["discarded", "applied"];
/** No event waits in it. */
export const HAS_TOLD = { "outbox.id": { $exists: false } };

/** Of documents that are not `applied`. */
export const toFailure = (document: FailureDocument): Failure => ({
  subscription: document.subscription,
  position: document.position,
  event: document.event,
  status: document.status as FailureStatus,
  attempts: document.attempts,
  nextAttemptAt: document.nextAttemptAt,
  causes: document.causes,
  storedAt: document.storedAt,
  discardedAt: document.discardedAt,
  discardedBy: document.discardedBy,
  discardedReason: document.discardedReason,
});

export const UNCLAIMED = { claimedBy: null, claimedForMs: null } as const;

export const toNextAttempt = (document: FailureDocument): NextAttempt => ({
  ...toFailure(document),
  dueInMs: (document.nextAttemptAt?.getTime() ?? 0) - Date.now(),
  takenForMs: document.claimedForMs ?? undefined,
});

/** As far as anybody can tell: a process that died looks like one that tries, until its claim ends. */
export function isBeingTried(document: FailureDocument): boolean {
  const { dueInMs, takenForMs } = toNextAttempt(document);
  return takenForMs !== undefined && dueInMs > 0 && dueInMs <= takenForMs;
}

export const idOf = (subscription: string, eventId: string): string => `${subscription}:${eventId}`;

export async function createInboxIndexes(
  inbox: mongo.Collection<InboxDocument>,
  failures: mongo.Collection<FailureDocument>,
): Promise<void> {
  await inbox.createIndexes([{ key: { eventId: 1 } }, { key: { storedAt: 1 } }]);
  await failures.createIndexes([
    { key: { subscription: 1, key: 1, position: 1 } },
    { key: { eventId: 1, subscription: 1 } },
    { key: { status: 1, nextAttemptAt: 1 } },
  ]);
}

/** Makes stored copies of events. One that is stored later stands later: behind `after`, the last position that its key
 *  has, since the clock alone may have been put back while nobody ran. */
export function createCopier() {
  let last = 0;
  return (
    subscription: string,
    event: EventEnvelope,
    over: Partial<FailureDocument>,
    after = 0,
  ): FailureDocument => ({
    _id: idOf(subscription, event.id),
    subscription,
    position: (last = Math.max(last + 1, after + 1, Date.now() * 1_000)),
    eventId: event.id,
    key: event.key,
    occurredAt: event.occurredAt,
    event,
    status: "held",
    attempts: 0,
    nextAttemptAt: null,
    ...UNCLAIMED,
    causes: [],
    storedAt: new Date(),
    discardedAt: null,
    discardedBy: null,
    discardedReason: null,
    ...over,
  });
}

export function filterOf({
  subscription,
  eventId,
  key,
  status,
  from,
  to,
  after,
}: Omit<FailureQuery, "limit">): mongo.Filter<FailureDocument> {
  const occurredAt = {
    ...(from && { $gte: from.toISOString() }),
    ...(to && { $lt: to.toISOString() }),
  };
  return {
    ...(subscription !== undefined && { subscription }),
    ...(eventId !== undefined && { eventId }),
    ...(key !== undefined && { key }),
    status: status ?? { $ne: "applied" },
    ...(after && {
      $or: [
        { eventId: { $gt: after.eventId } },
        { eventId: after.eventId, subscription: { $gt: after.subscription } },
      ],
    }),
    ...((from ?? to) && { occurredAt }),
  };
}
