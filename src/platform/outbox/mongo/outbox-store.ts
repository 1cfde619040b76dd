// The outbox of a module whose store is MongoDB. Pending events lie in the documents that changed; delivered ones are
// copied to an archive in the same database (by event id, so it may be repeated) and then pulled from the document.
import type mongoose from "mongoose";
import type { EventEnvelope } from "#platform/kernel";
import type { Calls } from "../postgres/calls.js";
import type { EventQuery, Logger, OutboxStore, Rewind, SubscriptionRecord } from "../types.js";
import { claimOn, type Move } from "./claim.js";
import { type ArchiveDocument, filterAfter, readArchive, toArchived } from "./archive.js";
import {
  compose,
  createIndexes,
  databaseOf,
  type EventSource,
  listPending,
  type Origin,
  toEvent,
} from "./documents.js";
import {
  createLeaseWatch,
  type LeaseDocument,
  type LeaseTiming,
  leaseFilter,
  takeLease,
} from "./lease.js";
import type { PendingEvent } from "./pending.js";

export interface MongoOutboxOptions {
  readonly connection: mongoose.Connection;
  readonly sources: readonly EventSource[];
  readonly logger: Logger;
  readonly lease?: LeaseTiming;
  /** How other processes are called, and call. Without it they are heard when the lease is renewed. */
  readonly calls?: Calls | undefined;
  readonly publisher: string;
}

