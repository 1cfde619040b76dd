// What can be done to a cart, and where it and the menu come apart.
import { describe, expect, it } from "vitest";
import type { Dish, Menu } from "../menu.js";
import {
  addDish,
  changeLine,
  countOf,
  EMPTY,
  limitProduct,
  lineTotal,
  MAX_QUANTITY,
  removeProduct,
  setQuantity,
  subtotalOf,
  takePrice,
} from "./cart.js";
import { conflictsIn, conflictsOf } from "./conflicts.js";

const mmk = (amount: number) => ({ amount, currency: "MMK" });
const egg = { code: "egg", name: { en: "Egg" }, price: mmk(500) };
const dish = (productId: string, price: number, left?: number): Dish => ({
  productId,
  sku: productId,
  name: { en: productId },
  price: mmk(price),
  modifierGroups: [],
  category: "noodles",
  left,
});
const mohinga = dish("mohinga", 3500, 5);
const tea = dish("tea", 1500);
const menuOf = (...dishes: Dish[]): Menu => ({
  name: { en: "House" },
  currency: "MMK",
  decimals: 0,
  timeZone: "Asia/Yangon",
  categories: [],
  byId: new Map(dishes.map((one) => [one.productId, one])),
});
const add = (cart = EMPTY, over: Partial<Parameters<typeof addDish>[1]> = {}) =>
  addDish(cart, { dish: mohinga, modifiers: [], id: `line-${cart.lines.length}`, ...over });

describe("A cart", () => {
  it("counts the same dish with the same choices up, on the line that is there", () => {
    const cart = add(add());
    expect(cart.lines).toMatchObject([{ id: "line-0", quantity: 2 }]);
  });

  it("gives other choices, a note or another price a line of their own", () => {
    let cart = add();
    cart = add(cart, { modifiers: [egg] });
    cart = add(cart, { note: "no coriander" });
    cart = add(cart, { dish: { ...mohinga, price: mmk(4000) } });
    expect(cart.lines).toHaveLength(4);
    expect(countOf(cart, "mohinga")).toBe(4);
  });

  it("adds up with the prices of the choices", () => {
    const cart = add(add(EMPTY, { modifiers: [egg], quantity: 2 }), { dish: tea });
    expect(cart.lines.map(lineTotal)).toEqual([8000, 1500]);
    expect(subtotalOf(cart)).toBe(9500);
  });

  it("loses a line at zero, and never holds more than can be ordered", () => {
    expect(setQuantity(add(), "line-0", 0).lines).toEqual([]);
    expect(setQuantity(add(), "line-0", 5000).lines[0]?.quantity).toBe(MAX_QUANTITY);
  });

  it("keeps the id of a line through every change", () => {
    const changed = changeLine(add(), "line-0", { note: "hot", quantity: 3, modifiers: [egg] });
    expect(changed.lines[0]).toMatchObject({ id: "line-0", note: "hot", quantity: 3 });
  });

  it("is cut down from the last line of a dish upwards", () => {
    const cart = add(add(EMPTY, { quantity: 2 }), { note: "hot", quantity: 2 });
    expect(limitProduct(cart, "mohinga", 3).lines.map((line) => line.quantity)).toEqual([2, 1]);
    expect(limitProduct(cart, "mohinga", 1).lines.map((line) => line.quantity)).toEqual([1]);
    expect(limitProduct(cart, "mohinga", -1).lines).toEqual([]);
    expect(removeProduct(add(cart, { dish: tea }), "mohinga").lines).toHaveLength(1);
  });
});

describe("Conflicts", () => {
  const cart = add(add(EMPTY, { quantity: 3 }), { dish: tea });

  it("are none while the menu is as it was", () => {
    expect(conflictsOf(cart, menuOf(mohinga, tea))).toEqual([]);
  });

  it("name a dish that ran short with both numbers, over all its lines", () => {
    const more = add(cart, { note: "hot" });
    expect(conflictsOf(more, menuOf({ ...mohinga, left: 2 }, tea))).toEqual([
      { kind: "short", productId: "mohinga", name: { en: "mohinga" }, wanted: 4, left: 2 },
    ]);
  });

  it("keep the price that the guest saw until somebody takes the new one", () => {
    const menu = menuOf({ ...mohinga, price: mmk(4000) }, tea);
    expect(conflictsOf(cart, menu)).toMatchObject([
      { kind: "price", seen: mmk(3500), now: mmk(4000) },
    ]);
    expect(subtotalOf(cart)).toBe(3 * 3500 + 1500);
    const taken = takePrice(cart, "mohinga", mmk(4000));
    expect(conflictsOf(taken, menu)).toEqual([]);
    expect(subtotalOf(taken)).toBe(3 * 4000 + 1500);
  });

  it("keep what a choice cost when the guest saw it until somebody takes the new price", () => {
    const dearer = { ...egg, price: mmk(700) };
    const group = { code: "egg", name: { en: "Egg" }, min: 0, max: 1, modifiers: [dearer] };
    const menu = menuOf({ ...mohinga, modifierGroups: [group] }, tea);
    const withEgg = add(EMPTY, { modifiers: [egg], quantity: 2 });
    const [conflict] = conflictsOf(withEgg, menu);
    expect(conflict).toMatchObject({ kind: "price", seen: mmk(4000), now: mmk(4200) });
    const taken = takePrice(withEgg, "mohinga", mohinga.price, [dearer]);
    expect(subtotalOf(taken)).toBe(2 * 4200);
    expect(conflictsOf(taken, menu)).toEqual([]);
    expect(conflictsOf(add(), menu)).toEqual([]);
  });

  it("name what is no longer sold", () => {
    expect(conflictsOf(cart, menuOf(mohinga))).toMatchObject([{ kind: "gone", productId: "tea" }]);
  });

  it("are read from the server's refusals", () => {
    const short = { productId: "mohinga", name: { en: "Mohinga" }, requested: 3, available: 2 };
    expect(conflictsIn("insufficient-stock", { items: [short] }, cart)).toMatchObject([
      { kind: "short", wanted: 3, left: 2 },
    ]);
    const price = { productId: "tea", name: { en: "Tea" }, seen: mmk(1500), current: mmk(1600) };
    expect(conflictsIn("price-changed", { items: [price] }, cart)).toMatchObject([
      { kind: "price", seen: mmk(1500), now: mmk(1600) },
    ]);
    const withEgg = add(EMPTY, { modifiers: [egg] });
    const [{ id, unitPrice } = { id: "", unitPrice: mmk(0) }] = withEgg.lines;
    const total = { seen: mmk(4000), current: mmk(4200) };
    const asked = (modifier: typeof egg) => ({
      items: [],
      total,
      lineItems: [{ id, productId: "mohinga", unitPrice, modifiers: [modifier], total: mmk(1) }],
    });
    expect(conflictsIn("price-changed", asked({ ...egg, price: mmk(700) }), withEgg)).toMatchObject(
      [{ kind: "price", seen: mmk(4000), now: mmk(4200), productId: "mohinga" }],
    );
    expect(conflictsIn("price-changed", asked(egg), withEgg)).toEqual([
      { kind: "total", productId: undefined, seen: mmk(4000), now: mmk(4200) },
    ]);
    const gone = { productId: "tea", reason: "archived" };
    expect(conflictsIn("product-unavailable", { items: [gone] }, cart)).toMatchObject([
      { kind: "gone", name: { en: "tea" } },
    ]);
    expect(conflictsIn("payment-declined", {}, cart)).toEqual([]);
  });
});
