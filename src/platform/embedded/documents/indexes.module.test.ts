// Indexes as a driver sees them: kept in line with the documents, refused when they cannot be.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestStore, type TestStore } from "./testing.js";

let store: TestStore;
beforeAll(async () => {
  store = await createTestStore();
});
afterAll(() => store.close());
beforeEach(() => store.database.dropDatabase());

const run = (command: object) => store.database.command(command);
const things = () => store.database.collection<{ _id: number; [field: string]: unknown }>("things");
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("should have been refused"),
    (error: unknown) => error,
  );

test("are listed, taken twice, and dropped by name and by key", async () => {
  const spec = { key: { a: 1 }, name: "a_1", sparse: true };
  expect(await run({ createIndexes: "things", indexes: [spec] })).toMatchObject({
    numIndexesAfter: 2,
  });
  expect(await run({ createIndexes: "things", indexes: [spec] })).toHaveProperty("note");
  expect(await things().indexes()).toEqual([
    { v: 2, key: { _id: 1 }, name: "_id_" },
    { v: 2, key: { a: 1 }, name: "a_1", sparse: true },
  ]);
  expect(await run({ dropIndexes: "things", index: { a: 1 } })).toMatchObject({ nIndexesWas: 2 });
  expect(await failure(things().dropIndex("a_1"))).toMatchObject({ code: 27 });
  expect(await failure(things().dropIndex("_id_"))).toMatchObject({ code: 72 });
});

test("that contradict one there already are refused", async () => {
  await things().createIndex({ a: 1 }, { name: "x" });
  expect(await failure(things().createIndex({ b: 1 }, { name: "x" }))).toMatchObject({
    code: 86,
  });
  expect(await failure(things().createIndex({ a: 1 }, { name: "y" }))).toMatchObject({
    code: 85,
  });
});

test("cannot be unique over what is not", async () => {
  await things().insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 1 },
  ]);
  expect(await failure(things().createIndex({ a: 1 }, { unique: true }))).toMatchObject({
    code: 11000,
  });
  expect(await things().indexes()).toHaveLength(1);
});

test("of which one cannot be are not made at all", async () => {
  await things().insertMany([
    { _id: 1, a: 1 },
    { _id: 2, a: 1 },
  ]);
  await things().createIndex({ c: 1 });
  const wanted = [
    { key: { b: 1 }, name: "b_1" },
    { key: { a: 1 }, name: "a_1", unique: true },
  ];
  expect(await failure(things().createIndexes(wanted))).toMatchObject({ code: 11000 });
  expect((await things().indexes()).map(({ name }) => name)).toEqual(["_id_", "c_1"]);
});

test("whose change is refused leave the rest of the command undone", async () => {
  await things().createIndex({ a: 1 });
  const index = { name: "a_1", hidden: true, expireAfterSeconds: "soon" };
  const change = run({ collMod: "things", validator: { a: { $gt: 5 } }, index });
  expect(await failure(change)).toMatchObject({ code: 72 });
  await things().insertOne({ _id: 1, a: 1 });
  expect((await things().indexes())[1]).not.toHaveProperty("hidden");
});

test("unique under a collation of strength 2 takes no other case", async () => {
  await things().createIndex({ a: 1 }, { unique: true, collation: { locale: "en", strength: 2 } });
  await things().insertOne({ _id: 1, a: "Ann" });
  expect(await failure(things().insertOne({ _id: 2, a: "ANN" }))).toMatchObject({ code: 11000 });
});

test("unique and partial or sparse leaves the others alone", async () => {
  await things().createIndex({ a: 1 }, { unique: true, partialFilterExpression: { live: true } });
  await things().createIndex({ b: 1 }, { unique: true, sparse: true });
  await things().insertMany([
    { _id: 1, a: 1, live: true },
    { _id: 2, a: 1 },
    { _id: 3, a: 1 },
  ]);
  expect(await failure(things().updateOne({ _id: 2 }, { $set: { live: true } }))).toMatchObject({
    code: 11000,
  });
});

test("that are partial serve only what they hold all of", async () => {
  const collation = { locale: "en", strength: 2 };
  const open = { s: "open", $or: [{ b: 1 }, { b: 2 }] };
  await things().insertMany([
    { _id: 1, a: 1, s: "OPEN" },
    { _id: 2, a: 1, s: "open", b: 1 },
    { _id: 3, a: 2.5 },
    { _id: 4, a: 3 },
  ]);
  for (const [name, partialFilterExpression] of Object.entries({
    type: { a: { $gte: 2, $type: "int" } },
    or: { $and: [open] },
  }))
    await things().createIndex({ a: 1 }, { name, partialFilterExpression });
  await things().createIndex(
    { a: 1 },
    { name: "case", collation, partialFilterExpression: { s: "open" } },
  );
  const count = (filter: object, options = {}) => things().countDocuments(filter, options);
  expect(await count({ a: { $gte: 2 } })).toBe(2);
  expect(await count({ a: 1, s: "open" })).toBe(1);
  expect(await count({ a: 1, s: "open" }, { collation })).toBe(2);
});

