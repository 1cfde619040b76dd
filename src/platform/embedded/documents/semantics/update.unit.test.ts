// Updates against a table of documents and results, after MongoDB's documentation (the page stands beside each).
import { describe, expect, it } from "vitest";
import {
  aggregate,
  compileFilter,
  compileProjection,
  compileSort,
  compileUpdate,
  indexKeys,
  type MongoError,
} from "./index.js";

const now = new Date("2026-11-23T00:00:00Z");
const update = (document: object, change: object | object[], options = {}, apply = {}) =>
  compileUpdate(change, options).apply(document, { now, ...apply });
const page = "https://www.mongodb.com/docs/v7.0/reference/operator/update/";
const refusedWith = (code: number) => expect.objectContaining({ code }) as MongoError;
describe.each<[string, [object, object, object][]]>([
  [
    `${page}inc/`,
    [
      [
        { quantity: 10, metrics: { orders: 2 } },
        { $inc: { quantity: -2, "metrics.orders": 1 } },
        { quantity: 8, metrics: { orders: 3 } },
      ],
      [{}, { $inc: { a: 5 } }, { a: 5 }],
    ],
  ],
  [
    `${page}mul/`,
    [
      [{ price: 10 }, { $mul: { price: 2 } }, { price: 20 }],
      [{}, { $mul: { price: 100 } }, { price: 0 }],
    ],
  ],
  [
    `${page}set/`,
    [
      [{ a: 1 }, { $set: { "b.c": 2 } }, { a: 1, b: { c: 2 } }],
      [{ tags: ["a", "b"] }, { $set: { "tags.1": "c" } }, { tags: ["a", "c"] }],
      [{ tags: ["a"] }, { $set: { "tags.2": "c" } }, { tags: ["a", null, "c"] }],
      [{}, { $set: { b: 1, a: 2 } }, { a: 2, b: 1 }],
    ],
  ],
  [
    `${page}unset/`,
    [
      [{ a: 1, b: 2 }, { $unset: { a: "" } }, { b: 2 }],
      [{ a: [1, 2] }, { $unset: { "a.0": "" } }, { a: [null, 2] }],
    ],
  ],
  [
    `${page}rename/`,
    [
      [{ nmae: "x", a: 1 }, { $rename: { nmae: "name" } }, { a: 1, name: "x" }],
      [{ a: 1 }, { $rename: { no: "b" } }, { a: 1 }],
    ],
  ],
  [
    `${page}min/`,
    [
      [{ low: 200 }, { $min: { low: 150 } }, { low: 150 }],
      [{ low: 150 }, { $max: { low: 200 } }, { low: 200 }],
    ],
  ],
  [
    `${page}push/`,
    [
      [
        { q: [{ w: 5 }, { w: 1 }] },
        { $push: { q: { $each: [{ w: 3 }], $sort: { w: 1 }, $slice: 2 } } },
        { q: [{ w: 1 }, { w: 3 }] },
      ],
      [{ s: [1] }, { $push: { s: { $each: [2, 3], $position: 0 } } }, { s: [2, 3, 1] }],
      [{}, { $push: { s: { $each: [3, 1, 2], $sort: -1, $slice: 2 } } }, { s: [3, 2] }],
      [{ s: [1, 2, 3] }, { $push: { s: { $each: [4], $slice: -2 } } }, { s: [3, 4] }],
    ],
  ],
  [
    `${page}addToSet/`,
    [
      [{ t: ["a"] }, { $addToSet: { t: { $each: ["a", "b"] } } }, { t: ["a", "b"] }],
      [{}, { $addToSet: { t: ["x"] } }, { t: [["x"]] }],
    ],
  ],
  [
    `${page}pull/`,
    [
      [{ f: ["apples", "pears"] }, { $pull: { f: { $in: ["apples"] } } }, { f: ["pears"] }],
      [{ votes: [3, 6, 7] }, { $pull: { votes: { $gte: 6 } } }, { votes: [3] }],
      [
        {
          r: [
            { i: "A", s: 5 },
            { i: "B", s: 8 },
          ],
        },
        { $pull: { r: { s: 8, i: "B" } } },
        { r: [{ i: "A", s: 5 }] },
      ],
      [{ s: [0, 2, 5, 5] }, { $pullAll: { s: [0, 5] } }, { s: [2] }],
      [{ s: [8, 9] }, { $pop: { s: -1 } }, { s: [9] }],
    ],
  ],
  [`${page}bit/`, [[{ e: 13 }, { $bit: { e: { and: 10 } } }, { e: 8 }]]],
  [`${page}currentDate/`, [[{}, { $currentDate: { at: true } }, { at: now }]]],
  [`${page}setOnInsert/`, [[{ a: 1 }, { $setOnInsert: { b: 2 } }, { a: 1 }]]],
])("%s", (_page, rows) => {
  it.each(rows)("%j with %j becomes %j", (document, change, expected) => {
    const result = update(document, change);
    expect(result).toEqual(expected);
    expect(Object.keys(result)).toEqual(Object.keys(expected));
  });
});

