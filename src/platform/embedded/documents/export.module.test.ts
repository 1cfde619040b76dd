// The way out: everything arrives, the second run changes nothing, and a difference is said.
import { mongo } from "mongoose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportDocuments, type ExportProgress } from "./export.js";
import { createTestStore, type TestStore } from "./testing.js";

let source: TestStore;
let target: TestStore;
beforeEach(async () => {
  [source, target] = await Promise.all([createTestStore(), createTestStore()]);
});
afterEach(() => Promise.all([source.close(), target.close()]));

test("moves documents, types and indexes, can be run again, and reports what differs", async () => {
  const things = source.client.db("shop").collection("things");
  const documents = Array.from({ length: 2500 }, (_, _id) => ({
    _id,
    long: mongo.Long.fromString("9007199254740993"),
    at: new Date(_id),
    nested: { list: [1.5, null, new mongo.Binary(Buffer.from("x"))] },
  }));
  await things.insertMany(documents as mongo.Document[]);
  await things.createIndex(
    { at: 1 },
    { unique: true, partialFilterExpression: { at: { $exists: true } } },
  );
  await source.client
    .db("other")
    .createCollection("empty", { collation: { locale: "en", strength: 2 } });

  const checked = source.client.db("other").collection<{ _id: number }>("checked");
  await checked.insertOne({ _id: 1 });
  const validator = { name: { $type: "string" } };
  await source.client.db("other").command({ collMod: "checked", validator });

  const steps: ExportProgress[] = [];
  const options = { from: source.store.url, to: target.store.url };
  const report = await exportDocuments({ ...options, onProgress: (step) => steps.push(step) });
  expect(report).toEqual({ collections: 3, documents: 2501, indexes: 1 });
  expect(
    steps.filter(({ namespace }) => namespace === "shop.things").map(({ done }) => done),
  ).toEqual([1000, 2000, 2500]);

  const copy = target.client.db("shop").collection("things");
  const raw = { promoteValues: false } as const;
  expect(await copy.find({}, raw).toArray()).toEqual(await things.find({}, raw).toArray());
  expect(await copy.indexes()).toEqual(await things.indexes());
  const [empty, moved] = await target.client.db("other").listCollections().toArray();
  expect(moved).toMatchObject({ name: "checked", options: { validator } });
  expect(empty).toMatchObject({ name: "empty", options: { collation: { strength: 2 } } });

  expect(await exportDocuments(options)).toEqual(report);
  await copy.insertOne({ _id: -1 } as mongo.Document);
  await expect(exportDocuments(options)).rejects.toThrow(
    "shop.things has 2500 documents, the copy 2501",
  );
});
