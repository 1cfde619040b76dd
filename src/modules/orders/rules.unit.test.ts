// Given the restaurant's rules, when a cart is priced, then money, modifiers and days come out exactly so.
import { describe, expect, it } from "vitest";
import { money } from "#platform/kernel";
import {
  type AskedLine,
  businessDateOf,
  clockOf,
  inForce,
  outcomesOf,
  type OrderingRules,
  priceLines,
  quantitiesByProduct,
  totalsOf,
} from "./rules.js";

const mmk = (amount: number) => money(amount, "MMK");
const rules: OrderingRules = {
  restaurant: { currency: "MMK", timeZone: "Asia/Yangon", businessDayStartsAt: "04:00" },
  tax: [{ name: "Commercial tax", rate: "0.05", inclusive: false, validFrom: "2026-01-01" }],
  serviceCharge: [{ rate: "0.10", appliesTo: ["dine-in"], validFrom: "2026-01-01" }],
  tables: [],
  modifierGroups: [
    {
      code: "egg",
      name: { en: "Egg" },
      min: 0,
      max: 2,
      modifiers: [
        { code: "boiled-egg", name: { en: "Boiled egg" }, price: 500 },
        { code: "duck-egg", name: { en: "Duck egg" }, price: 800 },
      ],
    },
    {
      code: "tea",
      name: { en: "Tea strength" },
      min: 1,
      max: 1,
      modifiers: [{ code: "paw-sein", name: { en: "Light" }, price: 0 }],
    },
  ],
  items: [
    {
      productId: "mohinga",
      category: { code: "noodles", name: { en: "Noodles" } },
      station: "noodle",
      modifierGroups: ["egg"],
    },
    {
      productId: "tea",
      category: { code: "drinks", name: { en: "Drinks" } },
      station: "bar",
      modifierGroups: ["tea"],
    },
  ],
};
const line = (over: Partial<AskedLine> = {}): AskedLine => ({
  id: "1",
  productId: "mohinga",
  quantity: 1,
  unitPrice: mmk(3500),
  modifiers: [],
  ...over,
});
const codes = (...names: string[]) => names.map((code) => ({ code }));

describe("priceLines", () => {
  it("takes a line as quantity × (unit price + modifiers), with the server's modifier prices", () => {
    const { lines, faults } = priceLines(
      [line({ quantity: 3, modifiers: codes("boiled-egg", "duck-egg") })],
      rules,
    );
    expect(faults).toEqual([]);
    expect(lines[0]?.total).toEqual(mmk(3 * (3500 + 500 + 800)));
  });

  it("never takes a line for what it is no longer exactly", () => {
    const dear = line({ quantity: 3, unitPrice: mmk(Number.MAX_SAFE_INTEGER - 1) });
    expect(() => priceLines([dear], rules)).toThrow(RangeError);
  });

  it.each([
    ["a dish that is not on the menu", line({ productId: "pizza" }), "not-on-menu"],
    ["a modifier of another dish", line({ modifiers: codes("paw-sein") }), "unknown-modifier"],
    [
      "more modifiers than the group allows",
      line({ modifiers: codes("duck-egg", "duck-egg", "boiled-egg") }),
      "too-many-modifiers",
    ],
    ["fewer than it asks for", line({ productId: "tea" }), "missing-modifier"],
    ["another currency", line({ unitPrice: money(1, "USD") }), "foreign-currency"],
  ])("names %s", (_what, asked, reason) => {
    expect(priceLines([asked], rules).faults).toMatchObject([{ lineId: "1", reason }]);
  });

  it("names the faults of all lines at once", () => {
    const { faults } = priceLines(
      [line({ productId: "pizza" }), line({ id: "2", productId: "tea" })],
      rules,
    );
    expect(faults.map((fault) => fault.lineId)).toEqual(["1", "2"]);
  });

  it("refuses one dish at two prices, since only one of them can be true", () => {
    const { faults } = priceLines([line(), line({ id: "2", unitPrice: mmk(3000) })], rules);
    expect(faults).toMatchObject([{ lineId: "2", reason: "two-prices" }]);
  });
});

