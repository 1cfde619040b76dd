// Date expressions where mingo counts otherwise than MongoDB: weeks, months of different lengths, falsy defaults.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/dateAdd/
import type { Document, ObjectId } from "bson";
import { evalExpr } from "mingo/core";
import * as mingo from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { MongoError } from "./errors.js";
import { isNullish, type Operator } from "./operand.js";
import { isDocument, typeOf } from "./values.js";

const theirs = mingo as unknown as Readonly<Record<string, Operator>>;
const { $dateAdd, $dateFromParts, $dateFromString, $dateToParts } = mingo as unknown as Record<
  "$dateAdd" | "$dateFromParts" | "$dateFromString" | "$dateToParts",
  Operator
>;
interface Parts {
  year: number;
  month: number;
  day: number;
}

const literal = (value: unknown) => ({ $literal: value ?? null });
const DAY_MS = 24 * 60 * 60_000;
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** Arguments by name, evaluated. */
const named = (object: unknown, argument: unknown, options: Options): Document =>
  Object.fromEntries(
    Object.entries(argument as Document).map(([name, one]) => [
      name,
      evalExpr(object, one, options),
    ]),
  );

const literals = (values: Document): Document =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, name === "timezone" ? (value as unknown) : literal(value)]),
  );

/** A month later is the same day of that month, or its last one. */
const shifted =
  (sign: 1 | -1): Operator =>
  (object, argument, options) => {
    const { startDate, unit, amount, timezone } = named(object, argument, options);
    if (isNullish(startDate) || isNullish(amount)) return null;
    const count = sign * Number(amount);
    const months = MONTHS[String(unit)];
    if (months === undefined)
      return $dateAdd(object, literals({ startDate, unit, amount: count, timezone }), options);
    const parts = $dateToParts(object, literals({ date: startDate, timezone }), options) as Parts;
    const month = parts.year * 12 + parts.month - 1 + count * months;
    const year = Math.floor(month / 12);
    const inMonth = (month % 12) + 1;
    const days = new Date(Date.UTC(year, inMonth, 0)).getUTCDate();
    const day = Math.min(parts.day, days);
    const moved = { ...parts, year, month: inMonth, day, timezone };
    return $dateFromParts(object, literals(moved), options);
  };

/** The date and the time zone that an operator on one date is given; undefined for null and missing. */
function dated(object: unknown, argument: unknown, options: Options): Document | undefined {
  const { date, timezone } =
    isDocument(argument) && "date" in argument
      ? named(object, argument, options)
      : { date: evalExpr(object, argument, options), timezone: undefined };
  if (isNullish(date)) return undefined;
  const type = typeOf(date);
  if (type === "objectId") return literals({ date: (date as ObjectId).getTimestamp(), timezone });
  if (type === "date") return literals({ date, timezone });
  throw new MongoError(16006, `can't convert from BSON type ${type} to Date`);
}

const part =
  (name: string): Operator =>
  (object, argument, options) => {
    const given = dated(object, argument, options);
    return given === undefined ? null : theirs[name]?.(object, given, options);
  };

/** On the day that it is in the time zone asked for. */
const onDay =
  (answer: (day: Date) => number): Operator =>
  (object, argument, options) => {
    const given = dated(object, argument, options);
    if (given === undefined) return null;
    const { year, month, day } = $dateToParts(object, given, options) as Parts;
    return answer(new Date(Date.UTC(year, month - 1, day)));
  };

const dayOfYear = (day: Date) =>
  Math.round((day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 1)) / DAY_MS);
/** The Thursday of a week says which year the week belongs to. */
const thursdayOf = (day: Date) => new Date(day.getTime() + (4 - (day.getUTCDay() || 7)) * DAY_MS);

const PARTS = [
  "$year",
  "$month",
  "$dayOfMonth",
  "$dayOfWeek",
  "$dayOfYear",
  "$isoDayOfWeek",
  "$hour",
  "$minute",
  "$second",
  "$millisecond",
];

export const OWN_DATES: Readonly<Record<string, Operator>> = {
  $dateAdd: shifted(1),
  $dateSubtract: shifted(-1),
  $dateFromString: (object, argument, options) => {
    const { onNull, ...values } = named(object, argument, options);
    if (isNullish(values["dateString"])) return onNull ?? null;
    return $dateFromString(object, literals(values), options);
  },
  /** Weeks begin on Sunday; the days before the year's first one are in week 0. */
  $week: onDay((day) => Math.floor((dayOfYear(day) + 7 - day.getUTCDay()) / 7)),
  $isoWeek: onDay((day) => Math.floor(dayOfYear(thursdayOf(day)) / 7) + 1),
  ...Object.fromEntries(PARTS.map((name) => [name, part(name)])),
  $isoWeekYear: onDay((day) => thursdayOf(day).getUTCFullYear()),
};
