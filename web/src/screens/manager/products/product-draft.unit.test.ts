// What a product's form sends: what was changed in it, and nothing that was not.
import { describe, expect, it } from "vitest";
import { draftOf, newProductOf, patchOf, rebase } from "./product-draft.js";

const kyat = { currency: "MMK", decimals: 0 };
const mohinga = {
  sku: "MOH-01",
  name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
  price: { amount: 3_500, currency: "MMK" },
  stock: { onHand: 10, reserved: 0, available: 10 },
  lowStockAt: 5,
  attributes: { diet: ["fish"] },
};
const draft = draftOf(mohinga, kyat);

describe("The form of a product", () => {
  it("sends nothing when nothing was changed", () => {
    expect(patchOf(mohinga, draft, kyat)).toEqual({});
  });

  it("sends only what was changed", () => {
    expect(patchOf(mohinga, { ...draft, price: "၄,၀၀၀" }, kyat)).toEqual({
      price: { amount: 4_000, currency: "MMK" },
    });
    expect(patchOf(mohinga, { ...draft, lowStockAt: "", counted: false }, kyat)).toEqual({
      lowStockAt: null,
      tracked: false,
    });
    expect(patchOf(mohinga, { ...draft, name: { en: " Mohinga ", my: "" } }, kyat)).toEqual({
      name: { en: "Mohinga" },
    });
    expect(patchOf(mohinga, { ...draft, attributes: {} }, kyat)).toEqual({ attributes: {} });
  });

  it("shows what others changed meanwhile, and keeps what only this one typed", () => {
    const typed = {
      ...draft,
      price: "4,000",
      name: { ...draft.name, en: "Mohinga soup" },
      attributes: { ...draft.attributes, spicy: 2 },
    };
    const now = {
      ...mohinga,
      price: { amount: 4_500, currency: "MMK" },
      lowStockAt: 8,
      attributes: { halal: true },
    };
    const after = rebase(typed, mohinga, now, kyat);
    expect(after).toEqual({
      ...typed,
      price: "4500",
      lowStockAt: "8",
      attributes: { spicy: 2, halal: true },
    });
    expect(patchOf(now, after, kyat)).toEqual({
      name: { en: "Mohinga soup", my: "မုန့်ဟင်းခါး" },
      attributes: { spicy: 2, halal: true },
    });
  });

  it("makes a new product once its price can be read", () => {
    const typed = {
      ...draftOf(undefined, kyat),
      sku: " NEW-01 ",
      name: { en: "New", my: "" },
      stock: "12",
    };
    expect(newProductOf({ ...typed, price: "cheap" }, kyat)).toBeUndefined();
    expect(newProductOf({ ...typed, price: "1,500" }, kyat)).toEqual({
      sku: "NEW-01",
      name: { en: "New" },
      price: { amount: 1_500, currency: "MMK" },
      attributes: {},
      lowStockAt: null,
      stock: 12,
    });
    expect(newProductOf({ ...typed, price: "1500", counted: false }, kyat)?.stock).toBeNull();
  });
});
