// Money must be exact: the parts always sum to the whole, and rounding goes half away from zero.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exact, includedShare, Money, parseRate, roundedShare, split, sum } from "./money.js";

describe("roundedShare", () => {
  it.each([
    [3500, "0.05", 175],
    [10, "0.05", 1],
    [-10, "0.05", -1],
    [9, "0.05", 0],
    [1_000_000_007, "0.07", 70_000_000],
    [50, "0.01", 1],
    [0, "0.10", 0],
  ])("takes %i × %s as %i", (amount, rate, share) => {
    expect(roundedShare(amount, parseRate(rate))).toBe(share);
  });

  it("is never more than half a unit off", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 9999 }),
        (amount, basis) => {
          const share = roundedShare(amount, { numerator: BigInt(basis), denominator: 10_000n });
          expect(Math.abs(share * 10_000 - amount * basis)).toBeLessThanOrEqual(5_000);
        },
      ),
    );
  });
});

describe("includedShare", () => {
  it("finds the tax inside a gross price", () => {
    expect(includedShare(10_500, parseRate("0.05"))).toBe(500);
    expect(includedShare(100, parseRate("0.07"))).toBe(7);
  });
});

describe("split", () => {
  it("gives the remainder to the largest fractions", () => {
    expect(split(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(split(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(split(1, [0, 5])).toEqual([0, 1]);
  });

  it("always sums exactly to the whole", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), weights, (amount, parts) => {
        fc.pre(parts.some((part) => part > 0));
        expect(sum(split(amount, parts))).toBe(amount);
      }),
    );
  });

  it("refuses weights that are all zero, and one below zero", () => {
    expect(() => split(10, [0, 0])).toThrow(RangeError);
    expect(() => split(10, [-1, 2])).toThrow(RangeError);
  });
});

describe("An amount that is no longer exact", () => {
  const most = Number.MAX_SAFE_INTEGER;

  it("is refused wherever amounts are made, also when only a sum on the way is", () => {
    expect(exact(most)).toBe(most);
    expect(() => exact(most + 1)).toThrow(RangeError);
    expect(() => exact(0.5)).toThrow(RangeError);
    expect(sum([most, -1])).toBe(most - 1);
    expect(() => sum([most, 1, -1])).toThrow(RangeError);
    expect(() => roundedShare(most, parseRate("2"))).toThrow(RangeError);
  });
});

describe("Money", () => {
  it.each([
    { amount: 1.5, currency: "MMK" },
    { amount: "3500", currency: "MMK" },
    { amount: 3500, currency: "mmk" },
    { amount: 3500 },
    { amount: 3500, currency: "MMK", exponent: 0 },
    { amount: Number.MAX_SAFE_INTEGER + 1, currency: "MMK" },
  ])("refuses %j", (value) => {
    expect(Money.safeParse(value).success).toBe(false);
  });
});
