// Ranges of trading days that a person asks for. Days are `2026-11-25`; which one is today, the server says: a trading
// day ends in the small hours, by the restaurant's clock. Pure.
import { isDate } from "../parts/dates.js";

export const PRESETS = ["today", "yesterday", "week", "month"] as const;
export type Preset = (typeof PRESETS)[number];

export interface Range {
  readonly from: string;
  readonly to: string;
}

export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Undefined for today, which the server knows better: it turns while the screen is open. */
export function rangeOf(preset: Preset, today: string): Range | undefined {
  switch (preset) {
    case "today":
      return undefined;
    case "yesterday":
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case "week":
      return { from: addDays(today, -6), to: today };
    case "month":
      return { from: addDays(today, -29), to: today };
  }
}

/** Two typed dates, whichever way round; undefined until both are dates. */
export function typedRange(from: string, to: string): Range | undefined {
  if (!isDate(from) || !isDate(to)) return undefined;
  return from <= to ? { from, to } : { from: to, to: from };
}

const LONGEST_FILLED = 62;

/** Each day of a range, also those without sales; a very long range is shown with the days it has only. */
export function daysOf({ from, to }: Range): string[] | undefined {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    days.push(day);
    if (days.length > LONGEST_FILLED) return undefined;
  }
  return days;
}
