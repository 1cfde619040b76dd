// $jsonSchema: a schema becomes a test of one value that says what is wrong with it.
// https://www.mongodb.com/docs/v7.0/reference/operator/query/jsonSchema/
import type { Document } from "bson";
import { MongoError } from "./errors.js";
import { toRegExp } from "./filter/regex.js";
import {
  compareValues,
  equalValues,
  isDocument,
  isNumeric,
  TYPE_NUMBERS,
  typeOf,
} from "./values.js";

/** One rule that a value breaks, as `errInfo` tells it. */
export interface Fault {
  operatorName: string;
  specifiedAs: Document;
  /** From the document to the value. */
  path: string;
}

/** The faults of a value; none: it fits. */
export type Schema = (value: unknown, path?: string) => Fault[];

type Check = (value: unknown, path: string) => boolean | Fault[];
type Keyword = (argument: unknown, schema: Document) => Check;

const parse = (message: string) => new MongoError(9, message);
const NUMBERS = ["int", "long", "double", "decimal"];
/** JSON's types by the names that BSON has for them. */
const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  object: ["object"],
  array: ["array"],
  number: NUMBERS,
  boolean: ["bool"],
  string: ["string"],
  null: ["null"],
};

const typed =
  (name: string, known: (one: string) => readonly string[] | undefined): Keyword =>
  (argument) => {
    const wanted = new Set(
      [argument].flat().flatMap((one) => {
        const types = typeof one === "string" ? known(one) : undefined;
        if (types === undefined) throw parse(`$jsonSchema keyword '${name}' has an unknown type`);
        return types;
      }),
    );
    return (value) => wanted.has(typeOf(value));
  };

const whole = (argument: unknown, name: string): number => {
  const number = Number(String(argument));
  if (isNumeric(argument) && Number.isInteger(number) && number >= 0) return number;
  throw parse(`$jsonSchema keyword '${name}' must be a whole number that is not negative`);
};

/** A limit on the size of what `measure` can measure. */
const sized =
  (
    name: string,
    measure: (value: unknown) => number | undefined,
    holds: (size: number, limit: number) => boolean,
  ): Keyword =>
  (argument) => {
    const limit = whole(argument, name);
    return (value) => {
      const size = measure(value);
      return size === undefined || holds(size, limit);
    };
  };

const lengthOf = (value: unknown) =>
  typeof value === "string" ? Array.from(value).length : undefined;
const itemsOf = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
const fieldsOf = (value: unknown) => (isDocument(value) ? Object.keys(value).length : undefined);
const atLeast = (size: number, limit: number) => size >= limit;
const atMost = (size: number, limit: number) => size <= limit;

const bound =
  (name: string, sign: 1 | -1): Keyword =>
  (argument, schema) => {
    if (!isNumeric(argument)) throw parse(`$jsonSchema keyword '${name}' must be a number`);
    const exclusive = schema[sign === 1 ? "exclusiveMinimum" : "exclusiveMaximum"] === true;
    return (value) => {
      if (!isNumeric(value)) return true;
      const order = compareValues(value, argument) * sign;
      return exclusive ? order > 0 : order >= 0;
    };
  };

const list = (argument: unknown, name: string): unknown[] => {
  if (Array.isArray(argument) && argument.length > 0) return argument;
  throw parse(`$jsonSchema keyword '${name}' must be an array that is not empty`);
};
const document = (argument: unknown, name: string): Document => {
  if (isDocument(argument)) return argument;
  throw new MongoError(14, `$jsonSchema keyword '${name}' must be an object`);
};

const combined =
  (name: string, holds: (fitting: number, all: number) => boolean): Keyword =>
  (argument) => {
    const schemas = list(argument, name).map(compileJsonSchema);
    return (value, path) =>
      holds(schemas.filter((schema) => schema(value, path).length === 0).length, schemas.length);
  };

const below = (path: string, name: string | number) =>
  path === "" ? String(name) : `${path}.${name}`;
