// The query operators: each turns its argument into a test of one value, once, before any document is looked at.
// https://www.mongodb.com/docs/v7.0/reference/operator/query/
import type { Binary, Document } from "bson";
import { MongoError } from "../errors.js";
import {
  type Collator,
  compareValues,
  bracketOf,
  equalValues,
  isNumeric,
  TYPE_NUMBERS,
  typeOf,
  type TypeName,
} from "../values.js";
import { isRegex, toRegExp } from "./regex.js";

/** Tests one value; `elements`: an array at the end of the path is tested whole and by each of its elements. */
export interface ValueTest {
  test(value: unknown): boolean;
  readonly elements: boolean;
}

export type Operator = (
  argument: unknown,
  context: { collator: Collator | undefined; siblings: Document },
) => ValueTest;

const bad = (message: string) => new MongoError(2, message);
const parse = (message: string) => new MongoError(9, message);
const isNullish = (value: unknown) => value === null || value === undefined;

export const equalTo: Operator = (argument, { collator }) => ({
  elements: true,
  test: isNullish(argument)
    ? isNullish
    : typeof argument === "string" && !collator
      ? (value) => value === argument
      : (value) => value !== undefined && equalValues(value, argument, collator),
});

const compare =
  (holds: (result: number) => boolean): Operator =>
  (argument, { collator }) => {
    const type = typeOf(argument);
    if (type === "regex") throw bad("Can't have RegEx as arg to predicate over field");
    if (type === "minKey" || type === "maxKey") {
      return {
        elements: true,
        test: (value) => value !== undefined && holds(compareValues(value, argument)),
      };
    }
    const bracket = bracketOf(argument);
    const orEqual = holds(0);
    if (isNullish(argument))
      return { elements: true, test: (value) => orEqual && isNullish(value) };
    const nan = typeof argument === "number" && Number.isNaN(argument);
    return {
      elements: true,
      test: (value) => {
        if (bracketOf(value) !== bracket) return false;
        // NaN is neither above nor below a number.
        if (bracket === 10 && (nan || Number.isNaN(value)))
          return orEqual && nan && Number.isNaN(value);
        return holds(compareValues(value, argument, collator));
      },
    };
  };

const oneOf: Operator = (argument, context) => {
  if (!Array.isArray(argument)) throw bad("$in needs an array");
  const tests = argument.map((value: unknown) => {
    if (isOperatorDocument(value)) throw bad("cannot nest $ under $in");
    return isRegex(value) ? regexTest(value) : equalTo(value, context).test;
  });
  const strings = new Set(argument);
  const simple = !context.collator && argument.every((value) => typeof value === "string");
  return {
    elements: true,
    test: simple ? (value) => strings.has(value) : (value) => tests.some((test) => test(value)),
  };
};

export function isOperatorDocument(value: unknown): value is Document {
  if (typeOf(value) !== "object") return false;
  const [first] = Object.keys(value as object);
  return first !== undefined && first.startsWith("$") && !["$ref", "$id", "$db"].includes(first);
}

export function regexTest(argument: unknown, options?: string): (value: unknown) => boolean {
  const expression = toRegExp(argument, options);
  return (value) =>
    typeof value === "string"
      ? expression.test(value)
      : isRegex(value) && isRegex(argument) && equalValues(value, argument);
}

const regex: Operator = (argument, { siblings }) => {
  if (typeof argument !== "string" && !isRegex(argument)) throw bad("$regex has to be a string");
  const options: unknown = siblings["$options"];
  if (options !== undefined && typeof options !== "string")
    throw bad("$options has to be a string");
  return { elements: true, test: regexTest(argument, options) };
};

const options: Operator = (_argument, { siblings }) => {
  if (!("$regex" in siblings)) throw bad("$options needs a $regex");
  return { elements: true, test: () => true };
};

const exists: Operator = (argument) => {
  const wanted = !(
    argument === false ||
    argument === null ||
    argument === undefined ||
    argument === 0
  );
  return { elements: false, test: (value) => (value !== undefined) === wanted };
};

const NUMBER_TYPES: readonly TypeName[] = ["int", "long", "double", "decimal"];
const BY_NUMBER = new Map<number, TypeName>(
  Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name as TypeName]),
);

