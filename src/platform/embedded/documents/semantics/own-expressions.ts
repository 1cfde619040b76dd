// The expressions that mingo answers otherwise than MongoDB, or that would lose a value's BSON type on the way.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
import type { Document } from "bson";
import { evalExpr } from "mingo/core";
import type { Options } from "mingo/types";
import { MongoError } from "./errors.js";
import { isNullish, isTrue, type Operator } from "./operand.js";
import { OWN_CONVERSIONS } from "./own-conversions.js";
import { OWN_DATES } from "./own-dates.js";
import { fieldOf } from "./paths.js";
import { compileSort } from "./sort.js";
import { compareValues, equalValues, isDocument, isNumeric, typeOf } from "./values.js";

/** Operators of one argument, which may stand alone or in an array. */
export const UNARY: readonly string[] = [
  "$abs",
  "$allElementsTrue",
  "$anyElementTrue",
  "$arrayToObject",
  "$ceil",
  "$exp",
  "$first",
  "$floor",
  "$isArray",
  "$isNumber",
  "$last",
  "$ln",
  "$log10",
  "$not",
  "$objectToArray",
  "$reverseArray",
  "$size",
  "$sqrt",
  "$strLenBytes",
  "$strLenCP",
  "$toBool",
  "$toDate",
  "$toDouble",
  "$toInt",
  "$toLong",
  "$toLower",
  "$toString",
  "$toUpper",
  "$type",
];

/** A field of a document; of an array, those of its documents that have it. */
export function fieldPath(value: unknown, path: readonly string[], at = 0): unknown {
  const part = path[at];
  if (part === undefined) return value;
  if (isDocument(value)) return fieldPath(fieldOf(value, part), path, at + 1);
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((one: unknown) => {
    const found = isDocument(one) ? fieldPath(one, path, at) : undefined;
    return found === undefined ? [] : [found];
  });
}

const of = (object: unknown, expression: unknown, options: Options): unknown =>
  evalExpr(object, expression, options);

/** MongoDB stops at 100 MB of memory. */
const MAX_RANGE = 1_000_000;

const comparing =
  (name: string, answer: (result: number) => unknown): Operator =>
  (object, argument, options) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw new MongoError(
        16020,
        `Expression ${name} takes exactly 2 arguments. ${Array.isArray(argument) ? argument.length : 1} were passed in.`,
      );
    }
    const [a, b] = argument.map((one) => of(object, one, options));
    return answer(compareValues(a, b));
  };

const onArray =
  (
    name: string,
    code: number,
    answer: (array: readonly unknown[]) => unknown,
    nullAnswer: "null" | "refuse" = "null",
  ): Operator =>
  (object, argument, options) => {
    const value = of(object, argument, options);
    if (Array.isArray(value)) return answer(value);
    if (nullAnswer === "null" && isNullish(value)) return null;
    throw new MongoError(
      code,
      `The argument to ${name} must be an array, but was of type: ${typeOf(value)}`,
    );
  };

const inCase =
  (change: (text: string) => string): Operator =>
  (object, argument, options) => {
    const value = of(object, argument, options);
    if (isNullish(value)) return "";
    if (["array", "object", "bool", "objectId", "binData"].includes(typeOf(value)))
      throw new MongoError(16007, `can't convert from BSON type ${typeOf(value)} to String`);
    if (typeof value === "string") return change(value);
    return change(value instanceof Date ? value.toISOString() : String(Number(value)));
  };

interface FieldArguments {
  field: unknown;
  input?: unknown;
  value?: unknown;
}

function withChanged(
  object: unknown,
  { field, input, value }: FieldArguments,
  options: Options,
): unknown {
  const document = of(object, input ?? { $fieldPath: [] }, options);
  if (isNullish(document)) return null;
  if (!isDocument(document))
    throw new MongoError(4161105, `$setField requires 'input' to evaluate to type Object`);
  const name = of(object, field, options) as string;
  const changed = value === undefined ? undefined : of(object, value, options);
  const rest = Object.entries(document).filter(
    ([other]) => changed !== undefined || other !== name,
  );
  const entries = rest.map(([other, one]): [string, unknown] => [
    other,
    other === name ? changed : one,
  ]);
  return Object.fromEntries(
    changed === undefined || Object.hasOwn(document, name)
      ? entries
      : [...entries, [name, changed]],
  );
}

