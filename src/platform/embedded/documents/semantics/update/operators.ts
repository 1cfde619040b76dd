// The update operators: each turns its argument into a change of the value at one path, once, before any document.
// https://www.mongodb.com/docs/v7.0/reference/operator/update/
import { type Document, Long, Timestamp } from "bson";
import { MongoError } from "../errors.js";
import { compileFilter } from "../filter/index.js";
import { isOperatorDocument } from "../filter/operators.js";
import { isRegex } from "../filter/regex.js";
import { compileSort } from "../sort.js";
import {
  type Collator,
  compareValues,
  equalValues,
  isDocument,
  isNumeric,
  typeOf,
} from "../values.js";
import { KEEP, REMOVE } from "./paths.js";

export interface ChangeContext {
  readonly now: Date;
  readonly insert: boolean;
  readonly document: Document;
}
export type ValueChange = (current: unknown, context: ChangeContext) => unknown;
export interface OperatorContext {
  readonly collator: Collator | undefined;
  readonly collation: Document | undefined;
}
export type UpdateOperator = (
  argument: unknown,
  path: string,
  context: OperatorContext,
) => ValueChange;

const bad = (message: string) => new MongoError(2, message);
const show = (value: unknown) => JSON.stringify(value);
const idOf = (document: Document) => `{_id: ${show(document["_id"])}}`;

type Integer = number | Long | bigint;
const isDecimal = (value: unknown) => typeOf(value) === "decimal";

function arithmetic(
  name: "$inc" | "$mul",
  verb: string,
  onBigints: (a: bigint, b: bigint) => bigint,
  onNumbers: (a: number, b: number) => number,
): UpdateOperator {
  return (argument, path) => {
    if (!isNumeric(argument))
      throw new MongoError(
        14,
        `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`,
      );
    if (isDecimal(argument)) throw bad(`${name} with Decimal128 is not supported by this server`);
    return (current, { document }) => {
      if (current === undefined) return name === "$inc" ? argument : onZero(argument as Integer);
      if (!isNumeric(current)) {
        throw new MongoError(
          14,
          `Cannot apply ${name} to a value of non-numeric type. ${idOf(document)} has the field '${path.split(".").at(-1)}' of non-numeric type ${typeOf(current)}`,
        );
      }
      if (isDecimal(current)) throw bad(`${name} on Decimal128 is not supported by this server`);
      if (typeof current === "number" && typeof argument === "number")
        return onNumbers(current, argument);
      if (typeOf(current) === "double" || typeOf(argument) === "double")
        return onNumbers(Number(current), Number(argument));
      const result = onBigints(toBigInt(current as Integer), toBigInt(argument as Integer));
      if (BigInt.asIntN(64, result) !== result) {
        throw bad(
          `Failed to apply ${name} operations to current value ((NumberLong)${String(current)}) for document ${idOf(document)}`,
        );
      }
      return Long.fromBigInt(result);
    };
  };
}
const toBigInt = (value: Integer): bigint =>
  typeof value === "object" ? value.toBigInt() : BigInt(value);
const onZero = (factor: Integer) => (typeof factor === "object" ? Long.ZERO : 0);

const extreme =
  (wins: (result: number) => boolean): UpdateOperator =>
  (argument, _path, { collator }) =>
  (current) =>
    current === undefined || wins(compareValues(argument, current, collator)) ? argument : KEEP;

/** The array at the path; a missing one is empty. */
function arrayAt(current: unknown, path: string, document: Document): readonly unknown[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  throw bad(
    `The field '${path}' must be an array but is of type ${typeOf(current)} in document ${idOf(document)}`,
  );
}

function eachOf(
  argument: unknown,
  name: string,
): { values: readonly unknown[]; modifiers: Document } {
  if (!isDocument(argument) || !Object.hasOwn(argument, "$each"))
    return { values: [argument], modifiers: {} };
  const { $each: values, ...modifiers } = argument;
  if (!Array.isArray(values))
    throw bad(
      `The argument to $each in ${name} must be an array but it was of type: ${typeOf(values)}`,
    );
  return { values, modifiers };
}

function integer(value: unknown, what: string): number {
  if (!isNumeric(value) || !Number.isInteger(Number(value)))
    throw bad(
      `The value for ${what} must be an integer value but was given type: ${typeOf(value)}`,
    );
  return Number(value);
}

const push: UpdateOperator = (argument, path, { collation }) => {
  const { values, modifiers } = eachOf(argument, "$push");
  const unknown = Object.keys(modifiers).find(
    (name) => !["$position", "$slice", "$sort"].includes(name),
  );
  if (unknown !== undefined) throw bad(`Unrecognized clause in $push: ${unknown}`);
  const position =
    "$position" in modifiers ? integer(modifiers["$position"], "$position") : undefined;
  const slice = "$slice" in modifiers ? integer(modifiers["$slice"], "$slice") : undefined;
  const sort = "$sort" in modifiers ? pushSort(modifiers["$sort"], collation) : undefined;
  return (current, { document }) => {
    const array = arrayAt(current, path, document);
    let result =
      position === undefined
        ? [...array, ...values]
        : [...array.slice(0, position), ...values, ...array.slice(position)];
    if (sort) result.sort(sort);
    if (slice !== undefined) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
    return current !== undefined && equalValues(current, result) ? KEEP : result;
  };
};

