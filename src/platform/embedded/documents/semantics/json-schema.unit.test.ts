// Each keyword of $jsonSchema: what fits and what does not.
// https://www.mongodb.com/docs/v7.0/reference/operator/query/jsonSchema/#available-keywords
import { Decimal128, Long, ObjectId } from "bson";
import { expect, test } from "vitest";
import { compileJsonSchema } from "./json-schema.js";

test.each<[string, object, unknown[], unknown[]]>([
  ["bsonType", { bsonType: "string" }, ["a"], [1, null, ["a"]]],
  ["bsonType, one of several", { bsonType: ["int", "null"] }, [1, null], [1.5, "1"]],
  ["bsonType number", { bsonType: "number" }, [1, 1.5, Long.ONE, new Decimal128("1")], ["1"]],
  ["bsonType of its own", { bsonType: "objectId" }, [new ObjectId()], ["a"]],
  ["type", { type: "boolean" }, [true], [1, "true"]],
  ["enum", { enum: ["a", 1, { b: [1] }] }, ["a", Long.ONE, { b: [1] }], ["b", null]],
  ["required", { required: ["a"] }, [{ a: null }, "no object"], [{}, { b: 1 }]],
  ["properties", { properties: { a: { type: "string" } } }, [{}, { a: "x" }, 7], [{ a: 1 }]],
  [
    "additionalProperties: false",
    { properties: { a: {} }, patternProperties: { "^x": {} }, additionalProperties: false },
    [{ a: 1, x1: 1 }],
    [{ b: 1 }],
  ],
  ["additionalProperties", { additionalProperties: { type: "number" } }, [{ a: 1 }], [{ a: "1" }]],
  [
    "patternProperties",
    { patternProperties: { "^n": { type: "number" } } },
    [{ n: 1, a: "" }],
    [{ n: "" }],
  ],
  ["items", { items: { type: "number" } }, [[], [1, 2], "no array"], [[1, "2"]]],
  ["items by place", { items: [{ type: "number" }] }, [[1, "2"]], [["1"]]],
  [
    "uniqueItems",
    { uniqueItems: true },
    [
      [1, 2],
      [{ a: 1 }, { a: 2 }],
    ],
    [[1, Long.ONE]],
  ],
  ["minItems, maxItems", { minItems: 1, maxItems: 2 }, [[1], "long text"], [[], [1, 2, 3]]],
  ["minLength, maxLength", { minLength: 1, maxLength: 2 }, ["a", "မြ"], ["", "abc"]],
  [
    "minProperties, maxProperties",
    { minProperties: 1, maxProperties: 1 },
    [{ a: 1 }],
    [{}, { a: 1, b: 1 }],
  ],
  ["minimum, maximum", { minimum: 1, maximum: 3 }, [1, 3, "0"], [0, Long.fromNumber(4)]],
  [
    "exclusive limits",
    { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: true },
    [2],
    [1, 3],
  ],
  ["pattern", { pattern: "^a" }, ["ab", 1], ["ba"]],
  ["allOf", { allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1], [3]],
  ["anyOf", { anyOf: [{ type: "string" }, { minimum: 5 }] }, ["a", 5], [1]],
  ["oneOf", { oneOf: [{ minimum: 1 }, { minimum: 5 }] }, [1], [0, 5]],
  ["not", { not: { type: "string" } }, [1], ["a"]],
  ["title and description say nothing", { title: "t", description: "d" }, [1], []],
])("%s", (_, schema, fitting, faulty) => {
  const check = compileJsonSchema(schema);
  for (const value of fitting) expect(check(value)).toEqual([]);
  for (const value of faulty) expect(check(value)).not.toEqual([]);
});

test("says where the fault is and which rule it breaks", () => {
  const item = { required: ["sku"], properties: { count: { bsonType: "int" } } };
  const check = compileJsonSchema({ properties: { lines: { items: item } } });
  expect(check({ lines: [{ sku: "a", count: "1" }, {}] })).toEqual([
    { operatorName: "bsonType", specifiedAs: { bsonType: "int" }, path: "lines.0.count" },
    { operatorName: "required", specifiedAs: { required: ["sku"] }, path: "lines.1" },
  ]);
});

test.each([
  [{ format: "email" }, 9],
  [{ $ref: "#/x" }, 9],
  [{ bsonType: "text" }, 9],
  [{ type: "integer" }, 9],
  [{ minItems: -1 }, 9],
  [{ required: [] }, 9],
  [{ minimum: "1" }, 9],
  [{ properties: [] }, 14],
])("%o is refused", (schema, code) => {
  expect(() => compileJsonSchema(schema)).toThrow(expect.objectContaining({ code }));
});
