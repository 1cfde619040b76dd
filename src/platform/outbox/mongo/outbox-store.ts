// The outbox of a module whose store is MongoDB. Pending events lie in the documents that changed; delivered ones are
// copied to an archive in the same database (by event id, so it may be repeated) and then pulled from the document.
import type mongoose from "mongoose";
import type { mongo } from "mongoose";
import type { EventEnvelope } from "#platform/kernel";
import { messageOf } from "../timing.js";
import type {
  Claim,
  EventQuery,
  Logger,
  OutboxStore,
  Rewind,
  SubscriptionRecord,
} from "../types.js";
import {
  compose,
  createIndexes,
  databaseOf,
  type EventSource,
  insertOnce,
  listPending,
  type Origin,
  pullEvents,
  toEvent,
} from "./documents.js";
import {
  type Lease,
  type LeaseDocument,
  type LeaseTiming,
  leaseFilter,
  takeLease,
} from "./lease.js";
import type { PendingEvent } from "./pending.js";

interface ArchiveDocument extends PendingEvent {
  readonly _id: string;
  readonly position: number;
  readonly archivedAt: Date;
}

/** Positions rise with the token first, so that an owner never needs to ask where the one before it stood. */
const PER_TOKEN = 2 ** 32;
const DAY_MS = 86_400_000;

export interface MongoOutboxOptions {
  readonly connection: mongoose.Connection;
  readonly sources: readonly EventSource[];
  readonly logger: Logger;
  readonly lease?: LeaseTiming;
}

type Move = (
  name: string,
  where: Partial<SubscriptionRecord>,
  set: Partial<SubscriptionRecord>,
  ring?: number,
) => Promise<boolean>;

