// The commands as a driver sees them: answers, error codes and messages of MongoDB 7.
import { mongo } from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
    ["a capped collection without a size", { create: "b", capped: true }, 72, "'size' field"],
    ["a validator that only warns", { create: "b", validationAction: "warn" }, 2, "warn"],
    ["a tailable cursor", { find: "a", tailable: true }, 2, "tailable"],
    [
      "a hashed index that is unique",
      { createIndexes: "a", indexes: [{ key: { a: "hashed" }, name: "a", unique: true }] },
      16764,
      "Currently hashed indexes cannot guarantee uniqueness",
    ],
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

// https://www.mongodb.com/docs/v7.0/core/schema-validation/
describe("a validator", () => {
  const refused = { code: 121, message: "Document failed validation" };

  test("refuses what does not fit, with the reason, and lets by what asks to pass", async () => {
    await store.database.createCollection("things", { validator: { x: { $type: "string" } } });
    await things().insertOne({ _id: 1, x: "a" });
    expect(await failure(things().insertOne({ _id: 2, x: 1 }))).toMatchObject({
      ...refused,
      errInfo: { failingDocumentId: 2, details: { operatorName: "x" } },
    });
    const change = { $set: { x: 1 } };
    expect(await failure(things().findOneAndUpdate({ _id: 1 }, change))).toMatchObject({
      ...refused,
      errorResponse: { errInfo: { failingDocumentId: 1 } },
    });
    const into = [{ $documents: [{ _id: 3, x: 1 }] }, { $merge: "things" }];
    expect(await failure(store.database.aggregate(into).toArray())).toMatchObject({ code: 121 });
    expect(await things().find().toArray()).toEqual([{ _id: 1, x: "a" }]);
    await things().updateOne({ _id: 1 }, change, { bypassDocumentValidation: true });
    expect(await things().findOne()).toEqual({ _id: 1, x: 1 });
  });

  test("can be changed, made moderate and taken away", async () => {
    await things().insertOne({ _id: 1 });
    const validator = { $jsonSchema: { required: ["name"] } };
    await run({ collMod: "things", validator, validationLevel: "moderate" });
    await things().updateOne({ _id: 1 }, { $set: { n: 1 } }); // did not fit before either
    expect(await failure(things().insertOne({ _id: 2 }))).toMatchObject(refused);
    const [listed] = await store.database.listCollections().toArray();
    expect(listed).toMatchObject({ options: { validator, validationLevel: "moderate" } });
    await run({ collMod: "things", validator: {} });
    await things().insertOne({ _id: 2 });
  });
});

// https://www.mongodb.com/docs/v7.0/core/capped-collections/
test("a capped collection forgets its oldest documents", async () => {
  await store.database.createCollection("things", { capped: true, size: 1000, max: 3 });
  await things().insertMany([1, 2, 3, 4].map((_id) => ({ _id })));
  expect(await things().distinct("_id")).toEqual([2, 3, 4]);
  await things().insertOne({ _id: 5, text: "x".repeat(980) });
  expect(await things().distinct("_id")).toEqual([4, 5]);
  expect(await failure(things().insertOne({ _id: 6, text: "x".repeat(1024) }))).toMatchObject({
    code: 2,
  });
  expect(await things().options()).toEqual({ capped: true, size: 1024, max: 3 });
  expect(await things().isCapped()).toBe(true);
});

test("a hashed index finds what is equal and takes no arrays", async () => {
  await things().createIndex({ a: "hashed" });
  await things().insertMany([1, 2, 3].map((_id) => ({ _id, a: `a${_id}` })));
  const { queryPlanner } = await things().find({ a: "a2" }).explain();
  expect(queryPlanner).toMatchObject({ winningPlan: { inputStage: { indexName: "a_hashed" } } });
  expect(await things().find({ a: "a2" }).toArray()).toHaveLength(1);
  expect(await failure(things().insertOne({ _id: 4, a: ["x"] }))).toMatchObject({ code: 16766 });
});

// https://github.com/mongodb/specifications/tree/master/source/crud/tests/unified, the files *-errorResponse
describe("a fail point", () => {
  const set = (mode: unknown, data: mongo.Document = {}) =>
    store.client.db("admin").command({ configureFailPoint: "failCommand", mode, data });
  afterEach(() => set("off"));

  test("fails as many commands as it says, with its code and labels", async () => {
    const data = { failCommands: ["insert"], errorCode: 8, errorLabels: ["Some"] };
    await set({ times: 1 }, data);
    const error = await failure(things().insertOne({ _id: 1 }));
    expect(error).toMatchObject({ code: 8, errorResponse: { code: 8, codeName: "UnknownError" } });
    expect((error as mongo.MongoServerError).hasErrorLabel("Some")).toBe(true);
    await things().insertOne({ _id: 1 });
  });

  test("closes the connection, or adds a complaint about the write's durability", async () => {
    await set({ times: 1 }, { failCommands: ["ping"], closeConnection: true });
    expect(await failure(run({ ping: 1 }))).toBeInstanceOf(mongo.MongoNetworkError);
    expect(await run({ ping: 1 })).toEqual({ ok: 1 });
    const writeConcernError = { code: 91, errmsg: "shutting down" };
    await set({ skip: 1 }, { failCommands: ["insert"], writeConcernError });
    await things().insertOne({ _id: 1 });
    expect(await failure(things().insertOne({ _id: 2 }))).toMatchObject({ code: 91 });
    expect(await things().countDocuments()).toBe(2);
  });
});

test("writes are explained by their query and change nothing", async () => {
  await things().insertOne({ _id: 1, n: 1 });
  for (const explain of [
    { update: "things", updates: [{ q: { _id: 1 }, u: { $set: { n: 2 } } }] },
    { delete: "things", deletes: [{ q: { _id: 1 }, limit: 1 }] },
    { findAndModify: "things", query: { _id: 1 }, update: { $set: { n: 2 } } },
  ])
    expect(await run({ explain })).toMatchObject({ executionStats: { totalDocsExamined: 1 } });
  expect(await things().findOne()).toEqual({ _id: 1, n: 1 });
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
