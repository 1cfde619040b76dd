// Expressions on numbers, texts and types that mingo answers otherwise than MongoDB, or not at all.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/convert/
import { type Document, type ObjectId } from "bson";
import { evalExpr } from "mingo/core";
import * as mingo from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { MongoError } from "./errors.js";
import { isNullish, isTrue, type Operator } from "./operand.js";
import { isNumeric, typeOf } from "./values.js";

const theirs = mingo as unknown as Readonly<Record<string, Operator>>;
const argumentsOf = (object: unknown, argument: unknown, options: Options): unknown[] =>
  (Array.isArray(argument) ? argument : [argument]).map((one): unknown =>
    evalExpr(object, one, options),
  );

/** Half goes to the even neighbour. By decimal places as they are written, so that 1.005 is what it looks like. */
function rounded(number: number, place: number): number {
  const [digits, exponent = "0"] = String(number).split("e");
  const scaled = Number(`${digits}e${Number(exponent) + place}`);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const [whole, wholeExponent = "0"] = String(up ? floor + 1 : floor).split("e");
  return Number(`${whole}e${Number(wholeExponent) - place}`);
}

/** What a text's bytes hold between two characters. */
function bytesOf(text: string, start: number, length: number): string {
  const bytes = Buffer.from(text);
  const end = length < 0 ? bytes.length : Math.min(bytes.length, start + length);
  const continues = (at: number) => at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80;
  if (start < 0) throw new MongoError(50752, "$substrBytes: starting index must be non-negative");
  if (continues(start))
    throw new MongoError(
      28656,
      "$substrBytes: Invalid range, starting index is in the middle of a UTF-8 character.",
    );
  if (continues(end))
    throw new MongoError(
      28657,
      "$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.",
    );
  return bytes.subarray(start, end).toString();
}

function asText(value: unknown): string {
  if (isNullish(value)) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new MongoError(16007, `can't convert from BSON type ${typeOf(value)} to String`);
}

const substring: Operator = (object, argument, options) => {
  const [text, start, length] = argumentsOf(object, argument, options);
  if (!isNumeric(start) || !isNumeric(length))
    throw new MongoError(16034, "$substrBytes: the starting index and the length must be numbers");
  return bytesOf(asText(text), Math.trunc(Number(start)), Math.trunc(Number(length)));
};

/** An ObjectId knows its text and its time; everything else is mingo's to convert. */
const fromId =
  (name: "$toString" | "$toDate", answer: (id: ObjectId) => unknown): Operator =>
  (object, argument, options) => {
    const value: unknown = evalExpr(object, argument, options);
    if (typeOf(value) === "objectId") return answer(value as ObjectId);
    const plain = typeOf(value) === "long" ? Number(value) : value;
    return isNullish(value) ? null : theirs[name]?.(object, { $literal: plain }, options);
  };

const toText = fromId("$toString", (id) => id.toHexString());
const toDate = fromId("$toDate", (id) => id.getTimestamp());

export const OWN_CONVERSIONS: Readonly<Record<string, Operator>> = {
  $round: (object, argument, options) => {
    const [value, place = 0] = argumentsOf(object, argument, options);
    if (isNullish(value) || isNullish(place)) return null;
    if (!isNumeric(value) || typeOf(value) === "decimal")
      throw new MongoError(51081, `$round only supports numeric types, not ${typeOf(value)}`);
    const number = Number(value);
    const places = Number(place);
    if (!Number.isInteger(places) || places < -20 || places > 100)
      throw new MongoError(51082, "$round requires a precision between -20 and 100");
    return Number.isFinite(number) ? rounded(number, places) : number;
  },
  $mod: (object, argument, options) => {
    const values = argumentsOf(object, argument, options);
    if (values.length !== 2)
      throw new MongoError(
        16020,
        `Expression $mod takes exactly 2 arguments. ${values.length} were passed in.`,
      );
    if (values.some(isNullish)) return null;
    if (!values.every((value) => isNumeric(value) && typeOf(value) !== "decimal"))
      throw new MongoError(
        16611,
        `$mod only supports numeric types, not ${values.map(typeOf).join(" and ")}`,
      );
    const [a = 0, b = 0] = values.map((value) => Number(value));
    if (b === 0) throw new MongoError(16610, "can't $mod by zero");
    return a % b;
  },
  $switch: (object, argument, options) => {
    const { branches, default: otherwise } = argument as Document;
    for (const { case: condition, then } of (branches ?? []) as Document[])
      if (isTrue(evalExpr(object, condition, options))) return evalExpr(object, then, options);
    if (!Object.hasOwn(argument as Document, "default"))
      throw new MongoError(
        40066,
        "$switch could not find a matching branch for an input, and no default was specified.",
      );
    return evalExpr(object, otherwise, options);
  },
  $strcasecmp: (object, argument, options) => {
    const [a = "", b = ""] = argumentsOf(object, argument, options).map((value) =>
      asText(value).replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
    );
    return a < b ? -1 : a > b ? 1 : 0;
  },
  $substr: substring,
  $substrBytes: substring,
  $toString: toText,
  $toDate: toDate,
  $convert: (object, argument, options) => {
    const { input, to, onError, onNull } = argument as Document;
    const value: unknown = evalExpr(object, input, options);
    if (isNullish(value)) return onNull === undefined ? null : evalExpr(object, onNull, options);
    const type: unknown = evalExpr(object, to, options);
    const convert = CONVERSIONS[String(type)];
    if (!convert)
      throw new MongoError(2, `$convert to '${String(type)}' is not supported by this server`);
    try {
      return convert(object, { $literal: value }, options);
    } catch (error) {
      if (onError === undefined) throw new MongoError(241, (error as Error).message);
      return evalExpr(object, onError, options);
    }
  },
};

const plain =
  (name: string): Operator =>
  (object, argument, options) => {
    const value: unknown = evalExpr(object, argument, options);
    const number = typeOf(value) === "long" ? Number(value) : value;
    return theirs[name]?.(object, { $literal: number }, options);
  };

/** By name and by number of the type. */
const CONVERSIONS: Readonly<Record<string, Operator>> = {
  double: plain("$toDouble"),
  1: plain("$toDouble"),
  string: toText,
  2: toText,
  bool: plain("$toBool"),
  8: plain("$toBool"),
  date: toDate,
  9: toDate,
  int: plain("$toInt"),
  16: plain("$toInt"),
  long: plain("$toLong"),
  18: plain("$toLong"),
};
