// $out and $merge, after https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/merge/ and …/out/
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Document } from "./codec.js";
import { openTestEngine, temporaryFolder, type TestEngine } from "./testing.js";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: TestEngine;
beforeEach(async () => {
  folder = await temporaryFolder();
  store = await openTestEngine(folder.path);
  const documents = [1, 2, 3].map((_id) => ({ _id, x: _id * 11 }));
  await store.run({ insert: "source", documents });
  await store.run({ insert: "target", documents: [{ _id: 2, y: 1 }] });
});
afterEach(async () => {
  await store.close();
  await folder.remove();
});

const pipe = (...pipeline: Document[]) => store.run({ aggregate: "source", pipeline, cursor: {} });
const target = async () => {
  const reply = await store.run({ find: "target", sort: { _id: 1 } });
  return reply["cursor"]?.firstBatch as Document[];
};

test("$out replaces what was there and keeps its indexes", async () => {
  await store.run({
    createIndexes: "target",
    indexes: [{ key: { x: 1 }, name: "x", unique: true }],
  });
  expect(await pipe({ $match: { _id: { $gt: 1 } } }, { $out: "target" })).toMatchObject({
    cursor: { firstBatch: [] },
  });
  expect(await target()).toEqual([
    { _id: 2, x: 22 },
    { _id: 3, x: 33 },
  ]);
  expect(await pipe({ $set: { x: 1 } }, { $out: "target" })).toMatchObject({ code: 11000 });
  expect(await target()).toHaveLength(2);
  expect(await store.run({ validate: "target" })).toMatchObject({ valid: true, nIndexes: 2 });
});

const two = { $match: { _id: 2 } };
test.each<[string, Document, Document]>([
  ["merge", { _id: 2, y: 1, x: 22 }, {}],
  ["merge", { _id: 2, y: 1, x: 22 }, { whenMatched: "merge" }],
  ["replace", { _id: 2, x: 22 }, { whenMatched: "replace" }],
  ["keepExisting", { _id: 2, y: 1 }, { whenMatched: "keepExisting" }],
  [
    "a pipeline",
    { _id: 2, y: 23, z: 44 },
    {
      whenMatched: [{ $set: { y: { $add: ["$y", "$$new.x"] }, z: "$$twice" } }],
      let: { twice: { $multiply: ["$x", 2] } },
    },
  ],
])("$merge whenMatched %s", async (_, expected, options) => {
  expect(await pipe(two, { $merge: { into: "target", ...options } })).toMatchObject({ ok: 1 });
  expect(await target()).toEqual([expected]);
});

test.each<[string, number, Document]>([
  ["a match that should not be", 11000, { whenMatched: "fail" }],
  ["no match where one should be", 13113, { whenNotMatched: "fail" }],
  ["a field to join on without a unique index", 51183, { on: "x" }],
  ["an unknown way", 2, { whenMatched: "guess" }],
  ["an unknown option", 40415, { where: 1 }],
])("$merge refuses %s", async (_, code, options) => {
  expect(await pipe({ $merge: { into: "target", ...options } })).toMatchObject({ ok: 0, code });
});

test("`let` holds expressions", async () => {
  const reply = await store.run({
    aggregate: "source",
    pipeline: [
      { $match: { $expr: { $eq: ["$_id", "$$id"] } } },
      { $project: { _id: 0, y: "$$y" } },
    ],
    cursor: {},
    let: { id: { $add: [1, 1] }, y: { $literal: "$x" } },
  });
  expect(reply["cursor"]?.firstBatch).toEqual([{ y: "$x" }]);
});

test("$merge whenMatched fail says whose duplicate it is", async () => {
  const reply = await store.run({
    aggregate: 1,
    pipeline: [{ $documents: [{ _id: 2 }] }, { $merge: { into: "target", whenMatched: "fail" } }],
    cursor: {},
  });
  expect(reply).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 2 } });
  expect(reply["errmsg"]).toContain("$merge failed due to a DuplicateKey error");
});

test("$out of a missing collection empties its target, or makes it", async () => {
  for (const name of ["target", "fresh"]) {
    const pipeline = [{ $out: name }];
    expect(await store.run({ aggregate: "missing", pipeline, cursor: {} })).toMatchObject({
      ok: 1,
    });
    expect(await store.run({ count: name })).toMatchObject({ n: 0 });
    expect(await store.run({ collStats: name })).toMatchObject({ nindexes: 1 });
  }
});
