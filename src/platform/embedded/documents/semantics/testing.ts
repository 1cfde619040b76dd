// For the tables of expressions: what an expression comes to on a document.
import { Long } from "bson";
import { expect } from "vitest";
import { compileExpression } from "./expression.js";

/** What stands for "there is no value" in a row. */
export const MISSING = "(missing)";
export type Row = [expression: unknown, expected: unknown, document?: object];

export function expectValue(expression: unknown, expected: unknown, document: object = {}): void {
  const value = compileExpression(expression)(document) ?? null;
  expect(simplified(value)).toEqual(expected === MISSING ? null : simplified(expected));
}

/** Long and number are told apart by `$type` only. */
function simplified(value: unknown): unknown {
  if (Long.isLong(value)) return value.toNumber();
  return Array.isArray(value) ? value.map(simplified) : value;
}
