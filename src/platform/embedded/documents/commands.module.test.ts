// The commands as a driver sees them: answers, error codes and messages of MongoDB 7.
import { mongo } from "mongoose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestStore, type TestStore } from "./testing.js";

let store: TestStore;
beforeAll(async () => {
  store = await createTestStore();
});
afterAll(() => store.close());
beforeEach(() => store.database.dropDatabase());

const run = (command: mongo.Document) => store.database.command(command);
const things = () => store.database.collection<{ _id: number; [field: string]: unknown }>("things");
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("should have been refused"),
    (error: unknown) => error,
  );

describe("what is not supported is refused", () => {
  test.each([
    ["an unknown command", { dance: 1 }, 59, "no such command: 'dance'"],
    [
      "an unknown field",
      { find: "a", foo: 1 },
      40415,
      "BSON field 'find.foo' is an unknown field.",
    ],
    [
      "an unknown field of a statement",
      { update: "a", updates: [{ q: {}, u: {}, x: 1 }] },
      40415,
      "",
    ],
    ["a field of a wrong type", { find: "a", filter: 1 }, 14, "BSON field 'find.filter'"],
    ["a negative limit", { find: "a", limit: -1 }, 51024, "value must be >= 0"],
    [
      "a transaction",
      { find: "a", txnNumber: mongo.Long.ONE, startTransaction: true },
      20,
      "replica set",
    ],
    ["snapshot reads", { find: "a", readConcern: { level: "snapshot" } }, 123, ""],
    [
      "more copies than one",
      { insert: "a", documents: [{}], writeConcern: { w: 2 } },
      2,
      "replicated",
    ],
    ["a hint nobody can follow", { find: "a", hint: "b" }, 2, "hint provided does not correspond"],
    ["a name with a dollar", { create: "a$b" }, 73, "Invalid namespace"],
    ["a capped collection", { create: "a", capped: true }, 72, "capped"],
    ["a view", { create: "a", viewOn: "b" }, 40415, "viewOn"],
    [
      "an index of text",
      { createIndexes: "a", indexes: [{ key: { a: "text" }, name: "a" }] },
      67,
      "",
    ],
    [
      "an unknown option of an index",
      { createIndexes: "a", indexes: [{ key: { a: 1 }, name: "a", x: 1 }] },
      197,
      "",
    ],
    ["an empty batch", { insert: "a", documents: [] }, 16, "Write batch sizes"],
    [
      "a cursor that is not there",
      { getMore: mongo.Long.ONE, collection: "a" },
      43,
      "cursor id 1 not found",
    ],
    [
      "a pipeline without a cursor",
      { aggregate: "a", pipeline: [] },
      9,
      "'cursor' option is required",
    ],
    [
      "a change stream",
      { aggregate: "a", pipeline: [{ $changeStream: {} }], cursor: {} },
      40573,
      "",
    ],
    ["a login", { saslStart: 1, mechanism: "PLAIN", payload: "" }, 18, "Authentication failed"],
  ])("%s", async (_, command, code, message) => {
    await store.database.createCollection("a").catch(() => undefined);
    const error = await failure(run(command));
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(message);
  });

  test("an administrator's command on another database", async () => {
    expect(await failure(run({ listDatabases: 1 }))).toMatchObject({ code: 13 });
  });
});

describe("insert", () => {
  test("makes an _id where there is none and puts it first", async () => {
    await run({ insert: "things", documents: [{ a: 1 }, { b: 1, _id: 7 }] });
    const [made, given] = await things().find().toArray();
    expect(made?._id).toBeInstanceOf(mongo.ObjectId);
    expect(Object.keys(given ?? {})).toEqual(["_id", "b"]);
  });

  test("says which key is there already", async () => {
    await things().createIndex({ a: 1, b: -1 }, { unique: true });
    await things().insertOne({ _id: 1, a: "x", b: null });
    expect(await failure(things().insertOne({ _id: 2, a: "x" }))).toMatchObject({
      code: 11000,
      message:
        'E11000 duplicate key error collection: test.things index: a_1_b_-1 dup key: { a: "x", b: null }',
      keyPattern: { a: 1, b: -1 },
      keyValue: { a: "x", b: null },
    });
    expect(await things().countDocuments()).toBe(1);
  });

  test("stops at the first failure when ordered, goes on when not", async () => {
    const batch = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const ordered = await run({ insert: "things", documents: batch });
    expect(ordered).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11000 }] });
    const rest = await run({ insert: "things", documents: batch, ordered: false });
    expect(rest).toMatchObject({ n: 1, writeErrors: [{ index: 0 }, { index: 1 }] });
  });

  test.each([
    ["an array as _id", { _id: [1] }, 53],
    ["an operator in _id", { _id: { $a: 1 } }, 52],
    ["more than 16 MB", { _id: 1, text: "x".repeat(16 * 1024 * 1024) }, 10334],
  ])("refuses %s", async (_, document, code) => {
    const reply = await run({ insert: "things", documents: [document] });
    expect(reply).toMatchObject({ n: 0, writeErrors: [{ code }] });
  });
});

