// The update operators: each turns its argument into a change of the value at one path, once, before any document.
// https://www.mongodb.com/docs/v7.0/reference/operator/update/
import { type Document, Timestamp } from "bson";
import { MongoError } from "../errors.js";
import { compileFilter } from "../filter/index.js";
import { isOperatorDocument } from "../filter/operators.js";
import { isRegex } from "../filter/regex.js";
import { compileSort } from "../sort.js";
import {
  compareValues,
  equalValues,
  identicalValues,
  isDocument,
  isNumeric,
  typeOf,
} from "../values.js";
import { arithmetic, bit } from "./numbers.js";
import type { UpdateOperator, ValueChange } from "./operator.js";
import { KEEP, REMOVE } from "./paths.js";

const bad = (message: string) => new MongoError(2, message);
const show = (value: unknown) => JSON.stringify(value);
const idOf = (document: Document) => `{_id: ${show(document["_id"])}}`;

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
    throw new MongoError(
      name === "$push" ? 2 : 14,
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
    return current !== undefined && identicalValues(current, result) ? KEEP : result;
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
  current !== undefined && identicalValues(current, argument) ? KEEP : argument;

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
