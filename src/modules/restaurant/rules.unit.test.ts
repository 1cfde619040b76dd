// What the menu shows, which copy is newer, how dated rates merge, what settling changes.
import { describe, expect, it } from "vitest";
import { mohinga, settings, stored } from "./fixtures.js";
import {
  availabilityOf,
  type CatalogueEntry,
  changedSections,
  chargeKind,
  menuOf,
  mergeRates,
  newest,
  settled,
  taxKind,
} from "./rules.js";

const product: CatalogueEntry = {
  productId: mohinga,
  sku: "MOH-01",
  name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
  price: 3500,
  currency: "MMK",
  archived: false,
  version: 1,
  tracked: true,
  available: 120,
  stockVersion: 1,
};
const itemsOf = (over: Partial<CatalogueEntry>) =>
  menuOf(stored, new Map([[mohinga, { ...product, ...over }]])).categories[0]?.items;

describe("menuOf", () => {
  it("shows price, modifier groups and what is left", () => {
    expect(itemsOf({})).toEqual([
      {
        productId: mohinga,
        sku: "MOH-01",
        name: product.name,
        price: { amount: 3500, currency: "MMK" },
        modifierGroups: [
          {
            code: "egg",
            name: { en: "Egg" },
            min: 0,
            max: 2,
            modifiers: [
              {
                code: "boiled-egg",
                name: { en: "Boiled egg" },
                price: { amount: 500, currency: "MMK" },
              },
            ],
          },
        ],
        availability: { status: "quantity", available: 120 },
      },
    ]);
  });
  it("leaves out a dish that is archived, or whose product was never announced", () => {
    expect(itemsOf({ archived: true })).toEqual([]);
    expect(itemsOf({ sku: null, name: null, price: null, currency: null })).toEqual([]);
    expect(menuOf(stored, new Map()).categories.map(({ code }) => code)).toEqual([
      "noodles",
      "drinks",
    ]);
  });
  it("keeps a sold-out dish visible, and counts no stock where none is kept", () => {
    expect(itemsOf({ available: 0 })?.[0]?.availability).toEqual({ status: "out-of-stock" });
    expect(availabilityOf({ tracked: true, available: -1 })).toEqual({ status: "out-of-stock" });
    expect(availabilityOf({ tracked: true, available: null })).toEqual({ status: "out-of-stock" });
    expect(availabilityOf({ tracked: false, available: 0 })).toEqual({ status: "in-stock" });
  });
});

describe("newest", () => {
  const { tracked: _t, available: _a, stockVersion: _s, ...sold } = product;
  const stock = { productId: mohinga, tracked: true, available: 3, stockVersion: 5 };
  it("keeps the newest product and the newest stock, each by its own version", () => {
    const known = newest(newest(undefined, stock), { ...sold, version: 3, price: 4000 });
    expect(known).toMatchObject({ price: 4000, version: 3, available: 3, stockVersion: 5 });
    expect(newest(known, { ...sold, version: 2, price: 1 })).toBe(known);
    expect(newest(known, { ...stock, stockVersion: 5, available: 99 })).toBe(known);
    expect(newest(known, { ...stock, stockVersion: 6, available: 2 })).toMatchObject({
      available: 2,
      price: 4000,
    });
  });
});

describe("mergeRates", () => {
  const rate = (name: string, value: string, validFrom: string, validTo?: string) => ({
    name,
    rate: value,
    inclusive: false,
    validFrom,
    ...(validTo !== undefined && { validTo }),
  });
  const merge = (before: ReturnType<typeof rate>[], given: ReturnType<typeof rate>[]) =>
    mergeRates(before, given, taxKind, "2026-11-23");

  it("keeps today's rate when one is given for a later date", () => {
    const [today, later] = [rate("VAT", "0.05", "2026-01-01"), rate("VAT", "0.07", "2027-01-01")];
    expect(merge([today], [later])).toEqual([today, later]);
  });
  it("replaces the rate of the same name and date", () => {
    const corrected = rate("VAT", "0.06", "2026-01-01");
    expect(merge([rate("VAT", "0.05", "2026-01-01")], [corrected])).toEqual([corrected]);
  });
  it("ends a tax that is given no more where the given one begins, so that never both are charged", () => {
    const given = rate("VAT", "0.07", "2027-01-01");
    expect(merge([rate("Old", "0.05", "2026-01-01")], [given])).toEqual([
      rate("Old", "0.05", "2026-01-01", "2027-01-01"),
      given,
    ]);
    expect(merge([rate("Old", "0.05", "2027-06-01")], [given])).toEqual([given]);
  });
  it("ends all today when none are given, and stays so", () => {
    const ended = merge([rate("VAT", "0.05", "2026-01-01")], []);
    expect(ended).toEqual([rate("VAT", "0.05", "2026-01-01", "2026-11-23")]);
    expect(mergeRates(ended, [], taxKind, "2027-01-01")).toEqual(ended);
  });
  it("lets a rate without a date hold from now on, and leaves what begins later", () => {
    const [old, later] = [rate("VAT", "0.05", "2026-01-01"), rate("VAT", "0.09", "2027-01-01")];
    const given = rate("VAT", "0.07", "1970-01-01");
    expect(merge([old, later], [given])).toEqual([later, given]);
    expect(merge([later, given], [given])).toEqual([later, given]);
  });
  it("does not charge service twice when it applies to more than before", () => {
    const charge = (appliesTo: string[]) => ({ rate: "0.10", appliesTo, validFrom: "1970-01-01" });
    const given = [charge(["takeaway", "dine-in"])];
    expect(mergeRates([charge(["dine-in"])], given, chargeKind, "2026-11-23")).toEqual(given);
  });
});

describe("settling", () => {
  const asGiven = { ...settings, tables: settings.tables.map(({ id: _id, ...table }) => table) };
  const settle = (given: typeof asGiven) => settled(stored, given, "2026-11-23", () => "new");

  it("changes nothing when all is as it was", () => {
    expect(changedSections(stored, settle(asGiven))).toEqual(new Set());
  });
  it("names exactly the parts that differ", () => {
    const [egg] = asGiven.modifierGroups;
    const given = { ...asGiven, modifierGroups: [{ ...egg!, max: 3 }] };
    expect(changedSections(stored, settle(given))).toEqual(new Set(["modifierGroups"]));
    expect(changedSections(undefined, settle(asGiven)).size).toBe(6);
  });
  it("keeps a table's id as long as it keeps its name", () => {
    const [t1] = asGiven.tables;
    const wanted = settle({
      ...asGiven,
      tables: [
        { ...t1!, name: "T9" },
        { ...t1!, seats: 4 },
      ],
    });
    expect(wanted.tables.map(({ id, seats }) => [id, seats])).toEqual([
      ["new", 2],
      ["t1", 4],
    ]);
  });
});