describe("update, delete and findAndModify", () => {
  beforeEach(() => things().insertMany([1, 2, 3].map((_id) => ({ _id, n: _id }))));

  test("count what matched and what changed", async () => {
    const updates = [
      { q: { n: { $gte: 2 } }, u: { $set: { n: 2 } }, multi: true },
      { q: { _id: 9 }, u: { $setOnInsert: { n: 0 } }, upsert: true },
    ];
    expect(await run({ update: "things", updates })).toMatchObject({
      n: 3,
      nModified: 1,
      upserted: [{ index: 1, _id: 9 }],
    });
  });

  test("a failing update changes nothing of its document", async () => {
    await things().createIndex({ n: 1 }, { unique: true });
    expect(await failure(things().updateOne({ _id: 1 }, { $set: { n: 2 } }))).toMatchObject({
      code: 11000,
    });
    expect(await things().findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
    expect(await run({ validate: "things" })).toMatchObject({ valid: true });
  });

  test("delete takes one or all", async () => {
    expect(await things().deleteOne({ n: { $gte: 2 } })).toMatchObject({ deletedCount: 1 });
    expect(await things().deleteMany({})).toMatchObject({ deletedCount: 2 });
  });

  test("findAndModify answers with the document before or after, in the order asked for", async () => {
    const change = { query: {}, sort: { n: -1 }, update: { $inc: { n: 10 } }, fields: { _id: 0 } };
    const before = await run({ findAndModify: "things", ...change });
    expect(before).toMatchObject({
      value: { n: 3 },
      lastErrorObject: { n: 1, updatedExisting: true },
    });
    expect(await run({ findAndModify: "things", ...change, new: true })).toMatchObject({
      value: { n: 23 },
    });
    expect(await run({ findAndModify: "things", query: { _id: 9 }, remove: true })).toMatchObject({
      value: null,
    });
  });

  test("what a delete and an update exclude is refused", async () => {
    const both = { findAndModify: "things", remove: true, update: {} };
    expect(await failure(run(both))).toMatchObject({ code: 9 });
    expect(await failure(run({ findAndModify: "things", query: {} }))).toMatchObject({ code: 9 });
  });
});

describe("a cursor", () => {
  beforeEach(() => things().insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id }))));

  test("gives 101 documents first, then the rest, as they were when it was opened", async () => {
    const { cursor } = await run({ find: "things" });
    expect(cursor.firstBatch).toHaveLength(101);
    await things().deleteMany({});
    const more = await run({ getMore: cursor.id, collection: "things", batchSize: 1000 });
    expect(more["cursor"].nextBatch).toHaveLength(399);
    expect(more["cursor"].id).toBe(0);
  });

  test("belongs to its collection and can be killed", async () => {
    const { cursor } = await run({ find: "things", batchSize: 0 });
    expect(await failure(run({ getMore: cursor.id, collection: "other" }))).toMatchObject({
      code: 13,
    });
    const killed = await run({ killCursors: "things", cursors: [cursor.id] });
    expect(killed["cursorsKilled"]).toEqual([cursor.id]);
  });

  test("ends at maxTimeMS", async () => {
    await things().insertMany(
      Array.from({ length: 20_000 }, (_, at) => ({ _id: 1000 + at, text: "x".repeat(200) })),
    );
    const slow = { $expr: { $gt: [{ $strLenCP: { $ifNull: ["$text", ""] } }, 1e9] } };
    expect(await failure(things().find(slow, { maxTimeMS: 1 }).toArray())).toMatchObject({
      code: 50,
    });
  });
});

test("a collection can be renamed, listed, measured and dropped", async () => {
  await things().insertOne({ _id: 1 });
  const admin = store.client.db("admin");
  await admin.command({ renameCollection: "test.things", to: "test.others" });
  expect(await store.database.listCollections({}, { nameOnly: true }).toArray()).toEqual([
    { name: "others", type: "collection" },
  ]);
  expect(await run({ collStats: "others" })).toMatchObject({ count: 1, nindexes: 1 });
  expect(await run({ dbStats: 1 })).toMatchObject({ objects: 1, collections: 1 });
  const { databases } = await admin.command({ listDatabases: 1 });
  expect(databases).toEqual([expect.objectContaining({ name: "test" })]);
  await store.database.dropCollection("others");
  expect(await store.database.collections()).toEqual([]);
});

test("what mongosh and Compass ask when they connect is answered", async () => {
  const admin = store.client.db("admin");
  for (const command of [
    { hello: 1 },
    { buildInfo: 1 },
    { connectionStatus: 1, showPrivileges: true },
    { hostInfo: 1 },
    { serverStatus: 1 },
    { getParameter: 1, featureCompatibilityVersion: 1 },
    { getLog: "startupWarnings" },
    { getCmdLineOpts: 1 },
    { aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} },
  ])
    expect(await admin.command(command)).toMatchObject({ ok: 1 });
  const stats = [{ $collStats: { storageStats: {} } }];
  expect(await things().aggregate(stats).toArray()).toHaveLength(1);
});