describe("totalsOf", () => {
  const on = (serviceType: "dine-in" | "takeaway", over: Partial<OrderingRules> = {}) =>
    totalsOf(
      [mmk(3500), mmk(1010)],
      { serviceType, businessDate: "2026-11-23" },
      { ...rules, ...over },
    ).totals;

  it("adds tax to takeaway", () => {
    expect(on("takeaway")).toMatchObject({
      subtotal: mmk(4510),
      serviceCharge: mmk(0),
      tax: mmk(226),
      total: mmk(4736),
    });
  });

  it("adds service charge, and tax on it, to dine-in", () => {
    expect(on("dine-in")).toMatchObject({
      serviceCharge: mmk(451),
      tax: mmk(248),
      total: mmk(5209),
    });
  });

  it("adds nothing where prices include the tax, and tells how much of the total it is", () => {
    const tax = rules.tax.map((rate) => ({ ...rate, inclusive: true }));
    expect(on("takeaway", { tax })).toMatchObject({
      tax: mmk(0),
      taxIncluded: mmk(215),
      total: mmk(4510),
    });
  });

  it("takes two taxes that the prices include out of one net amount", () => {
    const half = { rate: "0.025", inclusive: true, validFrom: "2026-01-01" };
    const tax = ["CGST", "SGST"].map((name) => ({ ...half, name }));
    const of = (amount: number) =>
      totalsOf(
        [mmk(amount)],
        { serviceType: "takeaway", businessDate: "2026-11-23" },
        { ...rules, tax },
      );
    expect(of(10_500).taxes.map(({ amount }) => amount)).toEqual([250, 250]); // net 10,000
    expect(of(10_500).totals).toMatchObject({ taxIncluded: mmk(500), total: mmk(10_500) });
  });

  it("has parts that sum to the total", () => {
    const { subtotal, discount, serviceCharge, tax, rounding, total } = on("dine-in");
    expect(
      subtotal.amount - discount.amount + serviceCharge.amount + tax.amount + rounding.amount,
    ).toBe(total.amount);
  });
});

describe("inForce", () => {
  it("takes the newest rate that has begun and not ended", () => {
    const rates = [
      { name: "A", rate: "0.05", validFrom: "2026-01-01" },
      { name: "A", rate: "0.07", validFrom: "2026-06-01" },
      { name: "A", rate: "0.09", validFrom: "2027-01-01" },
      { name: "B", rate: "0.01", validFrom: "2026-01-01", validTo: "2026-02-01" },
    ];
    expect(inForce(rates, "2026-11-23").map((rate) => rate.rate)).toEqual(["0.07"]);
  });

  it("begins with its first day, and is over on the day that it ends", () => {
    const rates = [{ name: "A", rate: "0.05", validFrom: "2026-01-01", validTo: "2026-02-01" }];
    const days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"];
    expect(days.map((day) => inForce(rates, day).length)).toEqual([0, 1, 1, 0]);
  });

  it("tells service charges apart by what they apply to, in whatever order that stands", () => {
    const charge = (rate: string, validFrom: string, ...appliesTo: string[]) => ({
      rate,
      validFrom,
      appliesTo,
    });
    const rates = [
      charge("0.10", "2026-01-01", "dine-in"),
      charge("0.02", "2026-01-01", "takeaway", "delivery"),
      charge("0.03", "2026-06-01", "delivery", "takeaway"),
    ];
    expect(inForce(rates, "2026-11-23").map(({ rate }) => rate)).toEqual(["0.10", "0.03"]);
  });
});

describe("quantitiesByProduct", () => {
  it("adds up the lines of one dish", () => {
    const lines = [
      line({ quantity: 2 }),
      line({ id: "2", quantity: 3, modifiers: codes("duck-egg") }),
    ];
    expect(quantitiesByProduct(lines)).toEqual([
      { productId: "mohinga", quantity: 5, unitPrice: mmk(3500) },
    ]);
  });
});

describe("outcomesOf", () => {
  it("takes each line as it was said for that line, and the others as for the order", () => {
    const lines = [{ id: "soup" }, { id: "tea" }];
    const { outcomes, unknown } = outcomesOf(lines, "restock", [
      { id: "soup", stock: "waste" },
      { id: "cake", stock: "waste" },
    ]);
    expect(outcomes).toEqual([
      { id: "soup", outcome: "waste" },
      { id: "tea", outcome: "restock" },
    ]);
    expect(unknown).toEqual(["cake"]);
  });
});

describe("businessDateOf", () => {
  it.each([
    ["2026-11-23T21:29:00Z", "2026-11-23"], // 03:59 on the 24th in Yangon
    ["2026-11-23T21:30:00Z", "2026-11-24"], // 04:00
    ["2026-12-31T18:00:00Z", "2026-12-31"], // 00:30 on New Year's Day
  ])("counts %s to %s", (instant, date) => {
    expect(businessDateOf(new Date(instant), rules.restaurant)).toBe(date);
  });
});

describe("clockOf", () => {
  it.each([
    ["2026-11-23T21:29:59.999Z", "Asia/Yangon", 390],
    ["2026-07-01T12:00:00Z", "America/New_York", -240],
    ["2026-12-01T12:00:30Z", "America/New_York", -300],
    ["2026-12-01T12:00:00Z", "UTC", 0],
  ])("tells at %s in %s an offset of %i minutes", (instant, timeZone, utcOffsetMinutes) => {
    const calendar = { timeZone, businessDayStartsAt: "04:00" };
    expect(clockOf(new Date(instant), calendar)).toEqual({
      utcOffsetMinutes,
      businessDayStartsAt: "04:00",
    });
  });
});