export const OWN_EXPRESSIONS: Readonly<Record<string, Operator>> = {
  ...OWN_CONVERSIONS,
  ...OWN_DATES,
  $fieldPath: (_object, path, options) =>
    fieldPath((options as unknown as { local: { root: unknown } }).local.root, path as string[]),
  $variable: (object, path, options) => {
    const [name, ...rest] = path as string[];
    // mingo would answer $$NOW by its own clock.
    if (name === "NOW") return of(object, "$$NOW_", options);
    return name === "REMOVE" ? undefined : fieldPath(of(object, `$$${name}`, options), rest);
  },
  $arrayOf: (object, items, options) =>
    (items as unknown[]).map((one) => of(object, one, options) ?? null),
  $documentOf: (object, entries, options) =>
    Object.fromEntries(
      (entries as [string, unknown][]).flatMap(([name, expression]) => {
        const value = of(object, expression, options);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  $eq: comparing("$eq", (result) => result === 0),
  $ne: comparing("$ne", (result) => result !== 0),
  $gt: comparing("$gt", (result) => result > 0),
  $gte: comparing("$gte", (result) => result >= 0),
  $lt: comparing("$lt", (result) => result < 0),
  $lte: comparing("$lte", (result) => result <= 0),
  $cmp: comparing("$cmp", (result) => result),
  $and: (object, argument, options) =>
    [argument].flat().every((one) => isTrue(of(object, one, options))),
  $or: (object, argument, options) =>
    [argument].flat().some((one) => isTrue(of(object, one, options))),
  $not: (object, argument, options) => !isTrue(of(object, argument, options)),
  $cond: (object, argument, options) => {
    const parts: readonly unknown[] = Array.isArray(argument)
      ? argument
      : ["if", "then", "else"].map((name) => (argument as Document)[name] as unknown);
    if (parts.length !== 3)
      throw new MongoError(
        16020,
        `Expression $cond takes exactly 3 arguments. ${parts.length} were passed in.`,
      );
    return of(object, isTrue(of(object, parts[0], options)) ? parts[1] : parts[2], options);
  },
  $ifNull: (object, argument, options) => {
    if (!Array.isArray(argument) || argument.length < 2)
      throw new MongoError(1257300, "$ifNull needs at least two arguments");
    let value: unknown;
    for (const one of argument) {
      value = of(object, one, options);
      if (!isNullish(value)) return value;
    }
    return value;
  },
  $type: (object, argument, options) => typeOf(of(object, argument, options)),
  $isNumber: (object, argument, options) => isNumeric(of(object, argument, options)),
  $isArray: (object, argument, options) => Array.isArray(of(object, argument, options)),
  $size: onArray("$size", 17124, (array) => array.length, "refuse"),
  $first: onArray("$first", 28689, (array) => array[0]),
  $last: onArray("$last", 28689, (array) => array.at(-1)),
  $reverseArray: onArray("$reverseArray", 34435, (array) => array.toReversed()),
  $in: (object, argument, options) => {
    if (!Array.isArray(argument) || argument.length !== 2)
      throw new MongoError(16020, "Expression $in takes exactly 2 arguments.");
    const [value, array] = argument.map((one) => of(object, one, options));
    if (!Array.isArray(array))
      throw new MongoError(
        40081,
        `$in requires an array as a second argument, found: ${typeOf(array)}`,
      );
    return array.some((one) => equalValues(one, value));
  },
  $rand: () => Math.random(),
  $range: (object, argument, options) => {
    const parts = Array.isArray(argument) ? argument.map((one) => of(object, one, options)) : [];
    if (parts.length < 2 || parts.length > 3)
      throw new MongoError(28667, "Expression $range takes at least 2 arguments, and at most 3.");
    if (!parts.every((one) => isNumeric(one) && Number.isInteger(Number(String(one)))))
      throw new MongoError(34443, "$range requires whole numbers");
    const [start = 0, end = 0, step = 1] = parts.map((one) => Number(String(one)));
    if (step === 0) throw new MongoError(34449, "$range requires a non-zero step value");
    const length = Math.max(0, Math.ceil((end - start) / step));
    if (length > MAX_RANGE)
      throw new MongoError(146, `$range would make ${length} numbers: at most ${MAX_RANGE} fit`);
    return Array.from({ length }, (_, index) => start + index * step);
  },
  $toUpper: inCase((text) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())),
  $toLower: inCase((text) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())),
  $sortArray: (object, argument, options) => {
    const { input, sortBy } = argument as Document;
    const array = of(object, input, options);
    if (isNullish(array)) return null;
    if (!Array.isArray(array))
      throw new MongoError(
        2942504,
        `The input argument to $sortArray must be an array, but was of type: ${typeOf(array)}`,
      );
    const order: unknown = sortBy;
    if (isNumeric(order)) return array.toSorted((a, b) => Number(order) * compareValues(a, b));
    const compare = compileSort(order as Document);
    return array.toSorted((a: unknown, b: unknown) =>
      compare(isDocument(a) ? a : {}, isDocument(b) ? b : {}),
    );
  },
  $getField: (object, argument, options) => {
    const { field, input } =
      isDocument(argument) && Object.hasOwn(argument, "field")
        ? argument
        : { field: argument, input: { $fieldPath: [] } };
    const document = of(object, input, options);
    return isDocument(document) ? fieldOf(document, String(of(object, field, options))) : undefined;
  },
  $setField: (object, argument, options) =>
    withChanged(object, argument as FieldArguments, options),
  $unsetField: (object, argument, options) =>
    withChanged(object, { ...(argument as FieldArguments), value: undefined }, options),
};
