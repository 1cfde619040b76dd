// What $group computes over the values of a group, and the expressions of the same names over an array.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/group/#accumulator-operator
import { MongoError } from "./errors.js";
import { compareValues, equalValues, isDocument, isNumeric, typeOf } from "./values.js";

export type Accumulate = (values: readonly unknown[]) => unknown;

/** @throws MongoError 2 for what a JavaScript number cannot hold */
function numbers(values: readonly unknown[]): number[] {
  return values.filter(isNumeric).map((value) => {
    const number = Number(String(value));
    const type = typeOf(value);
    if (type === "decimal")
      throw new MongoError(2, "computing with Decimal128 is not supported by this server");
    if (type === "long" && !Number.isSafeInteger(number))
      throw new MongoError(
        2,
        `computing with the 64-bit integer ${String(value)} is not supported by this server: it is beyond 2^53`,
      );
    return number;
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) =>
  values.length === 0 ? null : sum(values) / values.length;

function deviation(values: readonly number[], divisor: number): number | null {
  const average = mean(values);
  return average === null || divisor < 1
    ? null
    : Math.sqrt(sum(values.map((value) => (value - average) ** 2)) / divisor);
}

/** The lowest or highest value in BSON order, of any type; null and missing do not count. */
const extreme =
  (sign: number): Accumulate =>
  (values) => {
    const present = values.filter((value) => value !== null && value !== undefined);
    return present.length === 0
      ? null
      : present.reduce((best, value) => (compareValues(value, best) * sign > 0 ? value : best));
  };

/** Those that are also expressions over an array. */
export const ACCUMULATE: Readonly<Record<string, Accumulate>> = {
  $sum: (values) => sum(numbers(values)),
  $avg: (values) => mean(numbers(values)),
  $min: extreme(-1),
  $max: extreme(1),
  $stdDevPop: (values) => deviation(numbers(values), numbers(values).length),
  $stdDevSamp: (values) => deviation(numbers(values), numbers(values).length - 1),
  $mergeObjects: (values) => {
    const wrong = values.find(
      (value) => value !== null && value !== undefined && !isDocument(value),
    );
    if (wrong !== undefined)
      throw new MongoError(
        40400,
        `$mergeObjects requires object inputs, but input is of type ${typeOf(wrong)}`,
      );
    return Object.fromEntries(
      values.flatMap((value) => (isDocument(value) ? Object.entries(value) : [])),
    );
  },
};

export const ACCUMULATORS: Readonly<Record<string, Accumulate>> = {
  ...ACCUMULATE,
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $count: (values) => values.length,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: (values) => {
    const set: unknown[] = [];
    for (const value of values)
      if (value !== undefined && !set.some((known) => equalValues(known, value))) set.push(value);
    return set;
  },
};