function pushSort(
  spec: unknown,
  collation: Document | undefined,
): (a: unknown, b: unknown) => number {
  if (isNumeric(spec)) {
    const sign = Number(spec);
    if (sign !== 1 && sign !== -1) throw bad("The $sort element value must be either 1 or -1");
    return (a, b) => sign * compareValues(a, b);
  }
  if (!isDocument(spec))
    throw bad(
      "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields",
    );
  if (Object.keys(spec).length === 0)
    throw bad("The $sort pattern is empty when it should be a set of fields.");
  const compare = compileSort(spec, { collation });
  return (a, b) => compare(isDocument(a) ? a : {}, isDocument(b) ? b : {});
}

const addToSet: UpdateOperator = (argument, path, { collator }) => {
  const { values, modifiers } = eachOf(argument, "$addToSet");
  const [unknown] = Object.keys(modifiers);
  if (Object.hasOwn(Object(argument) as object, "$each") && unknown !== undefined)
    throw bad(`Found unexpected fields after $each in $addToSet: ${show(argument)}`);
  return (current, { document }) => {
    if (current !== undefined && !Array.isArray(current)) {
      throw bad(
        `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeOf(current)}`,
      );
    }
    const array = [...arrayAt(current, path, document)];
    const before = array.length;
    for (const value of values)
      if (!array.some((known) => equalValues(known, value, collator))) array.push(value);
    return current !== undefined && array.length === before ? KEEP : array;
  };
};

const removing =
  (name: string, gone: (element: unknown) => boolean): ValueChange =>
  (current) => {
    if (current === undefined) return KEEP;
    if (!Array.isArray(current)) throw bad(`Cannot apply ${name} to a non-array value`);
    const kept = current.filter((element: unknown) => !gone(element));
    return kept.length === current.length ? KEEP : kept;
  };

const pull: UpdateOperator = (argument, _path, { collator, collation }) => {
  if (isRegex(argument)) {
    const { matches } = compileFilter({ value: argument });
    return removing("$pull", (element) => matches({ value: element }));
  }
  if (isOperatorDocument(argument)) {
    const { matches } = compileFilter({ value: { $elemMatch: argument } }, { collation });
    return removing("$pull", (element) => matches({ value: [element] }));
  }
  if (isDocument(argument)) {
    const { matches } = compileFilter(argument, { collation });
    return removing("$pull", (element) => isDocument(element) && matches(element));
  }
  return removing("$pull", (element) => equalValues(element, argument, collator));
};

const pullAll: UpdateOperator = (argument, _path, { collator }) => {
  if (!Array.isArray(argument))
    throw bad(`$pullAll requires an array argument but was given a ${typeOf(argument)}`);
  return removing("$pullAll", (element) =>
    argument.some((value) => equalValues(value, element, collator)),
  );
};

const pop: UpdateOperator = (argument, path) => {
  const end = Number(argument);
  if (!isNumeric(argument) || (end !== 1 && end !== -1))
    throw new MongoError(9, `$pop expects 1 or -1, found: ${show(argument)}`);
  return (current) => {
    if (current === undefined) return KEEP;
    if (!Array.isArray(current))
      throw new MongoError(
        14,
        `Path '${path}' contains an element of non-array type '${typeOf(current)}'`,
      );
    if (current.length === 0) return KEEP;
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  };
};

const BITS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const bit: UpdateOperator = (argument, path) => {
  if (!isDocument(argument))
    throw bad(
      `The $bit modifier is not compatible with a ${typeOf(argument)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  const steps = Object.entries(argument).map(([name, mask]) => {
    const step = Object.hasOwn(BITS, name) ? BITS[name] : undefined;
    if (!step)
      throw bad(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${show(mask)}}`,
      );
    if (typeOf(mask) !== "int" && typeOf(mask) !== "long")
      throw bad(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeOf(mask)}' is not supported here: {${name}: ${show(mask)}}`,
      );
    return { step, mask: mask as Integer };
  });
  if (steps.length === 0)
    throw bad(
      `You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}`,
    );
  return (current) => {
    if (current !== undefined && typeOf(current) !== "int" && typeOf(current) !== "long") {
      throw bad(
        `Cannot apply $bit to a value of non-integral type. The field '${path}' is of type ${typeOf(current)}`,
      );
    }
    const start = current === undefined ? 0n : toBigInt(current as Integer);
    const result = steps.reduce((value, { step, mask }) => step(value, toBigInt(mask)), start);
    return typeOf(current) === "long" || steps.some(({ mask }) => typeof mask === "object")
      ? Long.fromBigInt(result)
      : Number(BigInt.asIntN(32, result));
  };
};

const currentDate: UpdateOperator = (argument, path) => {
  const type: unknown = isDocument(argument) ? argument["$type"] : argument;
  if (type === "timestamp")
    return (_current, { now }) => new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  if (type === true || type === false || type === "date") return (_current, { now }) => now;
  throw bad(
    `${typeOf(argument)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}): ${path}`,
  );
};

const set: UpdateOperator = (argument) => (current) =>
  current !== undefined && identical(current, argument) ? KEEP : argument;

/** Equal and of the same type: `$set` of 1 over 1.0 changes nothing that can be told apart here. */
const identical = (a: unknown, b: unknown) => typeOf(a) === typeOf(b) && equalValues(a, b);

/** All but `$rename`, which has two paths and stands in index.ts. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: set,
  $setOnInsert:
    (argument) =>
    (_current, { insert }) =>
      insert ? argument : KEEP,
  $unset: () => (current) => (current === undefined ? KEEP : REMOVE),
  $inc: arithmetic(
    "$inc",
    "increment",
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  $mul: arithmetic(
    "$mul",
    "multiply",
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  $min: extreme((result) => result < 0),
  $max: extreme((result) => result > 0),
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
  $bit: bit,
  $currentDate: currentDate,
};