describe("positional updates", () => {
  it("changes the element that the query matched, all of them, or those that a filter picks", () => {
    expect(update({ g: [85, 80] }, { $set: { "g.$": 82 } }, {}, { arrayIndex: 1 })).toEqual({
      g: [85, 82],
    });
    expect(update({ g: [1, 2] }, { $inc: { "g.$[]": 10 } })).toEqual({ g: [11, 12] });
    expect(
      update(
        { g: [95, 102] },
        { $set: { "g.$[e]": 100 } },
        { arrayFilters: [{ e: { $gte: 100 } }] },
      ),
    ).toEqual({ g: [95, 100] });
    expect(
      update(
        { g: [{ n: 1, q: [1, 2] }] },
        { $inc: { "g.$[o].q.$[i]": 1 } },
        { arrayFilters: [{ "o.n": 1 }, { i: 2 }] },
      ),
    ).toEqual({ g: [{ n: 1, q: [1, 3] }] });
  });
});

describe("an update that changes nothing", () => {
  it.each([
    [{ a: 1 }, { $set: { a: 1 } }],
    [{ a: 1 }, { $unset: { b: "" } }],
    [{ a: [1] }, { $addToSet: { a: 1 } }],
    [{ a: [1] }, { $pull: { a: 2 } }],
    [{ a: 1 }, { $max: { a: 0 } }],
    [{ a: 1 }, { a: 1 }],
  ])("gives back %j itself", (document, change) => {
    expect(update(document, change)).toBe(document);
  });

  it("shares what it does not touch", () => {
    const document = { a: { deep: 1 }, b: 1 };
    expect(update(document, { $inc: { b: 1 } })["a"]).toBe(document.a);
  });
});

describe("refusals", () => {
  it.each<[object, object, number]>([
    [{ a: "x" }, { $inc: { a: 1 } }, 14],
    [{ a: null }, { $inc: { a: 1 } }, 14],
    [{ a: 1 }, { $inc: { a: "1" } }, 14],
    [{ a: 1 }, { $push: { a: 1 } }, 2],
    [{ a: 1 }, { $set: { "a.b": 1 } }, 28],
    [{ a: [1] }, { $set: { "a.b": 1 } }, 28],
    [{ _id: 1 }, { $set: { _id: 2 } }, 66],
    [{ _id: 1 }, { _id: 2 }, 66],
    [{}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    [{}, { $set: { a: 1, "a.b": 1 } }, 40],
    [{}, { $nope: { a: 1 } }, 9],
    [{}, { a: 1, $set: { b: 1 } }, 52],
    [{}, { $set: { "": 1 } }, 56],
    [{}, { $set: { "a..b": 1 } }, 56],
    [{}, { $set: { $x: 1 } }, 52],
    [{ a: [1] }, { $pop: { a: 2 } }, 9],
    [{ a: [1] }, { $set: { "a.$": 1 } }, 2],
    [{ a: [1] }, { $set: { "a.$[x]": 1 } }, 2],
  ])("%j with %j is refused with %i", (document, change, code) => {
    expect(() => update(document, change)).toThrow(refusedWith(code));
  });

  it("refuses an array filter that is not used", () => {
    expect(() => update({}, { $set: { a: 1 } }, { arrayFilters: [{ x: 1 }] })).toThrow(
      refusedWith(9),
    );
  });
});

describe("a pipeline update", () => {
  it("computes from the document itself", () => {
    expect(
      update({ _id: 1, a: 2, b: 3 }, [{ $set: { sum: { $add: ["$a", "$b"] } } }, { $unset: "a" }]),
    ).toEqual({ _id: 1, b: 3, sum: 5 });
    expect(() => compileUpdate([{ $match: {} }])).toThrow(refusedWith(72));
  });
});

describe("projection", () => {
  const document = { _id: 1, a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, { x: 3 }], n: [1, 2, 3] };
  it.each<[object, object]>([
    [{ "a.b": 1 }, { _id: 1, a: { b: 1 } }],
    [
      { "a.b": 0, list: 0, n: 0 },
      { _id: 1, a: { c: 2 } },
    ],
    [{ _id: 0, "list.x": 1 }, { list: [{ x: 1 }, { x: 3 }] }],
    [
      { n: { $slice: 1 }, list: 0, a: 0 },
      { _id: 1, n: [1] },
    ],
    [
      { n: { $slice: [-2, 1] }, _id: 1, a: 1 },
      { _id: 1, a: { b: 1, c: 2 }, n: [2] },
    ],
    [{ list: { $elemMatch: { x: 3 } } }, { _id: 1, list: [{ x: 3 }] }],
    [{ total: { $add: ["$a.b", "$a.c"] } }, { _id: 1, total: 3 }],
    [{ _id: 1 }, { _id: 1 }],
    [{ _id: 0 }, { a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, { x: 3 }], n: [1, 2, 3] }],
  ])("%j", (spec, expected) => {
    expect(compileProjection(spec)(document)).toEqual(expected);
  });
  it("refuses a mix of inclusion and exclusion", () => {
    expect(() => compileProjection({ a: 1, b: 0 })).toThrow(refusedWith(31254));
  });
});

