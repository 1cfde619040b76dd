// Two promises over random documents and queries: an index changes how an answer is found, never what
// it is; and what is read from disk after a restart is what was in memory before.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEngine, temporaryFolder } from "./testing.js";
import type { Document } from "./codec.js";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const scalar = fc.oneof(
  fc.integer({ min: -2, max: 4 }),
  fc.constantFrom<unknown>(null, "a", "b", "B", true, false, 1.5, NaN, new Date(0), new Date(9)),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ c: scalar }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.array(fc.record({ c: scalar }), { maxLength: 2 }) },
);
// One array at most in a document, so that no index refuses parallel arrays.
const document = fc
  .record({ a: value, b: scalar, d: scalar }, { requiredKeys: [] })
  .map((fields): Document => fields);
const path = fc.constantFrom("a", "b", "d", "a.c", "a.0");
const condition = fc.oneof(
  scalar,
  scalar.map((operand) => ({ $gt: operand })),
  scalar.map((operand) => ({ $lte: operand })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(scalar, { maxLength: 3 }).map((operands) => ({ $in: operands })),
  fc.boolean().map((operand) => ({ $exists: operand })),
  scalar.map((operand) => ({ $ne: operand })),
);
const filter = fc.dictionary(path, condition, { maxKeys: 3 });
const direction = fc.constantFrom(1, -1);
const sort = fc.dictionary(fc.constantFrom("a", "b", "d", "a.c"), direction, { maxKeys: 2 });
const index = fc.record({
  key: fc.dictionary(fc.constantFrom("a", "b", "d", "a.c"), direction, { minKeys: 1, maxKeys: 3 }),
  sparse: fc.boolean(),
  partial: fc.constantFrom(undefined, { b: { $exists: true } }, { d: { $gt: 0 } }, { d: "a" }),
});

test("an indexed query returns what the scan returns, in the order asked for", async () => {
  const { run, close } = await openTestEngine(folder.path);
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 12 }),
      fc.array(index, { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ filter, sort }), { minLength: 1, maxLength: 6 }),
      async (documents, indexes, queries) => {
        const name = `c${round++}`;
        const batch = documents.map((one, _id) => ({ _id, ...one }));
        if (batch.length > 0) await run({ insert: name, documents: batch });
        for (const [at, { key, sparse, partial }] of indexes.entries()) {
          const options = partial ? { partialFilterExpression: partial } : sparse ? { sparse } : {};
          await run({ createIndexes: name, indexes: [{ key, name: `i${at}`, ...options }] });
        }
        for (const query of queries) {
          const indexed = await run({ find: name, ...query });
          const scanned = await run({ find: name, ...query, hint: { $natural: 1 }, sort: {} });
          const found = indexed["cursor"]?.firstBatch as Document[];
          expect(ids(found)).toEqual(ids(scanned["cursor"]?.firstBatch as Document[]));
          const sorted = await run({
            aggregate: name,
            pipeline: [{ $skip: 0 }, { $match: query.filter }, ...sortStage(query.sort)],
            cursor: {},
          });
          if (Object.keys(query.sort).length > 0)
            expect(await keysOf(found, query.sort)).toEqual(
              await keysOf(sorted["cursor"]?.firstBatch as Document[], query.sort),
            );
        }
        expect(await run({ validate: name })).toMatchObject({ valid: true });
        await run({ drop: name });
      },
    ),
    { numRuns: 300 },
  );
  await close();
});

const sortStage = (sort: Document) => (Object.keys(sort).length > 0 ? [{ $sort: sort }] : []);
const ids = (documents: Document[]) =>
  documents.map((one) => Number(one["_id"])).toSorted((a, b) => a - b);

/** What the sort looked at; documents that tie may come in any order. */
const keysOf = (documents: Document[], sort: Document) =>
  documents.map((one) => {
    const roots = Object.keys(sort).map((path) => path.split(".")[0] ?? path);
    return JSON.stringify(roots.map((root) => sortable(one[root], Number(Object.values(sort)[0]))));
  });

/** Arrays sort by one of their elements: compare only whether both sides put one there. */
const sortable = (value: unknown, _direction: number) =>
  typeof value === "object" && value !== null && !(value instanceof Date) ? "…" : (value ?? null);

const update = fc.oneof(
  fc.record({ $set: fc.dictionary(fc.constantFrom("a", "b", "x.y"), scalar, { minKeys: 1 }) }),
  fc.record({ $push: fc.record({ list: scalar }) }),
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
      const index = { key: { a: 1, b: -1 }, name: "ab" };
      await first.run({ createIndexes: "c", indexes: [index] });
      let next = 0;
      for (const one of steps)
        if ("insert" in one)
          await first.run({ insert: "c", documents: [{ _id: next++, ...one.insert }] });
        else if ("remove" in one)
          await first.run({ delete: "c", deletes: [{ q: { _id: one.remove }, limit: 1 }] });
        else
          await first.run({ update: "c", updates: [{ q: { _id: one.id }, u: one.update, upsert: true }] });
      const everything = async ({ run }: typeof first) => [
        (await run({ find: "c" }))["cursor"]?.firstBatch as Document[],
        (await run({ find: "c", hint: "ab" }))["cursor"]?.firstBatch as Document[],
        (await run({ listIndexes: "c" }))["cursor"]?.firstBatch as Document[],
      ];
      const before = await everything(first);
      await first.close();
      const second = await openTestEngine(place.path);
      expect(await everything(second)).toEqual(before);
      expect(await second.run({ validate: "c" })).toMatchObject({ valid: true });
      await second.close();
      await place.remove();
    }),
    { numRuns: 60 },
  );
});
