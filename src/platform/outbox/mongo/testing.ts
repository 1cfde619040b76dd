// For tests: the `World` of conformance.ts in a MongoDB database.
import mongoose from "mongoose";
import type { EventEnvelope } from "#platform/kernel";
import { createMongoInbox, createMongoOutbox, failureSource } from "../index.js";
import { quiet, type World } from "../testing.js";

interface Thing {
  readonly _id: string;
  readonly changes: number;
  readonly outbox: EventEnvelope[];
}
interface Effects {
  readonly _id: string;
  readonly list: { readonly id: string; readonly n: number }[];
}

/** The world that another process created: the same, since nothing is made before it is needed. */
export const joinMongoWorld = (url: string, name: string) => createMongoWorld(url, name);

export async function createMongoWorld(
  url: string,
  name: string,
): Promise<World<mongoose.Connection>> {
  const connection = await mongoose.createConnection(url, { dbName: name }).asPromise();
  const database = connection.db;
  if (!database) throw new Error("not connected");
  const things = () => database.collection<Thing>("things");
  const effects = () => database.collection<Effects>("effects");
  let broken = false;
  // What the inbox sees of the database: nothing while it is broken.
  const breakable = {
    name,
    db: {
      collection(collection: string) {
        if (broken) throw new Error("connection refused");
        return database.collection(collection);
      },
    },
  } as unknown as mongoose.Connection;

  async function publish(events: readonly EventEnvelope[]): Promise<void> {
    for (const key of new Set(events.map((event) => event.key))) {
      const own = events.filter((event) => event.key === key);
      await things().updateOne(
        { _id: key },
        { $inc: { changes: 1 }, $push: { outbox: { $each: own } } },
        { upsert: true },
      );
    }
  }

  return {
    publish,
    async publishInVain(event) {
      // A guarded update: the guard refuses, so neither the change nor the event is there.
      await things().updateOne(
        { _id: event.key, changes: { $gte: 1_000 } },
        { $inc: { changes: 1 }, $push: { outbox: event } },
      );
    },
    beginLate(event) {
      return Promise.resolve({ commit: () => publish([event]) });
    },
    async readAfter(last) {
      const rows = (await things().find().toArray()).flatMap(({ outbox }) => outbox);
      return rows
        .filter(({ id }) => last === null || id > String(last))
        .toSorted((a, b) => a.id.localeCompare(b.id))
        .map(({ id, data }) => ({ place: id, n: (data as { n: number }).n }));
    },
    async changes() {
      return (await things().find().toArray()).reduce((sum, thing) => sum + thing.changes, 0);
    },
    /** As every handler on MongoDB must be: what it did for an event it does not do again. */
    async apply(_connection, subscription, events) {
      for (;;) {
        const known = new Set(
          (await effects().findOne({ _id: subscription }))?.list.map(({ id }) => id),
        );
        const list = events
          .filter(({ id }) => !known.has(id))
          .map(({ id, data }) => ({ id, n: (data as { n: number }).n }));
        if (list.length === 0) return;
        const own = { _id: subscription };
        await effects().updateOne(own, { $setOnInsert: { list: [] } }, { upsert: true });
        const { matchedCount } = await effects().updateOne(
          { ...own, "list.id": { $nin: list.map(({ id }) => id) } },
          { $push: { list: { $each: list } } },
        );
        if (matchedCount > 0) return;
      }
    },
    effects: async (subscription) =>
      (await effects().findOne({ _id: subscription }))?.list.map(({ n }) => n) ?? [],
    async clearEffects(subscription) {
      await effects().deleteOne({ _id: subscription });
    },
    createOutbox: (bus, { timing, retentionDays }) =>
      createMongoOutbox({
        connection,
        publisher: "shop",
        sources: [{ collection: "things" }, failureSource],
        lease: { renewMs: 100, termMs: 1_000 },
        bus,
        logger: quiet,
        ...(timing && { timing }),
        ...(retentionDays !== undefined && { retentionDays }),
      }),
    createInbox: (bus, subscriptions, { retry, retentionDays }) =>
      createMongoInbox({
        connection: breakable,
        subscriptions,
        bus,
        logger: quiet,
        ...(retry && { retry }),
        ...(retentionDays !== undefined && { retentionDays }),
      }),
    async breakClaim() {
      await database
        .collection<{ _id: string }>("outbox_relay")
        .updateOne(
          { _id: "relay" },
          { $inc: { token: 1 }, $set: { owner: "another", until: new Date(0) } },
        );
    },
    breakInbox(value) {
      broken = value;
      return Promise.resolve();
    },
    async age(days) {
      const at = new Date(Date.now() - days * 86_400_000);
      await database.collection("outbox_archive").updateMany({}, { $set: { archivedAt: at } });
      await database.collection("inbox").updateMany({}, { $set: { storedAt: at } });
    },
    known: () => database.collection("inbox").countDocuments(),
    async reset() {
      for (const collection of [
        "things",
        "effects",
        "inbox",
        "inbox_failures",
        "outbox_archive",
        "outbox_relay",
      ]) {
        await database.collection(collection).deleteMany({});
      }
    },
    async close() {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
