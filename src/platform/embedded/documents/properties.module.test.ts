// Two promises over random documents and queries: an index changes how an answer is found, never what
// it is; and what is read from disk after a restart is what was in memory before.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEngine, temporaryFolder } from "./testing.js";
import type { Document } from "./codec.js";
import { compileSort } from "./semantics/index.js";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, "a", "B", true, 1.5, NaN, new Date(9)) },
);
const part = fc.record({ c: scalar, e: scalar }, { requiredKeys: [] });
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  part,
  fc.array(part, { minLength: 1, maxLength: 3 }),
);
// One array at most in a document, so that no index refuses parallel arrays.
const document = fc
  .record({ a: value, b: scalar, d: scalar }, { requiredKeys: [] })
  .map((fields): Document => fields);
const path = fc.constantFrom("a", "a.c", "a.e", "b", "d", "a.0");
const interval = fc
  .tuple(fc.integer({ min: -1, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .map(([low, width]) => ({ $gte: low, $lt: low + width }));
const condition = fc.oneof(
  scalar,
  fc.constantFrom<unknown>([], [1], {}),
  scalar.map((operand) => ({ $gt: operand })),
  scalar.map((operand) => ({ $lte: operand })),
  interval,
  fc.array(scalar, { maxLength: 3 }).map((operands) => ({ $in: operands })),
  fc.boolean().map((operand) => ({ $exists: operand })),
  scalar.map((operand) => ({ $ne: operand })),
);
const filter = fc.dictionary(path, condition, { minKeys: 1, maxKeys: 3 });
const direction = fc.constantFrom(1, -1);
const sort = fc.dictionary(fc.constantFrom("a", "b", "d", "a.c"), direction, { maxKeys: 2 });
const keyPattern = fc.dictionary(fc.constantFrom("a", "b", "d", "a.c", "a.e"), direction, {
  minKeys: 1,
  maxKeys: 3,
});
const index = fc.record({
  key: keyPattern,
  options: fc.constantFrom<Document>(
    {},
    {},
    {},
    {},
    {},
    { sparse: true },
    { partialFilterExpression: { b: { $exists: true } } },
    { partialFilterExpression: { d: { $gt: 0 } } },
    { partialFilterExpression: { b: { $gt: 0, $type: "int" } } },
    { partialFilterExpression: { $and: [{ b: 1 }, { $or: [{ d: 1 }, { d: 2 }] }] } },
  ),
});

test("an indexed query returns what the scan returns, in the order asked for", async () => {
  const { run, close } = await openTestEngine(folder.path);
  const found = async (command: Document) => {
    const reply = await run(command);
    return reply["cursor"]?.firstBatch as Document[];
  };
  let round = 0;
  let served = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 20 }),
      fc.array(index, { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ filter, sort }), { minLength: 5, maxLength: 15 }),
      async (documents, indexes, queries) => {
        const name = `c${round++}`;
        const batch = documents.map((one, _id) => ({ _id, ...one }));
        if (batch.length > 0)
          expect(await run({ insert: name, documents: batch })).toEqual({ n: batch.length, ok: 1 });
        const complete: string[] = [];
        for (const [at, { key, options }] of indexes.entries()) {
          const spec = { key, name: `i${at}`, ...options };
          const reply = await run({ createIndexes: name, indexes: [spec] });
          expect(reply["ok"] === 1 || reply["code"] === 85, JSON.stringify(reply)).toBe(true);
          if (reply["ok"] === 1 && !reply["note"] && Object.keys(options).length === 0)
            complete.push(spec.name);
        }
        for (const query of queries) {
          const scanned = await found({ find: name, ...query, hint: { $natural: 1 }, sort: {} });
          // The planner's own choice, and every index that must be able to serve the query.
          for (const hint of [undefined, ...complete]) {
            const indexed = await found({ find: name, ...query, ...(hint && { hint }) });
            expect(ids(indexed), JSON.stringify({ hint, query })).toEqual(ids(scanned));
            const order = compileSort(query.sort);
            for (const [at, one] of indexed.slice(1).entries())
              expect(order(indexed[at] as Document, one)).toBeLessThanOrEqual(0);
            if (hint && indexed.length > 0) served++;
          }
        }
        expect(await run({ validate: name })).toMatchObject({ valid: true });
        await run({ drop: name });
      },
    ),
    { numRuns: 300 },
  );
  expect(served).toBeGreaterThan(500); // or the test would prove nothing
  await close();
});

test.each([
  [{ a: 1 }, { a: { $gte: 1, $lt: 2 } }, { a: [-1, 3] }],
  [
    { "a.c": 1, "a.e": 1 },
    { "a.c": 1, "a.e": 2 },
    {
      a: [
        { c: 1, e: 9 },
        { c: 9, e: 2 },
      ],
    },
  ],
])("bounds of %j are not combined over the elements of an array", async (key, filter, match) => {
  const { run, close } = await openTestEngine(folder.path);
  await run({ insert: "c", documents: [{ _id: 1, ...match }] });
  await run({ createIndexes: "c", indexes: [{ key, name: "i" }] });
  const reply = await run({ find: "c", filter, hint: "i" });
  expect(reply["cursor"]?.firstBatch).toHaveLength(1);
  await close();
});

const ids = (documents: Document[]) =>
  documents.map((one) => Number(one["_id"])).toSorted((a, b) => a - b);

const update = fc.oneof(
  fc.record({ $set: fc.dictionary(fc.constantFrom("a", "b", "x.y"), scalar, { minKeys: 1 }) }),
  fc.record({ $push: fc.record({ list: scalar }) }),
  fc.record({ $pull: fc.record({ list: scalar }) }),
  fc.record({ $set: fc.record({ list: fc.array(scalar, { maxLength: 4 }) }) }),
  fc.record({ $inc: fc.record({ n: fc.integer({ min: -9, max: 9 }) }) }),
  fc.record({ $unset: fc.record({ a: fc.constant("") }) }),
);
const step = fc.oneof(
  fc.record({ insert: document }),
  fc.record({ update, id: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ remove: fc.integer({ min: 0, max: 9 }) }),
);

test("after a restart everything is as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const place = await temporaryFolder();
      const first = await openTestEngine(place.path);
      const indexes = [
        { key: { a: 1, b: -1 }, name: "ab" },
        { key: { list: 1 }, name: "list" },
      ];
      for (const index of indexes) await first.run({ createIndexes: "c", indexes: [index] });
      let next = 0;
      for (const one of steps)
        if ("insert" in one)
          await first.run({ insert: "c", documents: [{ _id: next++, ...one.insert }] });
        else if ("remove" in one)
          await first.run({ delete: "c", deletes: [{ q: { _id: one.remove }, limit: 1 }] });
        else
          await first.run({
            update: "c",
            updates: [{ q: { _id: one.id }, u: one.update, upsert: true }],
          });
      const everything = async ({ run }: typeof first) => [
        (await run({ find: "c" }))["cursor"]?.firstBatch as Document[],
        (await run({ find: "c", hint: "ab" }))["cursor"]?.firstBatch as Document[],
        (await run({ find: "c", hint: "list" }))["cursor"]?.firstBatch as Document[],
        (await run({ listIndexes: "c" }))["cursor"]?.firstBatch as Document[],
      ];
      const before = await everything(first);
      expect(await first.run({ validate: "c" })).toMatchObject({ valid: true });
      await first.close();
      const second = await openTestEngine(place.path);
      expect(await everything(second)).toEqual(before);
      expect(await second.run({ validate: "c" })).toMatchObject({ valid: true });
      await second.close();
      await place.remove();
    }),
    { numRuns: 120 },
  );
});
