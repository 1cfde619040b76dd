// Expressions on dates, sets, texts and types against MongoDB's documentation: the pages named at each group, below
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
import { Decimal128, Long, ObjectId } from "bson";
import { describe, it } from "vitest";
import { expectValue, type Row } from "./testing.js";

const at = new Date("2024-02-29T13:05:09.070Z");
const dated = { at };

const tables: Record<string, Row[]> = {
  "dates: dateAdd/ dateDiff/ dateFromParts/ dateFromString/ dateSubtract/ dateToParts/ dateToString/ dateTrunc/ dayOfMonth/ dayOfWeek/ dayOfYear/ hour/ isoDayOfWeek/ isoWeek/ isoWeekYear/ millisecond/ minute/ month/ second/ week/ year/":
    [
      [
        { $dateAdd: { startDate: "$at", unit: "day", amount: 3 } },
        new Date("2024-03-03T13:05:09.070Z"),
        dated,
      ],
      [
        { $dateAdd: { startDate: new Date("2024-01-31T00:00:00Z"), unit: "month", amount: 1 } },
        new Date("2024-02-29T00:00:00Z"),
      ],
      [
        { $dateSubtract: { startDate: "$at", unit: "hour", amount: 1 } },
        new Date("2024-02-29T12:05:09.070Z"),
        dated,
      ],
      [
        {
          $dateDiff: {
            startDate: new Date("2020-12-31T23:59:59Z"),
            endDate: new Date("2021-01-01T00:00:00Z"),
            unit: "year",
          },
        },
        Long.ONE,
      ],
      [
        { $dateDiff: { startDate: new Date("2024-02-28T23:00:00Z"), endDate: "$at", unit: "day" } },
        Long.ONE,
        dated,
      ],
      [
        { $dateFromParts: { year: 2017, month: 2, day: 8, hour: 12 } },
        new Date("2017-02-08T12:00:00Z"),
      ],
      [{ $dateFromParts: { year: 2017, month: 14, day: 1 } }, new Date("2018-02-01T00:00:00Z")],
      [
        { $dateFromString: { dateString: "2017-02-08T12:10:40.787Z" } },
        new Date("2017-02-08T12:10:40.787Z"),
      ],
      [
        { $dateFromString: { dateString: "15-06-2018", format: "%d-%m-%Y" } },
        new Date("2018-06-15T00:00:00Z"),
      ],
      [{ $dateFromString: { dateString: "$none", onNull: 0 } }, 0],
      [
        { $dateToParts: { date: "$at" } },
        { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, millisecond: 70 },
        dated,
      ],
      [{ $dateToString: { format: "%Y-%m-%d", date: "$at" } }, "2024-02-29", dated],
      [
        { $dateToString: { format: "%H:%M:%S:%L%z", date: "$at", timezone: "Asia/Yangon" } },
        "19:35:09:070+0630",
        dated,
      ],
      [{ $dateToString: { date: "$at" } }, "2024-02-29T13:05:09.070Z", dated],
      [{ $dateToString: { date: "$none", onNull: "never" } }, "never"],
      [{ $dateTrunc: { date: "$at", unit: "month" } }, new Date("2024-02-01T00:00:00Z"), dated],
      [
        { $dateTrunc: { date: "$at", unit: "day", timezone: "Asia/Yangon" } },
        new Date("2024-02-28T17:30:00Z"),
        dated,
      ],
      [
        { $dateTrunc: { date: "$at", unit: "hour", binSize: 6 } },
        new Date("2024-02-29T12:00:00Z"),
        dated,
      ],
      [{ $dateTrunc: { date: "$at", unit: "week" } }, new Date("2024-02-25T00:00:00Z"), dated],
      [
        { $dateTrunc: { date: "$at", unit: "week", startOfWeek: "monday" } },
        new Date("2024-02-26T00:00:00Z"),
        dated,
      ],
      [
        {
          $dateDiff: { startDate: new Date("2024-02-24T00:00:00Z"), endDate: "$at", unit: "week" },
        },
        Long.ONE,
        dated,
      ],
      [
        {
          $dateDiff: { startDate: new Date("2023-12-31T00:00:00Z"), endDate: "$at", unit: "month" },
        },
        Long.fromNumber(2),
        dated,
      ],
      [{ $dayOfMonth: "$at" }, 29, dated],
      [{ $dayOfWeek: "$at" }, 5, dated],
      [{ $dayOfYear: "$at" }, 60, dated],
      [{ $hour: "$at" }, 13, dated],
      [{ $hour: { date: "$at", timezone: "+06:30" } }, 19, dated],
      [{ $isoDayOfWeek: "$at" }, 4, dated],
      [{ $isoWeek: "$at" }, 9, dated],
      [{ $isoWeekYear: new Date("2021-01-01T00:00:00Z") }, Long.fromNumber(2020)],
      [{ $millisecond: "$at" }, 70, dated],
      [{ $minute: "$at" }, 5, dated],
      [{ $month: "$at" }, 2, dated],
      [{ $second: "$at" }, 9, dated],
      [{ $isoWeek: new Date("2021-01-01T00:00:00Z") }, 53],
      [{ $isoWeek: { date: new Date("2024-12-29T20:00:00Z"), timezone: "Asia/Yangon" } }, 1],
      [{ $week: "$at" }, 8, dated],
      [{ $week: new Date("2023-01-01T00:00:00Z") }, 1],
      [{ $week: new Date("2022-01-01T00:00:00Z") }, 0],
      [
        {
          $dateSubtract: { startDate: new Date("2024-03-31T00:00:00Z"), unit: "month", amount: 1 },
        },
        new Date("2024-02-29T00:00:00Z"),
      ],
      [
        { $dateAdd: { startDate: "$at", unit: "year", amount: 1, timezone: "Asia/Yangon" } },
        new Date("2025-02-28T13:05:09.070Z"),
        dated,
      ],
      [{ $year: "$at" }, 2024, dated],
      [{ $year: "$none" }, null],
    ],
  "sets: setDifference/ setEquals/ setIntersection/ setIsSubset/ setUnion/": [
    [
      {
        $setDifference: [
          ["a", "b", "a"],
          ["b", "c"],
        ],
      },
      ["a"],
    ],
    [
      {
        $setEquals: [
          ["a", "b", "a"],
          ["b", "a"],
        ],
      },
      true,
    ],
    [{ $setEquals: [["a", "b"], [["a", "b"]]] }, false],
    [
      {
        $setIntersection: [
          ["a", "b", "a"],
          ["b", "a"],
        ],
      },
      ["a", "b"],
    ],
    [{ $setIntersection: [["a"], null] }, null],
    [
      {
        $setIsSubset: [
          ["a", "b", "a"],
          ["b", "a"],
        ],
      },
      true,
    ],
    [{ $setIsSubset: [["a", "b"], [["a", "b"]]] }, false],
    [
      {
        $setUnion: [
          ["a", "b", "a"],
          ["b", "c"],
        ],
      },
      ["a", "b", "c"],
    ],
  ],
  "texts: concat/ ltrim/ regexFind/ regexFindAll/ regexMatch/ replaceAll/ replaceOne/ rtrim/ split/ strLenBytes/ strLenCP/ strcasecmp/ substr/ substrBytes/ substrCP/ toLower/ toUpper/ trim/":
    [
      [
        { $concat: ["$item", " - ", "$description"] },
        "ABC1 - product 1",
        { item: "ABC1", description: "product 1" },
      ],
      [{ $concat: ["a", "$none"] }, null],
      [{ $trim: { input: "  \n good  bye \t  " } }, "good  bye"],
      [{ $trim: { input: " ggggoodbyeeeee", chars: "ge" } }, " ggggoodby"],
      [{ $ltrim: { input: "ggggoodbyeeeee", chars: "gd" } }, "oodbyeeeee"],
      [{ $rtrim: { input: "ggggoodbyeeeee ", chars: "e " } }, "ggggoodby"],
      [
        { $regexFind: { input: "Simple Example", regex: /(m(p))/ } },
        { match: "mp", idx: 2, captures: ["mp", "p"] },
      ],
      [{ $regexFind: { input: "abc", regex: "z" } }, null],
      [
        { $regexFindAll: { input: "Simple Example", regex: "mp" } },
        [
          { match: "mp", idx: 2, captures: [] },
          { match: "mp", idx: 10, captures: [] },
        ],
      ],
      [{ $regexMatch: { input: "LINE one", regex: /line/i } }, true],
      [{ $regexMatch: { input: "LINE one", regex: "line", options: "i" } }, true],
      [
        {
          $replaceOne: {
            input: "blue paint with blue paintbrush",
            find: "blue paint",
            replacement: "red paint",
          },
        },
        "red paint with blue paintbrush",
      ],
      [
        {
          $replaceAll: {
            input: "blue paint with blue paintbrush",
            find: "blue",
            replacement: "red",
          },
        },
        "red paint with red paintbrush",
      ],
      [{ $split: ["June-15-2013", "-"] }, ["June", "15", "2013"]],
      [{ $split: ["banana split", "a"] }, ["b", "n", "n", " split"]],
      [{ $split: [null, " "] }, null],
      [{ $strLenBytes: "cafétéria" }, 11],
      [{ $strLenBytes: { $literal: "$λG" } }, 4],
      [{ $strLenCP: "cafétéria" }, 9],
      [{ $strLenCP: "寿司🍣" }, 3],
      [{ $strcasecmp: ["13q1", "13Q4"] }, -1],
      [{ $strcasecmp: ["$none", ""] }, 0],
      [{ $substr: ["13Q1", 2, -1] }, "Q1"],
      [{ $substrBytes: ["cafétéria", 0, 5] }, "café"],
      [{ $substrCP: ["寿司sushi", 1, 2] }, "司s"],
      [{ $toLower: "PRODUCT 1" }, "product 1"],
      [{ $toUpper: "$none" }, ""],
      [{ $toUpper: "abc1" }, "ABC1"],
    ],
  "types: convert/ isNumber/ toBool/ toDate/ toDouble/ toInt/ toLong/ toString/ type/": [
    [{ $convert: { input: "1.5", to: "double" } }, 1.5],
    [{ $convert: { input: "x", to: "int", onError: "An error" } }, "An error"],
    [{ $convert: { input: null, to: "int", onNull: 0 } }, 0],
    [{ $convert: { input: 100, to: "bool" } }, true],
    [
      { $convert: { input: "$id", to: "date" } },
      new Date("2018-03-27T04:08:58Z"),
      { id: new ObjectId("5ab9c3da31c2ab715d421285") },
    ],
    [{ $convert: { input: 5.5, to: "string" } }, "5.5"],
    [{ $isNumber: "$n" }, true, { n: new Decimal128("1") }],
    [{ $isNumber: "1" }, false],
    [{ $toBool: "false" }, true],
    [{ $toBool: 0 }, false],
    [{ $toDate: "2018-03-03" }, new Date("2018-03-03T00:00:00Z")],
    [
      { $toDate: "$id" },
      new Date("2018-03-27T04:08:58Z"),
      { id: new ObjectId("5ab9c3da31c2ab715d421285") },
    ],
    [{ $toDouble: "-5.5" }, -5.5],
    [{ $toDouble: true }, 1],
    [{ $toInt: 5.9 }, 5],
    [{ $toInt: "-5" }, -5],
    [{ $toLong: "123" }, Long.fromNumber(123)],
    [{ $toString: 2.5 }, "2.5"],
    [
      { $toString: "$id" },
      "5ab9c3da31c2ab715d421285",
      { id: new ObjectId("5ab9c3da31c2ab715d421285") },
    ],
    [{ $toString: "$at" }, "2024-02-29T13:05:09.070Z", dated],
    [{ $type: "$a" }, "string", { a: "foo" }],
    [{ $type: "$a" }, "array", { a: [1] }],
    [{ $type: "$none" }, "missing"],
    [{ $type: Long.ONE }, "long"],
  ],
};

describe.each(Object.entries(tables))("%s", (_, rows) => {
  it.each(rows)("%j", expectValue);
});
