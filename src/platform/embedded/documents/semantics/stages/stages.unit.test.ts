// Every stage and accumulator against MongoDB's documentation; each has its page below
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
import type { Document } from "bson";
import { describe, expect, it, test } from "vitest";
import { aggregate } from "../index.js";

const now = new Date("2024-02-29T13:05:09.070Z");
const run = (pipeline: unknown, docs: Document[], others: Document[] = []) =>
  aggregate(pipeline, { docs, lookup: () => others, now });

const sales = [
  { _id: 1, item: "abc", price: 10, quantity: 2 },
  { _id: 2, item: "jkl", price: 20, quantity: 1 },
  { _id: 3, item: "xyz", price: 5, quantity: 10 },
  { _id: 4, item: "abc", price: 10, quantity: null },
];
const staff = [
  { _id: 1, name: "Dev" },
  { _id: 2, name: "Eliot", reportsTo: "Dev" },
  { _id: 3, name: "Ron", reportsTo: "Eliot" },
];

describe("stages", () => {
  test.each<[string, object, Document[], Document[], Document[]?]>([
    [
      "addFields/",
      { $addFields: { total: { $add: ["$a", 1] }, "b.c": "x" } },
      [{ a: 1 }],
      [{ a: 1, total: 2, b: { c: "x" } }],
    ],
    ["set/", { $set: { a: "$$REMOVE", t: "$$NOW" } }, [{ a: 1 }], [{ t: now }]],
    [
      "bucket/",
      {
        $bucket: {
          groupBy: "$price",
          boundaries: [0, 10, 15],
          default: "other",
          output: { n: { $sum: 1 }, items: { $push: "$item" } },
        },
      },
      sales,
      [
        { _id: 0, n: 1, items: ["xyz"] },
        { _id: 10, n: 2, items: ["abc", "abc"] },
        { _id: "other", n: 1, items: ["jkl"] },
      ],
    ],
    [
      "bucket/ with an accumulator that has an order of its own",
      {
        $bucket: {
          groupBy: "$price",
          boundaries: [0, 100],
          output: { dearest: { $top: { output: "$item", sortBy: { price: -1 } } } },
        },
      },
      sales,
      [{ _id: 0, dearest: "jkl" }],
    ],
    ["count/", { $count: "n" }, sales, [{ n: 4 }]],
    ["count/ of nothing", { $count: "n" }, [], []],
    [
      "facet/",
      { $facet: { a: [{ $limit: 1 }], b: [{ $count: "n" }] } },
      [{ x: 1 }, { x: 2 }],
      [{ a: [{ x: 1 }], b: [{ n: 2 }] }],
    ],
    [
      "graphLookup/",
      {
        $graphLookup: {
          from: "staff",
          startWith: "$reportsTo",
          connectFromField: "reportsTo",
          connectToField: "name",
          as: "above",
        },
      },
      [staff[2] ?? {}],
      [{ ...staff[2], above: [staff[1], staff[0]] }],
      staff,
    ],
    [
      "graphLookup/ maxDepth",
      {
        $graphLookup: {
          from: "staff",
          startWith: "$reportsTo",
          connectFromField: "reportsTo",
          connectToField: "name",
          as: "above",
          maxDepth: 0,
        },
      },
      [staff[2] ?? {}],
      [{ ...staff[2], above: [staff[1]] }],
      staff,
    ],
    [
      "group/",
      { $group: { _id: "$item", n: { $count: {} } } },
      sales,
      [
        { _id: "abc", n: 2 },
        { _id: "jkl", n: 1 },
        { _id: "xyz", n: 1 },
      ],
    ],
    ["group/ of all, and none", { $group: { _id: null, n: { $sum: 1 } } }, [], []],
    [
      "group/ null and missing are one",
      { $group: { _id: "$x" } },
      [{ x: null }, {}],
      [{ _id: null }],
    ],
    [
      "group/ 1 and 1.0 and a document",
      { $group: { _id: { a: "$x", b: "$y" } } },
      [{ x: 1 }, { x: 1, y: 2 }],
      [{ _id: { a: 1 } }, { _id: { a: 1, b: 2 } }],
    ],
    ["limit/", { $limit: 1 }, [{ a: 1 }, { a: 2 }], [{ a: 1 }]],
    ["skip/", { $skip: 1 }, [{ a: 1 }, { a: 2 }], [{ a: 2 }]],
    [
      "lookup/ by field, null finds missing",
      { $lookup: { from: "inventory", localField: "item", foreignField: "sku", as: "docs" } },
      [{ _id: 1, item: "almonds" }, { _id: 3 }],
      [
        { _id: 1, item: "almonds", docs: [{ sku: "almonds" }] },
        { _id: 3, docs: [{ sku: null }, { x: 1 }] },
      ],
      [{ sku: "almonds" }, { sku: null }, { x: 1 }],
    ],
    [
      "lookup/ by pipeline",
      {
        $lookup: {
          from: "w",
          let: { o: "$ordered" },
          pipeline: [
            { $match: { $expr: { $gte: ["$stock", "$$o"] } } },
            { $project: { stock: 1 } },
          ],
          as: "w",
        },
      },
      [{ ordered: 2 }],
      [{ ordered: 2, w: [{ stock: 5 }] }],
      [{ stock: 5, x: 1 }, { stock: 1 }],
    ],
    ["match/", { $match: { price: { $gt: 10 } } }, sales, [sales[1] ?? {}]],
    [
      "project/",
      { $project: { _id: 0, item: 1, total: { $multiply: ["$price", 2] } } },
      sales.slice(0, 1),
      [{ item: "abc", total: 20 }],
    ],
    [
      "project/ excluding",
      { $project: { price: 0, _id: 0 } },
      sales.slice(0, 1),
      [{ item: "abc", quantity: 2 }],
    ],
    [
      "replaceRoot/",
      { $replaceRoot: { newRoot: { $mergeObjects: [{ a: 0 }, "$b"] } } },
      [{ b: { c: 1 } }],
      [{ a: 0, c: 1 }],
    ],
    ["replaceWith/", { $replaceWith: "$b" }, [{ b: { c: 1 } }], [{ c: 1 }]],
    ["sample/ of more than there are", { $sample: { size: 5 } }, [{ a: 1 }], [{ a: 1 }]],
    [
      "sort/",
      { $sort: { price: -1, _id: -1 } },
      sales,
      [sales[1], sales[3], sales[0], sales[2]] as Document[],
    ],
    [
      "sortByCount/",
      { $sortByCount: "$item" },
      sales.slice(1),
      [
        { _id: "jkl", count: 1 },
        { _id: "xyz", count: 1 },
        { _id: "abc", count: 1 },
      ],
    ],
    [
      "unionWith/",
      { $unionWith: { coll: "b", pipeline: [{ $project: { _id: 0 } }] } },
      [{ a: 1 }],
      [{ a: 1 }, { b: 1 }],
      [{ _id: 9, b: 1 }],
    ],
    ["unset/", { $unset: ["a", "b.c"] }, [{ a: 1, b: { c: 1, d: 1 } }], [{ b: { d: 1 } }]],
    [
      "unwind/",
      { $unwind: "$s" },
      [{ s: ["S", "M"] }, { s: [] }, { s: "L" }, {}],
      [{ s: "S" }, { s: "M" }, { s: "L" }],
    ],
    [
      "unwind/ preserving, with index",
      { $unwind: { path: "$s", includeArrayIndex: "at", preserveNullAndEmptyArrays: true } },
      [
        { n: 1, s: [] },
        { n: 2, s: null },
      ],
      [
        { n: 1, at: null },
        { n: 2, s: null, at: null },
      ],
    ],
  ])("%s", (_, stage, docs, expected, others) => {
    expect(run([stage], docs, others)).toEqual(expected);
  });
});

