// Every bad row of a file is told with its path and a reason in words, all at once.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FileFault, readRestaurantFile } from "./import-file.js";

const sample = () =>
  JSON.parse(readFileSync(new URL("../../sample/menu.json", import.meta.url), "utf8"));
type Sample = ReturnType<typeof sample>;

function faultsOf(spoil: (file: Sample) => unknown): FileFault[] {
  const file = sample();
  const other = spoil(file);
  const result = readRestaurantFile(other === undefined ? file : other);
  return "faults" in result ? result.faults : [];
}

describe("readRestaurantFile", () => {
  it("takes the sample as it is", () => {
    const result = readRestaurantFile(sample());
    if (!("file" in result)) throw new Error(JSON.stringify(result.faults));
    expect(result.file.categories.flatMap(({ items }) => items)).toHaveLength(34);
    expect(result.file.restaurant.timeZone).toBe("Asia/Yangon");
  });

  it.each([
    ["USD", 2],
    ["KWD", 3],
    ["MMK", 0],
  ])("takes %s, with prices in its stored unit, and tax inside the price", (currency) => {
    const faults = faultsOf((file) => {
      file.restaurant.currency = currency;
      file.restaurant.tax.inclusive = true;
    });
    expect(faults).toEqual([]);
  });

  it.each<[string, string, (file: Sample) => void]>([
    [
      "categories[0].items[1].sku",
      'the sku "MOH-01" stands here a second time',
      (f) => (f.categories[0].items[1].sku = "MOH-01"),
    ],
    [
      "categories[5].items[0].sku",
      'the sku "MOH-01" stands here a second time',
      (f) => (f.categories[5].items[0].sku = "MOH-01"),
    ],
    [
      "categories[0].items[0].price",
      "must not be negative",
      (f) => (f.categories[0].items[0].price = -1),
    ],
    [
      "categories[0].items[0].price",
      "must be a whole number, in the currency's stored unit",
      (f) => (f.categories[0].items[0].price = "3500"),
    ],
    [
      "categories[0].items[0].price",
      "must be a whole number, in the currency's stored unit",
      (f) => (f.categories[0].items[0].price = 35.5),
    ],
    [
      "categories[0].items[0].stok",
      "is not a known field",
      (f) => (f.categories[0].items[0].stok = 1),
    ],
    ["categories[0].items[0].name", "is missing", (f) => delete f.categories[0].items[0].name],
    [
      "categories[0].items[0].modifierGroups[0]",
      'there is no modifier group "spicy"',
      (f) => (f.categories[0].items[0].modifierGroups = ["spicy"]),
    ],
    [
      "categories[0].items[0].modifierGroups[1]",
      'the modifier group "egg" stands here a second time',
      (f) => (f.categories[0].items[0].modifierGroups = ["egg", "egg"]),
    ],
    [
      "categories[0].name.en",
      "Text must not hold half of a character",
      (f) => (f.categories[0].name.en = "Noodles \ud83c"),
    ],
    [
      "categories[0].items[0].attributes",
      "must not hold NUL characters or half of a character",
      (f) => (f.categories[0].items[0].attributes = { photos: [{ alt: "Soup \ud83c" }] }),
    ],
    ["modifierGroups[1].min", "3 is above max, which is 2", (f) => (f.modifierGroups[1].min = 3)],
    [
      "restaurant.tax.rate",
      'A rate is a decimal string, such as "0.05"',
      (f) => (f.restaurant.tax.rate = "5%"),
    ],
    ["restaurant.tax.rate", "must be text", (f) => (f.restaurant.tax.rate = 0.05)],
    [
      "restaurant.tax.validFrom",
      'must be a date, such as "2026-01-01"',
      (f) => (f.restaurant.tax.validFrom = "2026-13-01"),
    ],
    [
      "restaurant.tax.validFrom",
      'must be a date, such as "2026-01-01"',
      (f) => (f.restaurant.tax.validFrom = "0000-01-01"),
    ],
    [
      "restaurant.currency",
      "must be an ISO 4217 currency, such as MMK",
      (f) => (f.restaurant.currency = "KYAT"),
    ],
    [
      "restaurant.timeZone",
      "must be an IANA time zone, such as Asia/Yangon",
      (f) => (f.restaurant.timeZone = "Yangon"),
    ],
    [
      "restaurant.businessDayStartsAt",
      'must be a time of day, such as "04:00"',
      (f) => (f.restaurant.businessDayStartsAt = "4am"),
    ],
    [
      "restaurant.tables[1].name",
      'the table "T1" stands here a second time',
      (f) => (f.restaurant.tables[1].name = "T1"),
    ],
    [
      "categories[1].code",
      'the category "noodles" stands here a second time',
      (f) => (f.categories[1].code = "noodles"),
    ],
    ["categories", "is missing", (f) => delete f.categories],
    ["categories[0]", "must be an object", (f) => (f.categories[0] = null)],
  ])("tells %s: %s", (path, reason, spoil) => {
    expect(
      faultsOf((file) => {
        spoil(file);
      }),
    ).toContainEqual({ path, reason });
  });

  it("takes a service charge without a date as one that always holds", () => {
    const result = readRestaurantFile(sample());
    expect("file" in result && result.file.restaurant.serviceCharge).toEqual({
      rate: "0.10",
      appliesTo: ["dine-in"],
      validFrom: "1970-01-01",
    });
  });

  it("charges service once where a kind of order is named twice", () => {
    const file = sample();
    file.restaurant.serviceCharge.appliesTo = ["dine-in", "dine-in", "takeaway"];
    const result = readRestaurantFile(file);
    expect("file" in result && result.file.restaurant.serviceCharge?.appliesTo).toEqual([
      "dine-in",
      "takeaway",
    ]);
  });

  it("tells all faults at once, those of a row and those between rows", () => {
    const paths = faultsOf((file) => {
      file.categories[0].items[0].price = -1;
      file.categories[0].items[1].sku = "MOH-01";
      file.categories[2].items[1].stock = 1.5;
      file.modifierGroups[0].min = 9;
    }).map(({ path }) => path);
    expect(paths).toEqual([
      "categories[0].items[0].price",
      "categories[2].items[1].stock",
      "modifierGroups[0].min",
      "categories[0].items[1].sku",
    ]);
  });

  it.each([[null], [[]], ["menu"], [{}], [7]])("takes %j for no restaurant", (content) => {
    expect(faultsOf(() => content).length).toBeGreaterThan(0);
  });

  it("takes any attribute, but not a heap of them", () => {
    const spoil = (attributes: object) =>
      faultsOf((file) => {
        file.categories[0].items[0].attributes = attributes;
      });
    expect(spoil({ spiceLevel: 4, အစပ်: { deep: [1, null, { x: true }] } })).toEqual([]);
    expect(spoil({ essay: "x".repeat(20_000) })).toHaveLength(1);
  });

  it("reads 10,000 items within a second, and names the one that is bad", () => {
    const started = performance.now();
    const faults = faultsOf((file) => {
      const [item] = file.categories[0].items;
      file.categories[0].items = Array.from({ length: 10_000 }, (_, i) => ({
        ...item,
        sku: `SKU-${i}`,
      }));
      file.categories[0].items[9_999].sku = "SKU-0";
    });
    expect(faults).toEqual([
      {
        path: "categories[0].items[9999].sku",
        reason: 'the sku "SKU-0" stands here a second time',
      },
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
