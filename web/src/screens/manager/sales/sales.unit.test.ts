// Ranges of trading days, and the bars that reports are drawn as.
import { describe, expect, it } from "vitest";
import { byAmount, draw, filledHours, scaleTop } from "./chart-data.js";
import { addDays, daysOf, rangeOf, typedRange } from "./ranges.js";

describe("A range of trading days", () => {
  it("counts back from the day that the server calls today, over months and years", () => {
    expect(rangeOf("today", "2027-01-02")).toBeUndefined();
    expect(rangeOf("yesterday", "2027-01-01")).toEqual({ from: "2026-12-31", to: "2026-12-31" });
    expect(rangeOf("week", "2027-01-02")).toEqual({ from: "2026-12-27", to: "2027-01-02" });
    expect(rangeOf("month", "2026-03-01")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  });

  it("takes two dates whichever way round, and waits for both", () => {
    expect(typedRange("2026-11-25", "2026-11-20")).toEqual({
      from: "2026-11-20",
      to: "2026-11-25",
    });
    expect(typedRange("", "2026-11-20")).toBeUndefined();
    expect(typedRange("0202-11-19", "2026-11-20")).toBeUndefined();
  });

  it("lists its days, also those without sales, unless they are too many to draw", () => {
    expect(daysOf({ from: "2026-11-29", to: "2026-12-01" })).toEqual([
      "2026-11-29",
      "2026-11-30",
      "2026-12-01",
    ]);
    expect(daysOf({ from: "2026-01-01", to: "2026-12-31" })).toBeUndefined();
  });
});

describe("Bars", () => {
  const bar = (label: string, amount: number) => ({ key: label, label, amount, count: 1 });

  it("are as high as their part of the highest, and share all that was sold", () => {
    const drawn = draw([bar("a", 300), bar("b", 100), bar("c", 0)]);
    expect(drawn.map(({ height }) => height)).toEqual([1, 1 / 3, 0]);
    expect(drawn.map(({ share }) => share)).toEqual([0.75, 0.25, 0]);
  });

  it("stay in their frame where more was cancelled than sold", () => {
    const drawn = draw([bar("a", -50), bar("b", 100)]);
    expect(drawn.map(({ height, share }) => [height, share])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(draw([bar("a", -50)])[0]).toMatchObject({ amount: -50, height: 0, share: 0 });
  });

  it("come highest first, equal ones by name", () => {
    const names = byAmount([bar("b", 1), bar("c", 2), bar("a", 1)]).map(({ label }) => label);
    expect(names).toEqual(["c", "a", "b"]);
  });
});

describe("The scale", () => {
  it("ends at a round number that is not below the highest bar", () => {
    expect([0, 1, 7, 11, 24, 26, 999, 1_000, 1_001].map(scaleTop)).toEqual([
      1, 1, 10, 20, 25, 50, 1_000, 1_000, 2_000,
    ]);
  });
});

describe("Hours", () => {
  it("follow the trading day past midnight, with the empty ones between", () => {
    expect(filledHours([22, 23, 1], 4)).toEqual([18, 19, 20, 21, 22, 23, 0, 1, 2, 3]);
    expect(filledHours([9, 11, 0], 4)).toEqual([
      9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0,
    ]);
    expect(filledHours([], 4)).toEqual([]);
  });

  it("are never those of another trading day, however short the day was", () => {
    expect(filledHours([1], 4)).toEqual([18, 19, 20, 21, 22, 23, 0, 1, 2, 3]);
    expect(filledHours([4], 4)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it("are all there on the day on which the trading day begins at another hour", () => {
    const sold = [4, 5, 12, 22];
    expect(filledHours(sold, 6)).toEqual(expect.arrayContaining(sold));
  });
});
