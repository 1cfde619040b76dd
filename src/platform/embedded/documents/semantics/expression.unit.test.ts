// Every expression against inputs and outputs after MongoDB's documentation; each group names its pages, each
// operator has one below https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
/* oxlint-disable unicorn/no-thenable -- $cond and $switch have a `then` */
import { Decimal128, Long } from "bson";
import { describe, expect, it } from "vitest";
import { compileExpression } from "./expression.js";
import { expectValue, MISSING, type Row } from "./testing.js";

const at = new Date("2024-02-29T13:05:09.070Z");
const dated = { at };

const tables: Record<string, Row[]> = {
  "arithmetic: abs/ add/ ceil/ divide/ exp/ floor/ ln/ log/ log10/ mod/ multiply/ pow/ round/ sqrt/ subtract/ trunc/":
    [
      [{ $abs: -5 }, 5],
      [{ $abs: "$a" }, null],
      [{ $add: ["$price", "$fee"] }, 12, { price: 10, fee: 2 }],
      [{ $add: ["$at", 3 * 24 * 60 * 60000] }, new Date("2024-03-03T13:05:09.070Z"), dated],
      [{ $add: [1, null] }, null],
      [{ $add: [] }, 0],
      [{ $ceil: -2.8 }, -2],
      [{ $ceil: 7.8 }, 8],
      [{ $divide: ["$hours", 8] }, 10, { hours: 80 }],
      [{ $divide: [5, 2] }, 2.5],
      [{ $exp: 0 }, 1],
      [{ $exp: 2 }, 7.38905609893065],
      [{ $floor: -2.8 }, -3],
      [{ $ln: 1 }, 0],
      [{ $log: [100, 10] }, 2],
      [{ $log10: 1000 }, 3],
      [{ $mod: [80, 7] }, 3],
      [{ $mod: [-5, 3] }, -2],
      [{ $multiply: ["$price", "$quantity"] }, 20, { price: 2, quantity: 10 }],
      [{ $multiply: [2, "$none"] }, null],
      [{ $pow: [5, 2] }, 25],
      [{ $pow: [5, -2] }, 0.04],
      [{ $round: [19.25, 1] }, 19.2],
      [{ $round: [28.73, 1] }, 28.7],
      [{ $round: [2.5] }, 2],
      [{ $round: [3.5] }, 4],
      [{ $round: [-1234, -2] }, -1200],
      [{ $sqrt: 100 }, 10],
      [{ $subtract: [{ $add: ["$price", 1] }, 5] }, 6, { price: 10 }],
      [{ $subtract: ["$at", 1000] }, new Date("2024-02-29T13:05:08.070Z"), dated],
      [{ $subtract: ["$at", new Date("2024-02-29T13:05:08.070Z")] }, Long.fromNumber(1000), dated],
      [{ $trunc: [-7.85, 1] }, -7.8],
      [{ $trunc: [1234.5678, -2] }, 1200],
    ],
  "arrays: arrayElemAt/ arrayToObject/ concatArrays/ filter/ first/ in/ indexOfArray/ isArray/ last/ map/ objectToArray/ range/ reduce/ reverseArray/ size/ slice/ sortArray/ zip/":
    [
      [{ $arrayElemAt: [[1, 2, 3], 0] }, 1],
      [{ $arrayElemAt: [[1, 2, 3], -2] }, 2],
      [{ $arrayElemAt: [[1, 2, 3], 15] }, MISSING],
      [
        {
          $arrayToObject: {
            $literal: [
              { k: "item", v: "abc" },
              { k: "qty", v: 25 },
            ],
          },
        },
        { item: "abc", qty: 25 },
      ],
      [
        {
          $arrayToObject: {
            $literal: [
              ["item", "abc"],
              ["qty", 25],
            ],
          },
        },
        { item: "abc", qty: 25 },
      ],
      [{ $concatArrays: [["hello", " "], ["world"]] }, ["hello", " ", "world"]],
      [{ $concatArrays: [["a"], null] }, null],
      [{ $filter: { input: [1, "a", 2, null], as: "num", cond: { $isNumber: "$$num" } } }, [1, 2]],
      [
        { $filter: { input: "$a", cond: { $gte: ["$$this", 2] }, limit: 1 } },
        [2],
        { a: [1, 2, 3] },
      ],
      [{ $first: "$a" }, 1, { a: [1, 2] }],
      [{ $first: "$a" }, MISSING, { a: [] }],
      [{ $last: "$a" }, 2, { a: [1, 2] }],
      [{ $in: ["abc", ["xyz", "abc"]] }, true],
      [{ $in: ["xy", [["xyz"]]] }, false],
      [{ $indexOfArray: [["a", "abc"], "a"] }, 0],
      [{ $indexOfArray: [[1, 2, 3, 2], 2, 2] }, 3],
      [{ $indexOfArray: [[1, 2], 5] }, -1],
      [{ $indexOfArray: [null, "foo"] }, null],
      [{ $isArray: ["hello"] }, false],
      [{ $isArray: [["hello", "world"]] }, true],
      [{ $map: { input: "$q", as: "grade", in: { $add: ["$$grade", 2] } } }, [7, 8], { q: [5, 6] }],
      [{ $map: { input: "$none", in: 1 } }, null],
      [
        { $objectToArray: { item: "foo", qty: 25 } },
        [
          { k: "item", v: "foo" },
          { k: "qty", v: 25 },
        ],
      ],
      [{ $range: [0, 10, 2] }, [0, 2, 4, 6, 8]],
      [{ $range: [10, 0, -2] }, [10, 8, 6, 4, 2]],
      [{ $range: [0, 5, -1] }, []],
      [
        {
          $reduce: {
            input: ["a", "b", "c"],
            initialValue: "",
            in: { $concat: ["$$value", "$$this"] },
          },
        },
        "abc",
      ],
      [{ $reduce: { input: "$none", initialValue: 0, in: 1 } }, null],
      [{ $reverseArray: [[1, 2, 3]] }, [3, 2, 1]],
      [{ $size: "$a" }, 2, { a: [1, [2]] }],
      [{ $slice: [[1, 2, 3], 1, 1] }, [2]],
      [{ $slice: [[1, 2, 3], -2] }, [2, 3]],
      [{ $slice: [[1, 2, 3], 15, 2] }, []],
      [
        { $sortArray: { input: "$team", sortBy: { age: -1 } } },
        [{ age: 42 }, { age: 30 }],
        { team: [{ age: 30 }, { age: 42 }] },
      ],
      [
        { $sortArray: { input: [20, 4, null, "gamma", { a: 1 }], sortBy: 1 } },
        [null, 4, 20, "gamma", { a: 1 }],
      ],
      [{ $zip: { inputs: [["a"], ["b"], ["c"]] } }, [["a", "b", "c"]]],
      [
        { $zip: { inputs: [[1], [2, 3]], useLongestLength: true } },
        [
          [1, 2],
          [null, 3],
        ],
      ],
      [
        { $zip: { inputs: [[1], [2, 3]], useLongestLength: true, defaults: ["a", "b"] } },
        [
          [1, 2],
          ["a", 3],
        ],
      ],
    ],
  "booleans and comparison: and/ not/ or/ cmp/ eq/ gt/ gte/ lt/ lte/ ne/ allElementsTrue/ anyElementTrue/":
    [
      [{ $and: [1, "green"] }, true],
      [{ $and: [] }, true],
      [{ $and: [[null], [false], [0]] }, true],
      [{ $and: [null, true] }, false],
      [{ $or: [{ $gt: ["$qty", 250] }, { $lt: ["$qty", 200] }] }, true, { qty: 300 }],
      [{ $or: [] }, false],
      [{ $not: [[false]] }, false],
      [{ $not: [null] }, true],
      [{ $cmp: ["$qty", 250] }, 1, { qty: 300 }],
      [{ $cmp: [1, "a"] }, -1],
      [{ $eq: [Long.fromNumber(5), 5] }, true],
      [{ $eq: ["$none", null] }, false],
      [{ $ne: [1, "1"] }, true],
      [{ $gt: ["$qty", 250] }, false, { qty: 250 }],
      [{ $gte: ["$qty", 250] }, true, { qty: 250 }],
      [{ $lt: [null, 0] }, true],
      [{ $lte: ["$none", null] }, true],
      [{ $allElementsTrue: [[true, 1, "someString"]] }, true],
      [{ $allElementsTrue: [[null, 1]] }, false],
      [{ $anyElementTrue: [[null, false, 0]] }, false],
      [{ $anyElementTrue: [[[false]]] }, true],
    ],
  "conditions and variables: cond/ ifNull/ switch/ let/ literal/": [
    [{ $cond: { if: { $gte: ["$qty", 250] }, then: 30, else: 20 } }, 30, { qty: 300 }],
    [{ $cond: [{ $gte: ["$qty", 250] }, 30, 20] }, 20, { qty: 200 }],
    [{ $ifNull: ["$description", "Unspecified"] }, "Unspecified", { description: null }],
    [{ $ifNull: ["$none", null, "$a"] }, 1, { a: 1 }],
    [
      { $switch: { branches: [{ case: { $eq: ["$n", 1] }, then: "one" }], default: "other" } },
      "other",
      { n: 2 },
    ],
    [
      {
        $let: { vars: { total: { $add: ["$price", "$tax"] } }, in: { $multiply: ["$$total", 2] } },
      },
      21,
      { price: 10, tax: 0.5 },
    ],
    [{ $literal: "$1" }, "$1"],
    [{ $literal: { $add: [1, 2] } }, { $add: [1, 2] }],
  ],
  "objects: getField/ mergeObjects/ setField/ unsetField/": [
    [{ $getField: { $literal: "$small" } }, 158, { $small: 158 }],
    [{ $getField: { field: "a.b", input: "$c" } }, 1, { c: { "a.b": 1 } }],
    [{ $getField: "none" }, MISSING],
    [{ $mergeObjects: [{ a: 1 }, { a: 2, b: 2 }, { b: 3, c: 3 }] }, { a: 2, b: 3, c: 3 }],
    [{ $mergeObjects: [{ a: 1 }, null] }, { a: 1 }],
    [{ $setField: { field: "a.b", input: { c: 1 }, value: 2 } }, { c: 1, "a.b": 2 }],
    [{ $setField: { field: "c", input: { c: 1 }, value: "$$REMOVE" } }, {}],
    [{ $unsetField: { field: "price.usd", input: { "price.usd": 1, x: 2 } } }, { x: 2 }],
  ],
  "the accumulators as expressions: avg/ max/ min/ sum/": [
    [{ $avg: "$quizzes" }, 7.666666666666667, { quizzes: [10, 6, 7] }],
    [{ $avg: ["$lab", "$midterm"] }, 65, { lab: 70, midterm: 60 }],
    [{ $avg: "$none" }, null],
    [{ $max: "$quizzes" }, 10, { quizzes: [10, 6, 7] }],
    [{ $max: [1, "a", null] }, "a"],
    [{ $min: ["$a", "$b"] }, 1, { a: 1, b: 5 }],
    [{ $sum: "$quizzes" }, 23, { quizzes: [10, 6, 7, "x"] }],
    [{ $sum: ["$lab", "$none"] }, 70, { lab: 70 }],
  ],
};
describe.each(Object.entries(tables))("%s", (_, rows) => {
  it.each(rows)("%j", expectValue);
});