export function createMongoOutboxStore({
  connection,
  sources,
  logger,
  lease: leaseTiming,
  calls,
  publisher,
}: MongoOutboxOptions): OutboxStore {
  const database = () => databaseOf(connection);
  const leases = () => database().collection<LeaseDocument>("outbox_relay");
  const archive = () => database().collection<ArchiveDocument>("outbox_archive");
  const watch = createLeaseWatch();
  let indexed = false;
  const last = async () =>
    (await archive().find().sort({ position: -1 }).limit(1).toArray()).map(toArchived)[0];
  const lastPosition = async () => (await last())?.position ?? 0;

  const move: Move = async (name, where, set, token) => {
    const fields = Object.entries({ ...set }).map(([field, value]) => [
      `subscriptions.$.${field}`,
      value,
    ]);
    const { matchedCount } = await leases().updateOne(
      {
        ...leaseFilter,
        ...(token !== undefined && { token }),
        subscriptions: { $elemMatch: { name, ...where } },
      },
      { $set: Object.fromEntries(fields) as object, $inc: { rung: token === undefined ? 1 : 0 } },
    );
    return matchedCount > 0;
  };
  const find = async (name: string) =>
    (await leases().findOne(leaseFilter))?.subscriptions.find((record) => record.name === name);

  /** Under its epoch, so that two people (or a person and the relay) cannot undo each other unseen. */
  async function steer(
    name: string,
    change: (record: SubscriptionRecord) => Promise<Partial<SubscriptionRecord>>,
  ) {
    for (;;) {
      const record = await find(name);
      if (!record) return false;
      const { epoch, status } = record;
      if (await move(name, { epoch, status }, { ...(await change(record)), epoch: epoch + 1 }))
        return true;
    }
  }

  async function countPending(): Promise<{ backlog: number; oldestAt: Date | null }> {
    let backlog = 0;
    const oldest: string[] = [];
    for (const { collection } of sources) {
      const rows = await database()
        .collection(collection)
        .aggregate<{ backlog: number; oldest: string }>([
          { $match: { "outbox.id": { $exists: true } } },
          { $project: { count: { $size: "$outbox" }, oldest: { $min: "$outbox.occurredAt" } } },
          { $group: { _id: null, backlog: { $sum: "$count" }, oldest: { $min: "$oldest" } } },
        ])
        .toArray();
      for (const row of rows) {
        backlog += row.backlog;
        oldest.push(row.oldest);
      }
    }
    const [first] = oldest.toSorted((a, b) => a.localeCompare(b));
    return { backlog, oldestAt: first === undefined ? null : new Date(first) };
  }

  return {
    async claim(onNotified) {
      if (!indexed) await createIndexes(database(), sources);
      indexed = true;
      const lease = await takeLease(leases(), onNotified, leaseTiming, watch);
      if ("heldForMs" in lease) return { claim: null, lookAgainMs: lease.heldForMs };
      const parts = { database: database(), archive: archive(), sources, move, logger };
      const claim = claimOn(lease, parts);
      const stopListening = calls?.listen(publisher, onNotified);
      return {
        claim: {
          ...claim,
          async release() {
            await stopListening?.();
            await claim.release();
          },
        },
      };
    },
    async notify() {
      const heard = await calls?.send(publisher).then(
        () => true,
        () => false,
      );
      if (!heard) await leases().updateOne(leaseFilter, { $inc: { rung: 1 } });
    },
    async status() {
      const { backlog, oldestAt } = await countPending();
      const lease = await leases().findOne(leaseFilter);
      const subscriptions = [];
      for (const record of lease?.subscriptions ?? []) {
        const { status, position, since } = record;
        const behind =
          status === "live" ? 0 : await archive().countDocuments(filterAfter(position, since));
        subscriptions.push({ ...record, backlog: behind });
      }
      return {
        claimed: lease?.owner != null && lease.until.getTime() > Date.now(),
        backlog,
        oldestAt,
        archived: await archive().estimatedDocumentCount(),
        subscriptions,
      };
    },
    async find({ limit = 100, ...query }) {
      const delivered = await archive()
        .find(filterOf(query))
        .sort({ position: 1 })
        .limit(limit)
        .toArray();
      const documents = await listPending(database(), sources, {
        limit,
        event: eventFilterOf(query),
      });
      const pending = documents
        .flatMap((origin) => origin.document.outbox.map((event) => composeForPeople(origin, event)))
        .filter((event) => matches(query, event));
      const known = new Set(delivered.map((event) => event._id));
      return [
        ...delivered.map((event) => ({ event: toEvent(event), delivered: true })),
        ...pending
          .filter((event) => !known.has(event.id))
          .map((event) => ({ event, delivered: false })),
      ].slice(0, limit);
    },
    read: (after, limit) => readArchive(archive(), after, null, limit),
    last,
    pause: (name) =>
      steer(name, async ({ status, position, since }) => ({
        status: status === "paused" ? "paused" : "pausing",
        position: status === "live" ? await lastPosition() : position,
        since: status === "live" ? null : since,
      })),
    resume: (name, rewind: Rewind | null) =>
      steer(name, async ({ position, since }) => ({
        status: "behind",
        since: rewind === null ? since : rewind instanceof Date ? rewind : null,
        position: rewind === null ? position : rewind === "now" ? await lastPosition() : 0,
      })),
    async forget(name) {
      const { modifiedCount } = await leases().updateOne(leaseFilter, {
        $pull: { subscriptions: { name } },
      });
      return modifiedCount > 0;
    },
  };
}

/** One that cannot be composed is shown as it lies there. */
function composeForPeople(origin: Origin, event: PendingEvent): EventEnvelope {
  try {
    return compose(origin, event);
  } catch {
    return toEvent(event);
  }
}

const eventFilterOf = ({ id, key, trace }: EventQuery) => ({
  ...(id !== undefined && { id }),
  ...(key !== undefined && { key }),
  ...(trace !== undefined && { trace }),
});

function filterOf({ id, key, trace, from, to }: EventQuery) {
  const occurredAt = {
    ...(from && { $gte: from.toISOString() }),
    ...(to && { $lt: to.toISOString() }),
  };
  return {
    ...(id !== undefined && { _id: id }),
    ...(key !== undefined && { key }),
    ...(trace !== undefined && { trace }),
    ...((from ?? to) && { occurredAt }),
  };
}

const matches = ({ id, key, trace, from, to }: EventQuery, event: EventEnvelope): boolean =>
  (id === undefined || event.id === id) &&
  (key === undefined || event.key === key) &&
  (trace === undefined || event.trace === trace) &&
  (!from || event.occurredAt >= from.toISOString()) &&
  (!to || event.occurredAt < to.toISOString());
