// Queries against a table of documents and expectations, after MongoDB's documentation (the page stands beside each).
import { Long, ObjectId } from "bson";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareValues, compileFilter, type MongoError, upsertBase } from "./index.js";

const matches = (filter: object, document: object, options = {}) =>
  compileFilter(filter, options).matches(document);
const manual = "https://www.mongodb.com/docs/v7.0/";

describe.each<[string, [object, object, boolean][]]>([
  [
    `${manual}tutorial/query-for-null-fields/`,
    [
      [{ item: null }, { item: null }, true],
      [{ item: null }, {}, true],
      [{ item: null }, { item: 0 }, false],
      [{ item: { $ne: null } }, {}, false],
      [{ item: { $ne: null } }, { item: 1 }, true],
      [{ item: { $type: 10 } }, { item: null }, true],
      [{ item: { $type: 10 } }, {}, false],
      [{ item: { $exists: false } }, {}, true],
      [{ item: { $exists: false } }, { item: null }, false],
      [{ "a.b": null }, { a: 5 }, true],
      [{ "a.b": null }, { a: [{ b: 1 }, {}] }, true],
      [{ "a.b": null }, { a: [] }, false],
      [{ "a.b": { $exists: false } }, { a: [1, 2] }, true],
    ],
  ],
  [
    `${manual}tutorial/query-arrays/`,
    [
      [{ tags: ["red", "blank"] }, { tags: ["red", "blank"] }, true],
      [{ tags: ["red", "blank"] }, { tags: ["blank", "red"] }, false],
      [{ tags: { $all: ["red", "blank"] } }, { tags: ["blank", "plain", "red"] }, true],
      [{ tags: { $all: [] } }, { tags: [] }, false],
      [{ tags: "red" }, { tags: ["blank", "red"] }, true],
      [{ dim: { $gt: 25 } }, { dim: [14, 30] }, true],
      [{ dim: { $gt: 15, $lt: 20 } }, { dim: [10, 30] }, true],
      [{ dim: { $elemMatch: { $gt: 15, $lt: 20 } } }, { dim: [10, 30] }, false],
      [{ dim: { $elemMatch: { $gt: 22, $lt: 30 } } }, { dim: [15.25, 22.85] }, true],
      [{ "dim.1": { $gt: 25 } }, { dim: [14, 30] }, true],
      [{ "dim.1": { $gt: 25 } }, { dim: [30, 14] }, false],
      [{ tags: { $size: 3 } }, { tags: [1, 2, 3] }, true],
      [{ tags: { $size: 1 } }, { tags: "x" }, false],
    ],
  ],
  [
    `${manual}tutorial/query-array-of-documents/`,
    [
      [{ instock: { warehouse: "A", qty: 5 } }, { instock: [{ warehouse: "A", qty: 5 }] }, true],
      [{ instock: { qty: 5, warehouse: "A" } }, { instock: [{ warehouse: "A", qty: 5 }] }, false],
      [{ "instock.qty": { $lte: 20 } }, { instock: [{ qty: 60 }, { qty: 15 }] }, true],
      [{ "instock.0.qty": { $lte: 20 } }, { instock: [{ qty: 60 }, { qty: 15 }] }, false],
      [
        { instock: { $elemMatch: { qty: 5, warehouse: "A" } } },
        {
          instock: [
            { qty: 5, warehouse: "B" },
            { qty: 6, warehouse: "A" },
          ],
        },
        false,
      ],
      [
        { "instock.qty": 5, "instock.warehouse": "A" },
        {
          instock: [
            { qty: 5, warehouse: "B" },
            { qty: 6, warehouse: "A" },
          ],
        },
        true,
      ],
    ],
  ],
  [
    `${manual}reference/operator/query/`,
    [
      [{ a: { $in: [1, /^b/] } }, { a: "bc" }, true],
      [{ a: { $nin: [1, 2] } }, {}, true],
      [{ a: { $not: { $gt: 5 } } }, {}, true],
      [{ a: { $gt: 5 } }, { a: "6" }, false],
      [{ a: { $gte: null } }, {}, true],
      [{ a: Long.fromNumber(5) }, { a: 5 }, true],
      [{ a: { $mod: [4, 0] } }, { a: 8 }, true],
      [{ a: { $type: "number" } }, { a: Long.fromNumber(5) }, true],
      [{ a: { $type: "array" } }, { a: [[1]] }, true],
      [{ a: { $bitsAllSet: [1, 5] } }, { a: 54 }, true],
      [{ a: { $bitsAnySet: [0, 5] } }, { a: 54 }, true],
      [{ a: { $bitsAllClear: [0, 3] } }, { a: 54 }, true],
      [{ a: { $bitsAllClear: 6 } }, { a: 54 }, false],
      [{ a: 54, $comment: "says nothing" }, { a: 54 }, true],
      [{ a: { $bitsAnyClear: 35 } }, { a: 54 }, true],
      [{ a: { $regex: "^ABC", $options: "i" } }, { a: "abcdef" }, true],
      [{ $nor: [{ a: 1 }, { b: 2 }] }, { a: 2 }, true],
      [{ $expr: { $gt: ["$spent", "$budget"] } }, { spent: 5, budget: 3 }, true],
      [{ constructor: { $exists: true } }, {}, false],
      [{ "__proto__.polluted": { $exists: true } }, {}, false],
      [
        { a: new ObjectId("507f1f77bcf86cd799439011") },
        { a: new ObjectId("507f1f77bcf86cd799439011") },
        true,
      ],
    ],
  ],
])("%s", (_page, rows) => {
  it.each(rows)("%j on %j is %s", (filter, document, expected) => {
    expect(matches(filter, document)).toBe(expected);
  });
});

