// Small decisions of the back office: counts and amounts as typed, codes from names, stock, choices, days of the log.
import { describe, expect, it } from "vitest";
import { inOwn, parseAmount, typedAmount } from "../../words/money.js";
import { boundsOf, offsetMinutes } from "./audit/actions.js";
import { groupDraft, groupOf } from "./menu/group-draft.js";
import { parseCount } from "./parts/counts.js";
import { faultLines } from "./parts/faults.js";
import { codeFrom } from "./parts/names.js";
import { stockAfter, stockState } from "./stock/stock-after.js";

describe("Typed amounts", () => {
  it("are read digit by digit, in either script, with or without separators", () => {
    expect(["3500", "3,500", " ၃၅၀၀ "].map((text) => parseAmount(text, 0))).toEqual([
      3_500, 3_500, 3_500,
    ]);
    expect(parseAmount("0.29", 2)).toBe(29);
    expect(parseAmount("1.1", 3)).toBe(1_100);
    for (const text of ["", "abc", "-5", "1.5", "1e3"]) {
      expect(parseAmount(text, 0)).toBeUndefined();
    }
    expect(parseAmount("1.005", 2)).toBeUndefined();
    expect(parseAmount("1,234.50", 2)).toBe(123_450);
    for (const text of ["12,50", "3,5", "1,2345"]) expect(parseAmount(text, 2)).toBeUndefined();
  });

  it("come back as they were typed", () => {
    for (const amount of [0, 1, 29, 100, 123_456]) {
      expect(parseAmount(typedAmount(amount, 2), 2)).toBe(amount);
      expect(parseAmount(typedAmount(amount, 0), 0)).toBe(amount);
    }
  });
});

it("writes what reports say before the first sale in the restaurant's own currency", () => {
  expect(inOwn("MMK", { amount: 0, currency: "XXX" })).toEqual({ amount: 0, currency: "MMK" });
  expect(inOwn("MMK", { amount: 5, currency: "USD" })).toEqual({ amount: 5, currency: "USD" });
});

it("reads counts, and nothing but counts", () => {
  expect(["0", "12", "1,000", "၁၂"].map(parseCount)).toEqual([0, 12, 1_000, 12]);
  for (const text of ["", "-1", "1.5", "1000001", "ten"]) expect(parseCount(text)).toBeUndefined();
});

it("makes codes of names, free ones, also where a name has no Latin letter", () => {
  expect(codeFrom("Hot drinks!", new Set(), "category")).toBe("hot-drinks");
  expect(codeFrom("Café", new Set(["cafe"]), "category")).toBe("cafe-2");
  expect(codeFrom("အချို", new Set(["category"]), "category")).toBe("category-2");
});

describe("Stock", () => {
  it("is what a movement would leave", () => {
    expect(stockAfter("received", 5, 3)).toBe(8);
    expect(stockAfter("waste", 5, 3)).toBe(2);
    expect(stockAfter("recount", 5, 3)).toBe(3);
  });

  it("is low at its warning, sold out at none, fine without a warning", () => {
    const state = (available: number, lowStockAt: number | null) =>
      stockState({ stock: { available }, lowStockAt });
    expect([state(0, 5), state(5, 5), state(6, 5), state(1, null)]).toEqual([
      "sold-out",
      "is-low",
      "fine",
      "fine",
    ]);
    expect(stockState({ stock: null, lowStockAt: 5 })).toBe("uncounted");
  });
});

describe("A group of choices", () => {
  const egg = {
    code: "egg",
    name: { en: "Egg" },
    min: 0,
    max: 2,
    modifiers: [{ code: "boiled-egg", name: { en: "Boiled egg" }, price: 500 }],
  };

  it("is sent as it was read when nothing was changed", () => {
    expect(groupOf(groupDraft(egg, 0), egg.code, new Set(), 0)).toEqual(egg);
  });

  it("keeps the codes of its choices when they are renamed, and gives new ones a free code", () => {
    const draft = groupDraft(egg, 0);
    const [boiled] = draft.choices;
    if (!boiled) throw new Error("there is a choice");
    const choices = [
      { ...boiled, name: { en: "Hard egg", my: "" } },
      { key: "new", code: undefined, name: { en: "Boiled egg", my: "" }, price: "700" },
    ];
    expect(groupOf({ ...draft, choices }, egg.code, new Set(), 0)?.modifiers).toEqual([
      { code: "boiled-egg", name: { en: "Hard egg" }, price: 500 },
      { code: "boiled-egg-2", name: { en: "Boiled egg" }, price: 700 },
    ]);
    expect(
      groupOf({ ...draft, choices: [{ ...boiled, price: "much" }] }, "egg", new Set(), 0),
    ).toBeUndefined();
  });
});

it("bounds the log by whole days of the restaurant's clock", () => {
  const yangon = (instant: Date) => offsetMinutes(instant, "Asia/Yangon");
  expect(boundsOf({ from: "2026-11-25", to: "2026-11-25" }, yangon)).toEqual({
    since: "2026-11-24T17:30:00.000Z",
    until: "2026-11-25T17:30:00.000Z",
  });
  expect(boundsOf({ from: "", to: "" }, yangon)).toEqual({});
  // A year that is being typed; no browser knows what the clock there was.
  const noClock = () => NaN;
  for (const typed of ["0002-11-25", "0020-11-25", "0202-11-25"])
    expect(boundsOf({ from: typed, to: typed }, noClock)).toEqual({});
});

it("lists what a refusal lists, by whichever member", () => {
  expect(faultLines({ items: [{ path: "attributes.halal", message: "must be a group" }] })).toEqual(
    ["attributes.halal: must be a group"],
  );
  expect(faultLines({ errors: [{ path: "", message: "No" }, { odd: 1 }] })).toEqual(["No"]);
  expect(faultLines({ items: [{ productId: "x" }] })).toEqual([]);
});