export function createMongoOutboxStore({
  connection,
  sources,
  logger,
  lease: leaseTiming,
}: MongoOutboxOptions): OutboxStore {
  const database = () => databaseOf(connection);
  const leases = () => database().collection<LeaseDocument>("outbox_relay");
  const archive = () => database().collection<ArchiveDocument>("outbox_archive");
  let indexed = false;
  const lastPosition = async () =>
    (await archive().find().sort({ position: -1 }).limit(1).toArray())[0]?.position ?? 0;

  /** Changes one subscription's record where it stands as `where` says. */
  const move: Move = async (name, where, set, ring = 0) => {
    const fields = Object.entries({ ...set }).map(([field, value]) => [
      `subscriptions.$.${field}`,
      value,
    ]);
    const { matchedCount } = await leases().updateOne(
      { ...leaseFilter, subscriptions: { $elemMatch: { name, ...where } } },
      { $set: Object.fromEntries(fields) as object, $inc: { rung: ring } },
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
      if (await move(name, { epoch, status }, { ...(await change(record)), epoch: epoch + 1 }, 1))
        return true;
    }
  }

  return {
    async claim(onNotified) {
      if (!indexed) await createIndexes(database(), sources);
      indexed = true;
      const lease = await takeLease(leases(), onNotified, leaseTiming);
      return (
        lease && claimOn(lease, { database: database(), archive: archive(), sources, move, logger })
      );
    },
    async notify() {
      await leases().updateOne(leaseFilter, { $inc: { rung: 1 } });
    },
    async status() {
      const documents = await listPending(database(), sources, 10_000);
      const pending = documents.flatMap(({ document }) => document.outbox);
      const records = (await leases().findOne(leaseFilter))?.subscriptions ?? [];
      const subscriptions = [];
      for (const record of records) {
        const backlog =
          record.status === "live"
            ? 0
            : await archive().countDocuments({ position: { $gt: record.position } });
        subscriptions.push({ ...record, backlog });
      }
      const oldest = pending
        .map((event) => event.occurredAt)
        .toSorted((a, b) => a.localeCompare(b))[0];
      return {
        backlog: pending.length,
        oldestAt: oldest === undefined ? null : new Date(oldest),
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
      const documents = await listPending(database(), sources, 10_000);
      const pending = documents
        .flatMap(({ source, document }) =>
          document.outbox.map((event) => compose({ source, document }, event)),
        )
        .filter((event) => matches(query, event));
      const known = new Set(delivered.map((event) => event._id));
      return [
        ...delivered.map((event) => ({ event: toEvent(event), delivered: true })),
        ...pending
          .filter((event) => !known.has(event.id))
          .map((event) => ({ event, delivered: false })),
      ].slice(0, limit);
    },
    pause: (name) =>
      steer(name, async ({ status, position }) => ({
        status: status === "paused" ? "paused" : "pausing",
        position: status === "live" ? await lastPosition() : position,
      })),
    resume: (name, rewind: Rewind | null) =>
      steer(name, async ({ position }) => ({
        status: "behind",
        since: rewind instanceof Date ? rewind : null,
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

interface ClaimParts {
  readonly database: mongo.Db;
  readonly archive: mongo.Collection<ArchiveDocument>;
  readonly sources: readonly EventSource[];
  readonly move: Move;
  readonly logger: Logger;
}

function claimOn(lease: Lease, { database, archive, sources, move, logger }: ClaimParts): Claim {
  const origins = new Map<string, Origin>();
  let archived = 0;
  const last = () => lease.token * PER_TOKEN + archived;

  async function settle(done: readonly Origin[]): Promise<void> {
    for (const source of sources) {
      const documents = new Set(
        done.filter((origin) => origin.source === source).map(({ document }) => document),
      );
      if (!source.settle || documents.size === 0) continue;
      try {
        await source.settle([...documents]);
      } catch (error) {
        // What it would have done is done with the document's next event; delivery must not wait for it.
        logger.error(
          { collection: source.collection, error: messageOf(error) },
          "settling documents failed",
        );
      }
    }
  }

  return {
    lost: lease.lost,
    async fetch(inFlight, limit) {
      lease.check();
      const events: EventEnvelope[] = [];
      for (const { source, document } of await listPending(database, sources, limit, inFlight)) {
        const known = new Set(inFlight);
        for (const pending of document.outbox) {
          if (known.has(pending.id) || events.length >= limit) continue;
          try {
            events.push(compose({ source, document }, pending));
            origins.set(pending.id, { source, document });
          } catch (error) {
            logger.error(
              { event: pending.id, error: messageOf(error) },
              "an event cannot be composed",
            );
            break; // later events of this document wait for it
          }
        }
      }
      return events;
    },
    async archive(events) {
      lease.check();
      const archivedAt = new Date();
      const copies = events.map((event) => ({
        ...event,
        _id: event.id,
        position: last() + 1 + archived++,
        archivedAt,
      }));
      await insertOnce(archive, copies);
      const done = events.flatMap((event) => origins.get(event.id) ?? []);
      await settle(done);
      lease.check();
      await pullEvents(database, sources, events, origins);
      for (const event of events) origins.delete(event.id);
    },
    async history(after, since, limit) {
      lease.check();
      const filter = {
        position: { $gt: after },
        ...(since && { occurredAt: { $gte: since.toISOString() } }),
      };
      const rows = await archive.find(filter).sort({ position: 1 }).limit(limit).toArray();
      return rows.map((row) => ({ position: row.position, event: toEvent(row) }));
    },
    subscriptions: async (fresh) => (fresh ? await lease.reload() : lease.current()).subscriptions,
    async register(name, from) {
      lease.check();
      const record: SubscriptionRecord = {
        name,
        status: from === "now" ? "live" : "behind",
        position: 0,
        since: from instanceof Date ? from : null,
        epoch: 1,
      };
      await database
        .collection<LeaseDocument>("outbox_relay")
        .updateOne(
          { ...leaseFilter, "subscriptions.name": { $ne: name } },
          { $push: { subscriptions: record } },
        );
    },
    async fallBehind(name) {
      lease.check();
      await move(name, { status: "live" }, { status: "behind", position: last(), since: null });
    },
    async advance({ name, epoch }, position) {
      lease.check();
      return move(name, { epoch, status: "behind" }, { position });
    },
    async goLive({ name, epoch }) {
      lease.check();
      return move(name, { epoch, status: "behind" }, { status: "live" });
    },
    async confirmPause(name) {
      lease.check();
      await move(name, { status: "pausing" }, { status: "paused" });
    },
    async purge(days, limit) {
      lease.check();
      const before = new Date(Date.now() - days * DAY_MS);
      const old = await archive
        .find({ archivedAt: { $lt: before } })
        .limit(limit)
        .project({ _id: 1 })
        .toArray();
      if (old.length === 0) return 0;
      return (await archive.deleteMany({ _id: { $in: old.map((row) => row["_id"] as string) } }))
        .deletedCount;
    },
    release: () => lease.release(),
  };
}

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