describe("refusals", () => {
  it.each<[object, number]>([
    [{ a: { $foo: 1 } }, 2],
    [{ $foo: 1 }, 2],
    [{ $and: [] }, 2],
    [{ $or: 1 }, 2],
    [{ a: { $in: 1 } }, 2],
    [{ a: { $in: [{ $gt: 1 }] } }, 2],
    [{ $where: "true" }, 2],
    [{ $text: { $search: "x" } }, 27],
    [{ a: { $regex: "(" } }, 51091],
    [{ a: { $size: -1 } }, 9],
    [{ a: { $mod: [0, 1] } }, 2],
    [{ a: { $near: [1, 2] } }, 2],
    [{ a: { $type: "nonsense" } }, 2],
    [{ $expr: { $function: {} } }, 168],
  ])("refuses %j with code %i", (filter, code) => {
    expect(() => compileFilter(filter)).toThrow(expect.objectContaining({ code }) as MongoError);
  });
});

describe("positional index and upsert base", () => {
  it("tells where in the array the query matched", () => {
    expect(compileFilter({ grades: 80 }).match({ grades: [85, 80, 80] })).toEqual({
      matched: true,
      arrayIndex: 1,
    });
    expect(compileFilter({ "g.n": 2 }).match({ g: [{ n: 1 }, { n: 2 }] }).arrayIndex).toBe(1);
    expect(
      compileFilter({ g: { $elemMatch: { n: 2 } } }).match({ g: [{ n: 1 }, { n: 2 }] }).arrayIndex,
    ).toBe(1);
  });

  it("starts an upsert from what the query fixes", () => {
    expect(
      upsertBase({ a: 1, "b.c": 2, d: { $gt: 3 }, $and: [{ e: { $eq: 5 } }], f: { $in: [6] } }),
    ).toEqual({ a: 1, b: { c: 2 }, e: 5, f: 6 });
    expect(() => upsertBase({ a: 1, $and: [{ a: 2 }] })).toThrow(
      expect.objectContaining({ code: 54 }) as MongoError,
    );
  });
});

describe("collation", () => {
  it("compares by strength 1 and 2", () => {
    expect(
      matches({ a: "CAFE" }, { a: "café" }, { collation: { locale: "fr", strength: 1 } }),
    ).toBe(true);
    expect(
      matches({ a: "CAFÉ" }, { a: "café" }, { collation: { locale: "fr", strength: 2 } }),
    ).toBe(true);
    expect(
      matches({ a: "CAFE" }, { a: "café" }, { collation: { locale: "fr", strength: 2 } }),
    ).toBe(false);
  });
});

describe("compareValues", () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.integer(),
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.date({ noInvalidDate: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
    ),
  })).value;

  it("is a total order", () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(compareValues(a, a)).toBe(0);
        expect(compareValues(a, b)).toBe(-compareValues(b, a) || 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it("orders text by its UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(compareValues(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
