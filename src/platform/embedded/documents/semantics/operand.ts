// What the expressions of ours share.
import type { Options } from "mingo/types";
import { compareValues, isNumeric } from "./values.js";

export type Operator = (object: unknown, argument: unknown, options: Options) => unknown;

export const isNullish = (value: unknown) => value === undefined || value === null;

/** True, a number other than 0, and anything else but null and missing. */
export const isTrue = (value: unknown): boolean =>
  !isNullish(value) && value !== false && !(isNumeric(value) && compareValues(value, 0) === 0);