const type: Operator = (argument) => {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (list.length === 0) throw parse("$type must match at least one type");
  const wanted = new Set<TypeName>(
    list.flatMap((one): readonly TypeName[] => {
      if (one === "number") return NUMBER_TYPES;
      if (typeof one === "string") {
        if (!Object.hasOwn(TYPE_NUMBERS, one)) throw bad(`Unknown type name alias: ${one}`);
        return [one as TypeName];
      }
      if (!isNumeric(one))
        throw new MongoError(14, "type must be represented as a number or a string");
      const name = BY_NUMBER.get(Number(one));
      if (!name) throw bad(`Invalid numerical type code: ${Number(one)}`);
      return [name];
    }),
  );
  return { elements: true, test: (value) => wanted.has(typeOf(value)) };
};

const size: Operator = (argument) => {
  if (!isNumeric(argument))
    throw parse(`Failed to parse $size. Expected a number in: $size: ${JSON.stringify(argument)}`);
  const wanted = Number(argument);
  if (!Number.isInteger(wanted))
    throw parse(`Failed to parse $size. Expected an integer: $size: ${wanted}`);
  if (wanted < 0)
    throw parse(`Failed to parse $size. Expected a non-negative number in: $size: ${wanted}`);
  return { elements: false, test: (value) => Array.isArray(value) && value.length === wanted };
};

const modulo: Operator = (argument) => {
  if (!Array.isArray(argument)) throw bad("malformed mod, needs to be an array");
  if (argument.length < 2) throw bad("malformed mod, not enough elements");
  if (argument.length > 2) throw bad("malformed mod, too many elements");
  const [divisor, remainder] = argument.map((one: unknown, index) => {
    if (!isNumeric(one))
      throw bad(`malformed mod, ${index === 0 ? "divisor" : "remainder"} not a number`);
    return Math.trunc(Number(one));
  }) as [number, number];
  if (divisor === 0) throw bad("divisor cannot be 0");
  return {
    elements: true,
    test: (value) => {
      if (!isNumeric(value)) return false;
      const number = Math.trunc(Number(value));
      return Number.isFinite(number) && number % divisor === remainder;
    },
  };
};

/** Exact, also beyond 2^53; undefined for what is not a whole number. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeOf(value) === "long") return BigInt(String(value));
  return isNumeric(value) && Number.isInteger(Number(value)) ? BigInt(Number(value)) : undefined;
}

/** The places of the bits, or of the set bits of a mask. */
function bitPlaces(argument: unknown, name: string): number[] {
  if (Array.isArray(argument)) {
    return argument.map((place: unknown) => {
      const number = Number(place);
      if (!isNumeric(place) || !Number.isInteger(number) || number < 0) {
        throw bad(`bit positions must be an integer >= 0 in ${name}`);
      }
      return number;
    });
  }
  if (typeOf(argument) === "binData") {
    const bytes = (argument as Binary).buffer;
    return [...bytes].flatMap((byte, index) =>
      [...Array(8).keys()].filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit),
    );
  }
  const mask = wholeNumber(argument);
  if (mask === undefined || mask < 0n) {
    throw parse(
      `${name} takes an Array, a number, or a BinData but received: ${JSON.stringify(argument)}`,
    );
  }
  return Array.from(mask.toString(2))
    .toReversed()
    .flatMap((bit, place) => (bit === "1" ? [place] : []));
}

const bits =
  (name: string, holds: (set: boolean[]) => boolean): Operator =>
  (argument) => {
    const places = bitPlaces(argument, name);
    return {
      elements: true,
      test: (value) => {
        if (typeOf(value) === "binData") {
          const bytes = (value as Binary).buffer;
          return holds(
            places.map((place) => (((bytes[place >> 3] ?? 0) >> (place & 7)) & 1) === 1),
          );
        }
        const number = wholeNumber(value);
        return (
          number !== undefined &&
          holds(places.map((place) => ((number >> BigInt(place)) & 1n) === 1n))
        );
      },
    };
  };

/** Operators on one value. Those that need paths ($not, $elemMatch, $all, $ne, $nin) stand in filter.ts. */
export const VALUE_OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: equalTo,
  $gt: compare((result) => result > 0),
  $gte: compare((result) => result >= 0),
  $lt: compare((result) => result < 0),
  $lte: compare((result) => result <= 0),
  $in: oneOf,
  $regex: regex,
  $options: options,
  $exists: exists,
  $type: type,
  $size: size,
  $mod: modulo,
  $bitsAllSet: bits("$bitsAllSet", (set) => set.every(Boolean)),
  $bitsAnySet: bits("$bitsAnySet", (set) => set.some(Boolean)),
  $bitsAllClear: bits("$bitsAllClear", (set) => !set.some(Boolean)),
  $bitsAnyClear: bits("$bitsAnyClear", (set) => !set.every(Boolean)),
};