describe("accumulators", () => {
  it.each<[object, unknown]>([
    [{ $addToSet: "$item" }, ["abc", "jkl", "xyz"]],
    [{ $avg: "$quantity" }, 13 / 3],
    [{ $avg: "$none" }, null],
    [{ $count: {} }, 4],
    [{ $first: "$item" }, "abc"],
    [{ $last: "$quantity" }, null],
    [{ $max: "$price" }, 20],
    [{ $min: "$quantity" }, 1],
    [{ $min: "$none" }, null],
    [
      { $mergeObjects: { $arrayToObject: [[{ k: "$item", v: "$_id" }]] } },
      { abc: 4, jkl: 2, xyz: 3 },
    ],
    [
      { $push: { i: "$item", q: "$none" } },
      [{ i: "abc" }, { i: "jkl" }, { i: "xyz" }, { i: "abc" }],
    ],
    [{ $push: "$none" }, []],
    [{ $stdDevPop: "$price" }, 5.448623679425842],
    [{ $stdDevSamp: "$price" }, 6.2915286960589585],
    [{ $sum: { $multiply: ["$price", "$quantity"] } }, 90],
    [{ $sum: "$item" }, 0],
    [{ $firstN: { n: 2, input: "$item" } }, ["abc", "jkl"]],
    [{ $lastN: { n: { $add: [1, 1] }, input: "$quantity" } }, [10, null]],
    [{ $maxN: { n: 2, input: "$price" } }, [20, 10]],
    [{ $minN: { n: 9, input: "$quantity" } }, [1, 2, 10]],
    [{ $top: { output: "$item", sortBy: { price: -1 } } }, "jkl"],
    [
      { $topN: { n: 2, output: ["$item", "$price"], sortBy: { price: -1, _id: -1 } } },
      [
        ["jkl", 20],
        ["abc", 10],
      ],
    ],
    [{ $bottom: { output: "$item", sortBy: { price: -1 } } }, "xyz"],
    [{ $bottomN: { n: 2, output: "$_id", sortBy: { _id: 1 } } }, [3, 4]],
  ])("%j", (accumulator, expected) => {
    const [group] = run([{ $group: { _id: null, value: accumulator } }], sales);
    expect(group?.["value"]).toEqual(expected);
  });
});

it.each<[object, number]>([
  [{ $limit: 0 }, 15958],
  [{ $skip: -1 }, 5107200],
  [{ $count: "$n" }, 40158],
  [{ $group: { n: { $sum: 1 } } }, 15955],
  [{ $group: { _id: null, n: { $nope: 1 } } }, 15952],
  [{ $group: { _id: null, n: { $firstN: { n: 0, input: "$a" } } } }, 5787908],
  [{ $group: { _id: null, n: { $maxN: { input: "$a" } } } }, 5787907],
  [{ $group: { _id: null, n: { $top: { output: 1, sortBy: 1 } } } }, 5788604],
  [{ $unwind: "s" }, 28818],
  [{ $project: {} }, 51272],
  [{ $sort: { a: 2 } }, 15975],
  [{ $bucket: { groupBy: "$a", boundaries: [1] } }, 40192],
  [{ $facet: {} }, 40169],
  [{ $sample: { size: -1 } }, 28747],
  [{ $replaceRoot: {} }, 40231],
  [{ $lookup: { from: "a", as: "b" } }, 9],
  [{ $match: 1 }, 15959],
  [{ $bucketAuto: {} }, 40324],
  [{ $geoNear: {} }, 40324],
  [{ $changeStream: {} }, 40573],
])("%j is refused", (stage, code) => {
  expect(() => run([stage], [{ a: 1 }])).toThrow(expect.objectContaining({ code }));
});
