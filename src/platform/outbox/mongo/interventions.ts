// What people see of a MongoDB inbox's stored events, and do with them.
import type { mongo } from "mongoose";
import type { EventEnvelope } from "#platform/kernel";
import { noteOfReplay } from "../timing.js";
import type { FailureStatus, InboxStore } from "../types.js";
import {
  type createCopier,
  type FailureDocument,
  filterOf,
  idOf,
  isBeingTried,
  SETTLED,
  toFailure,
  UNCLAIMED,
} from "./inbox-documents.js";
import type { PendingEvent } from "./pending.js";

export const MOST_CAUSES = 50;

const toldBy = (event: EventEnvelope) => ({ outbox: { $each: [event as PendingEvent] } });

export interface InterventionParts {
  readonly subscriptions: readonly string[];
  failures(): mongo.Collection<FailureDocument>;
  /** One at a time for this subscription. */
  alone<T>(subscription: string, work: () => Promise<T>): Promise<T>;
  promote(subscription: string, key: string): Promise<void>;
  readonly copy: ReturnType<typeof createCopier>;
}

export function createInterventions({
  subscriptions,
  failures,
  alone,
  promote,
  copy,
}: InterventionParts): Pick<InboxStore<never>, "list" | "counts" | "replay" | "discard" | "tell"> {
  return {
    async list({ limit = 100, ...query }) {
      return (
        await failures()
          .find(filterOf(query))
          .sort({ eventId: 1, subscription: 1 })
          .limit(limit)
          .toArray()
      ).map(toFailure);
    },
    async counts() {
      const rows = await failures()
        .aggregate<{
          _id: { subscription: string; status: FailureStatus };
          count: number;
          oldest: string;
        }>([
          { $match: { status: { $nin: SETTLED } } },
          {
            $group: {
              _id: { subscription: "$subscription", status: "$status" },
              count: { $sum: 1 },
              oldest: { $min: "$occurredAt" },
            },
          },
        ])
        .toArray();
      return subscriptions.map((subscription) => {
        const own = rows.filter((row) => row._id.subscription === subscription);
        const count = (status: FailureStatus) =>
          own.find((row) => row._id.status === status)?.count ?? 0;
        const oldest = own.map((row) => row.oldest).toSorted((a, b) => a.localeCompare(b))[0];
        return {
          subscription,
          waiting: count("waiting"),
          held: count("held"),
          dead: count("dead"),
          oldestAt: oldest === undefined ? null : new Date(oldest),
        };
      });
    },
    async replay(query, by) {
      const again: FailureStatus[] =
        query.eventId === undefined ? ["dead", "waiting"] : ["dead", "waiting", "discarded"];
      const rows = await failures()
        .find({ $and: [filterOf(query), { status: { $in: again } }] })
        .toArray();
      let replayed = 0;
      for (const row of rows) {
        const { _id, status, attempts, claimedBy = null, subscription, event } = row;
        // As it was read: an attempt that began or ended meanwhile has decided.
        const { modifiedCount } = await failures().updateOne(
          { _id, status, attempts, claimedBy },
          {
            $set: {
              status: "waiting",
              attempts: 0,
              // An attempt under way keeps its claim: no other process may try it beside that one.
              ...(!isBeingTried(row) && { nextAttemptAt: new Date(), ...UNCLAIMED }),
              discardedAt: null,
              discardedBy: null,
              discardedReason: null,
            },
            $push: {
              causes: { $each: [noteOfReplay(by)], $slice: -MOST_CAUSES },
              ...(by.tell && toldBy(by.tell({ subscription, event }))),
            },
          },
        );
        replayed += modifiedCount;
      }
      return replayed;
    },
    async tell(event) {
      // A document that has nothing but this to say goes when it was said.
      const document = copy("", event, { status: "applied", outbox: [event] });
      await failures().insertOne(document);
    },
    discard: (subscription, eventId, { actor, reason, tell }) =>
      alone(subscription, async () => {
        const filter = { _id: idOf(subscription, eventId), status: { $nin: SETTLED } };
        const row = await failures().findOne(filter);
        if (!row) return false;
        const { modifiedCount } = await failures().updateOne(filter, {
          $set: {
            status: "discarded",
            discardedAt: new Date(),
            discardedBy: actor,
            discardedReason: reason,
          },
          ...(tell && { $push: toldBy(tell({ subscription, event: row.event })) }),
        });
        if (modifiedCount > 0) await promote(subscription, row.key);
        return modifiedCount > 0;
      }),
  };
}
