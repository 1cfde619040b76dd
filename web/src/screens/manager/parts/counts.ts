// Counts of portions, read from what was typed. Pure.
import { westernDigits } from "../../../words/money.js";

export const MAX_COUNT = 1_000_000;

/** A whole number from 0 to a million, with or without separators, in either script's digits; undefined for anything
 *  else, also for nothing. */
export function parseCount(text: string): number | undefined {
  const digits = westernDigits(text).replaceAll(/[\s,]/g, "");
  if (!/^\d{1,9}$/.test(digits)) return undefined;
  const count = Number(digits);
  return count <= MAX_COUNT ? count : undefined;
}