it("gives $rand a number from 0 to 1", () => {
  expect(compileExpression({ $rand: {} })({})).toSatisfy((n: number) => n >= 0 && n < 1);
});

it.each<[unknown, number]>([
  [{ $divide: [1, 0] }, 2],
  [{ $mod: [1, 0] }, 16610],
  [{ $mod: ["a", 1] }, 16611],
  [{ $round: ["a", 1] }, 51081],
  [{ $substrBytes: ["é", 1, 1] }, 28656],
  [{ $convert: { input: "x", to: "int" } }, 241],
  [{ $add: ["a", 1] }, 14],
  [{ $concat: ["a", 1] }, 16702],
  [{ $size: "x" }, 17124],
  [{ $in: [1, "x"] }, 40081],
  [{ $toInt: "x" }, 241],
  [{ $range: [0, 5, 0] }, 34449],
  [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
  [{ $year: "2024" }, 16006],
  [{ $arrayElemAt: ["x", 0] }, 28689],
  [{ $nope: 1 }, 168],
  [{ $eq: [1] }, 16020],
  ["$$nope", 17276],
  [{ $add: [new Decimal128("1"), 1] }, 2],
])("%j is refused", (expression, code) => {
  expect(() => compileExpression(expression)({})).toThrow(expect.objectContaining({ code }));
});
