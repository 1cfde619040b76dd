// Which ranges of days a report is made of.
import { expect, it } from "vitest";
import { LONGEST_RANGE_DAYS, rangeFault } from "./rules.js";

it("A report spans at most its longest range, counted with both its days, and ends no earlier than it begins", () => {
  const from = "2016-01-01";
  const after = (days: number) =>
    new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
  expect(rangeFault(from, from)).toBeUndefined();
  expect(rangeFault(from, after(LONGEST_RANGE_DAYS - 1))).toBeUndefined();
  expect(rangeFault(from, after(LONGEST_RANGE_DAYS))).toMatch(/at most ten years/);
  expect(rangeFault(after(1), from)).toMatch(/before the first day/);
  expect(rangeFault(undefined, from)).toBeUndefined();
});
