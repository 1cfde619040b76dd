// Dishes are found as people type: in either script, by beginnings, by initials, without accents.
import { describe, expect, it } from "vitest";
import type { Dish } from "./menu.js";
import { findDishes } from "./search.js";

const dish = (sku: string, en: string, my: string): Dish => ({
  productId: sku,
  sku,
  name: { en, my },
  price: { amount: 1, currency: "MMK" },
  modifierGroups: [],
  category: "c",
  left: undefined,
});
const dishes = [
  dish("SHN-01", "Shan khao swe", "ရှမ်းခေါက်ဆွဲ"),
  dish("OHN-01", "Ohn no khao swe", "အုန်းနို့ခေါက်ဆွဲ"),
  dish("TOF-01", "Shan tofu salad", "တို့ဟူးသုပ်"),
  dish("CAF-01", "Café latte", "ကော်ဖီ"),
];
const found = (typed: string) => findDishes(dishes, typed).map(({ sku }) => sku);

describe("The search", () => {
  it("finds nothing for nothing", () => {
    expect(found("  ")).toEqual([]);
  });

  it("puts beginnings before middles", () => {
    expect(found("shan")).toEqual(["SHN-01", "TOF-01"]);
    expect(found("khao")).toEqual(["SHN-01", "OHN-01"]);
    expect(found("tofu")).toEqual(["TOF-01"]);
  });

  it("takes initials, SKUs, and letters without their accents", () => {
    expect(found("onks")).toEqual(["OHN-01"]);
    expect(found("caf-0")).toEqual(["CAF-01"]);
    expect(found("cafe")).toEqual(["CAF-01"]);
  });

  it("finds Burmese by any part of the name, also with the joiners of some keyboards", () => {
    expect(found("ခေါက်ဆွဲ")).toEqual(["SHN-01", "OHN-01"]);
    expect(found("အုန်း\u200bနို့")).toEqual(["OHN-01"]);
  });

  it("says when there is no such dish", () => {
    expect(found("pizza")).toEqual([]);
  });
});