describe("sort, keys and aggregation", () => {
  it("sorts arrays by their extremes and null with missing", () => {
    const documents = [
      { n: 1, a: [5, 1] },
      { n: 2, a: 3 },
      { n: 3 },
      { n: 4, a: null },
      { n: 5, a: "x" },
    ];
    const order = (spec: object) => documents.toSorted(compileSort(spec)).map((one) => one.n);
    expect(order({ a: 1 })).toEqual([3, 4, 1, 2, 5]);
    expect(order({ a: -1, n: 1 })).toEqual([5, 1, 2, 3, 4]);
  });

  it("indexes each element of one array, and refuses two side by side", () => {
    expect(indexKeys({ a: [2, 1, 2], b: 7 }, { a: 1, b: 1 })).toEqual([
      [1, 7],
      [2, 7],
    ]);
    expect(
      indexKeys(
        {
          l: [
            { x: 1, y: 2 },
            { x: 3, y: 4 },
          ],
        },
        { "l.x": 1, "l.y": 1 },
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(indexKeys({}, { a: 1 }, { sparse: true })).toEqual([]);
    expect(indexKeys({ a: 1 }, { a: 1 }, { partial: compileFilter({ a: { $gt: 5 } }) })).toEqual(
      [],
    );
    expect(() => indexKeys({ a: [1], b: [2] }, { a: 1, b: 1 })).toThrow(refusedWith(171));
  });

  it("runs the allowed stages and refuses the others", () => {
    const docs = [
      { c: "a", q: 1 },
      { c: "b", q: 2 },
      { c: "a", q: 3 },
    ];
    const run = (pipeline: unknown) => aggregate(pipeline, { docs, lookup: () => docs, now });
    expect(
      run([
        { $match: { q: { $gt: 1 } } },
        { $group: { _id: "$c", sum: { $sum: "$q" } } },
        { $sort: { _id: 1 } },
      ]),
    ).toEqual([
      { _id: "a", sum: 3 },
      { _id: "b", sum: 2 },
    ]);
    expect(run([{ $facet: { n: [{ $match: { c: "a" } }, { $count: "n" }] } }])).toEqual([
      { n: [{ n: 2 }] },
    ]);
    expect(
      run([
        { $lookup: { from: "x", localField: "q", foreignField: "q", as: "same" } },
        { $limit: 1 },
      ]),
    ).toEqual([{ c: "a", q: 1, same: [{ c: "a", q: 1 }] }]);
    expect(() => run([{ $nope: {} }])).toThrow(refusedWith(40324));
    expect(() => run([{ $group: { _id: null, x: { $accumulator: {} } } }])).toThrow(
      refusedWith(15952),
    );
    expect(() => run([{ $set: { x: { $function: {} } } }])).toThrow(refusedWith(168));
    expect(docs[0]).toEqual({ c: "a", q: 1 });
  });
});