const ignored: Keyword = () => () => true;

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  bsonType: typed("bsonType", (one) =>
    one === "number" ? NUMBERS : Object.hasOwn(TYPE_NUMBERS, one) ? [one] : undefined,
  ),
  type: typed("type", (one) => (Object.hasOwn(JSON_TYPES, one) ? JSON_TYPES[one] : undefined)),
  enum: (argument) => {
    const values = list(argument, "enum");
    return (value) => values.some((one) => equalValues(one, value));
  },
  required: (argument) => {
    const names = list(argument, "required");
    return (value) =>
      !isDocument(value) || names.every((name) => Object.hasOwn(value, String(name)));
  },
  properties: (argument) => {
    const schemas = Object.entries(document(argument, "properties")).map(
      ([name, schema]): [string, Schema] => [name, compileJsonSchema(schema)],
    );
    return (value, path) =>
      !isDocument(value) ||
      schemas.flatMap(([name, schema]) =>
        Object.hasOwn(value, name) ? schema(value[name], below(path, name)) : [],
      );
  },
  patternProperties: (argument) => {
    const schemas = Object.entries(document(argument, "patternProperties")).map(
      ([pattern, schema]): [RegExp, Schema] => [toRegExp(pattern), compileJsonSchema(schema)],
    );
    return (value, path) =>
      !isDocument(value) ||
      schemas.flatMap(([pattern, schema]) =>
        Object.entries(value).flatMap(([name, one]) =>
          pattern.test(name) ? schema(one, below(path, name)) : [],
        ),
      );
  },
  additionalProperties: (argument, { properties, patternProperties }) => {
    const named = new Set(Object.keys((properties ?? {}) as Document));
    const patterns = Object.keys((patternProperties ?? {}) as Document).map((one) => toRegExp(one));
    const schema = typeof argument === "boolean" ? undefined : compileJsonSchema(argument);
    return (value, path) => {
      if (!isDocument(value) || argument === true) return true;
      const others = Object.entries(value).filter(
        ([name]) => !named.has(name) && !patterns.some((pattern) => pattern.test(name)),
      );
      return schema
        ? others.flatMap(([name, one]) => schema(one, below(path, name)))
        : others.length === 0;
    };
  },
  items: (argument) => {
    const schemas = Array.isArray(argument) ? argument.map(compileJsonSchema) : undefined;
    const every = schemas ? undefined : compileJsonSchema(argument);
    return (value, path) =>
      !Array.isArray(value) ||
      value.flatMap((one: unknown, at) => (every ?? schemas?.[at])?.(one, below(path, at)) ?? []);
  },
  uniqueItems: (argument) => (value) =>
    argument !== true ||
    !Array.isArray(value) ||
    value.every((one, at) => !value.slice(0, at).some((before) => equalValues(before, one))),
  minItems: sized("minItems", itemsOf, atLeast),
  maxItems: sized("maxItems", itemsOf, atMost),
  minLength: sized("minLength", lengthOf, atLeast),
  maxLength: sized("maxLength", lengthOf, atMost),
  minProperties: sized("minProperties", fieldsOf, atLeast),
  maxProperties: sized("maxProperties", fieldsOf, atMost),
  minimum: bound("minimum", 1),
  maximum: bound("maximum", -1),
  exclusiveMinimum: ignored,
  exclusiveMaximum: ignored,
  pattern: (argument) => {
    const pattern = toRegExp(argument);
    return (value) => typeof value !== "string" || pattern.test(value);
  },
  allOf: combined("allOf", (fitting, all) => fitting === all),
  anyOf: combined("anyOf", (fitting) => fitting > 0),
  oneOf: combined("oneOf", (fitting) => fitting === 1),
  not: (argument) => {
    const schema = compileJsonSchema(argument);
    return (value, path) => schema(value, path).length > 0;
  },
  title: ignored,
  description: ignored,
};

/** @throws MongoError 9 for a keyword that is not known or not supported */
export function compileJsonSchema(schema: unknown): Schema {
  if (!isDocument(schema)) throw new MongoError(14, "$jsonSchema must be an object");
  const checks = Object.entries(schema).map(([name, argument]) => {
    const keyword = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined;
    if (!keyword) throw parse(`Unknown $jsonSchema keyword: ${name}`);
    return {
      check: keyword(argument, schema),
      operatorName: name,
      specifiedAs: { [name]: argument as unknown },
    };
  });
  return (value, path = "") =>
    checks.flatMap(({ check, operatorName, specifiedAs }) => {
      const answer = check(value, path);
      if (answer === true) return [];
      return answer === false ? [{ operatorName, specifiedAs, path }] : answer;
    });
}
