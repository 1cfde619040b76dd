// What the process that holds the lease does with a MongoDB outbox. Each call looks first whether the term goes on.
import type { mongo } from "mongoose";
import { crashPoint, type EventEnvelope } from "#platform/kernel";
import { messageOf } from "../timing.js";
import type { Claim, Logger, SubscriptionRecord } from "../types.js";
import {
  compose,
  type EventSource,
  insertOnce,
  listPending,
  type Origin,
  pullEvents,
} from "./documents.js";
import { type ArchiveDocument, readArchive } from "./archive.js";
import { type Lease, type LeaseDocument, leaseFilter } from "./lease.js";

/** Positions rise with the token first, so that an owner never needs to ask where the one before it stood. */
const PER_TOKEN = 2 ** 32;
const DAY_MS = 86_400_000;

/** Changes a subscription's record where it stands as `where` says. A relay gives its token, and then only while it
 *  holds the lease, in the same update; a person gives none, and the process that relays is told. */
export type Move = (
  name: string,
  where: Partial<SubscriptionRecord>,
  set: Partial<SubscriptionRecord>,
  token?: number,
) => Promise<boolean>;

interface ClaimParts {
  readonly database: mongo.Db;
  readonly archive: mongo.Collection<ArchiveDocument>;
  readonly sources: readonly EventSource[];
  readonly move: Move;
  readonly logger: Logger;
}

export function claimOn(
  lease: Lease,
  { database, archive, sources, move, logger }: ClaimParts,
): Claim {
  const origins = new Map<string, Origin>();
  /** The end of the archive, as long as this owner archives. */
  let last = lease.token * PER_TOKEN;

  /** What an owner before us copied and did not pull goes to the end all the same: a subscription that leaves the live
   *  stream now stands there, and would never look so far back. */
  async function lift(copies: readonly ArchiveDocument[]): Promise<void> {
    const earlier = { $lt: lease.token * PER_TOKEN };
    for (const { _id, position } of copies)
      await archive.updateOne({ _id, position: earlier }, { $set: { position } });
  }

  return {
    lost: lease.lost,
    async fetch(inFlight, limit) {
      lease.check();
      const events: EventEnvelope[] = [];
      const event = inFlight.length > 0 ? { id: { $nin: [...inFlight] } } : {};
      for (const { source, document } of await listPending(database, sources, { limit, event })) {
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
        position: ++last,
        archivedAt,
      }));
      if (!(await insertOnce(archive, copies))) await lift(copies);
      crashPoint("relay.after-copy");
      await pullEvents(database, sources, events, origins);
      for (const event of events) origins.delete(event.id);
    },
    async history(after, since, limit) {
      lease.check();
      return readArchive(archive, after, since, limit);
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
          { ...leaseFilter, token: lease.token, "subscriptions.name": { $ne: name } },
          { $push: { subscriptions: record } },
        );
    },
    async fallBehind(name) {
      lease.check();
      const behind = { status: "behind", position: last, since: null } as const;
      await move(name, { status: "live" }, behind, lease.token);
    },
    async advance({ name, epoch }, position) {
      lease.check();
      return move(name, { epoch, status: "behind" }, { position }, lease.token);
    },
    async goLive({ name, epoch }) {
      lease.check();
      return move(name, { epoch, status: "behind" }, { status: "live" }, lease.token);
    },
    async confirmPause(name) {
      lease.check();
      await move(name, { status: "pausing" }, { status: "paused" }, lease.token);
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