test("with expireAfterSeconds remove what is past its time, soon", async () => {
  await things().createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await things().insertMany([
    { _id: 1, at: hoursAgo(2) },
    { _id: 2, at: hoursAgo(0) },
    { _id: 3, at: "no date" },
  ]);
  await expect.poll(() => things().distinct("_id"), { timeout: 5000 }).toEqual([2, 3]);
});

test("are what explain names", async () => {
  await things().createIndex({ a: 1, b: -1 });
  await things().insertMany([
    { _id: 1, a: 1, b: 1 },
    { _id: 2, a: 1, b: 2 },
    { _id: 3, a: 2 },
  ]);
  const explained = await things().find({ a: 1 }).sort({ b: 1 }).explain();
  expect(explained["queryPlanner"].winningPlan).toMatchObject({
    stage: "FETCH",
    inputStage: { stage: "IXSCAN", indexName: "a_1_b_-1", direction: "backward" },
  });
  expect(explained["executionStats"]).toMatchObject({ nReturned: 2, totalKeysExamined: 2 });
});

test("tell an empty array from a missing field, also below it", async () => {
  await things().createIndex({ a: 1, "a.c": 1 }, { unique: true });
  await things().insertMany([{ _id: 1 }, { _id: 2, a: [] }]);
  expect(await failure(things().insertOne({ _id: 3, a: [] }))).toMatchObject({ code: 11000 });
  expect(await things().distinct("_id", { a: [] })).toEqual([2]);
});

test("reach into references, which are documents like any other", async () => {
  const reference = { $ref: "owners", $id: 7, $db: "d", since: 1 };
  await things().createIndex({ "owner.$id": 1 });
  await things().insertOne({ _id: 1, owner: reference, list: [{ $ref: "x", $id: 8 }] });
  for (const filter of [{ "owner.$id": 7 }, { "owner.since": 1 }, { "list.$id": 8 }])
    expect(await things().countDocuments(filter), JSON.stringify(filter)).toBe(1);
  expect(await things().countDocuments({ owner: reference })).toBe(1);
  await things().updateOne({ _id: 1 }, { $set: { "owner.$id": 9 } });
  const [plain] = await things()
    .aggregate([{ $project: { _id: 0, owner: { $objectToArray: "$owner" } } }])
    .toArray();
  expect(plain).toMatchObject({ owner: [{ k: "$ref" }, { k: "$id", v: 9 }, { k: "$db" }, {}] });
  await expect(things().createIndex({ "owner.$x": 1 })).rejects.toMatchObject({ code: 67 });
});

// https://www.mongodb.com/docs/v7.0/core/index-hidden/
test("that are hidden are kept in line, but serve no query until they are shown again", async () => {
  await things().createIndex({ a: 1 });
  await things().insertMany([{ _id: 1, a: 1 }]);
  const stage = async () => {
    const { queryPlanner } = await things().find({ a: 1 }).explain();
    return (queryPlanner as { winningPlan: { stage: string } }).winningPlan.stage;
  };
  expect(await stage()).toBe("FETCH");
  const set = (hidden: boolean) => run({ collMod: "things", index: { name: "a_1", hidden } });
  expect(await set(true)).toMatchObject({ hidden_old: false, hidden_new: true });
  expect(await things().indexes()).toContainEqual(expect.objectContaining({ hidden: true }));
  expect(await stage()).toBe("COLLSCAN");
  expect(await failure(things().find({}, { hint: "a_1" }).toArray())).toMatchObject({ code: 2 });
  await set(false);
  expect(await stage()).toBe("FETCH");
});

// https://www.mongodb.com/docs/v7.0/core/clustered-collections/
test("a clustered collection stands in the order of its _id", async () => {
  const clusteredIndex = { key: { _id: 1 }, unique: true } as const;
  await store.database.createCollection("things", { clusteredIndex });
  await things().insertMany([2, 3, 1].map((_id) => ({ _id })));
  expect((await things().find().toArray()).map(({ _id }) => _id)).toEqual([1, 2, 3]);
  const [last] = await things().find().sort({ $natural: -1 }).toArray();
  expect(last).toEqual({ _id: 3 });
  expect(await things().options()).toMatchObject({ clusteredIndex });
  const bad = { create: "b", clusteredIndex: { key: { a: 1 }, unique: true } };
  expect(await failure(run(bad))).toMatchObject({ code: 197 });
});
