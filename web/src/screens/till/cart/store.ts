// The cart of this till, kept on the device: a reload, a crash or another person at the till does not lose it.
import { createSetting, useSetting } from "../../../parts/setting.js";
import { type Cart, EMPTY, type Line } from "./cart.js";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isLine = (value: unknown): value is Line =>
  isRecord(value) &&
  typeof value["id"] === "string" &&
  typeof value["productId"] === "string" &&
  typeof value["quantity"] === "number" &&
  value["quantity"] > 0 &&
  typeof value["note"] === "string" &&
  isRecord(value["name"]) &&
  isRecord(value["unitPrice"]) &&
  Array.isArray(value["modifiers"]);

/** Takes what an older till stored as far as it can be read; the rest is left out. */
function readCart(stored: unknown): Cart {
  if (!isRecord(stored) || !Array.isArray(stored["lines"])) return EMPTY;
  return {
    serviceType: stored["serviceType"] === "dine-in" ? "dine-in" : "takeaway",
    tableId: typeof stored["tableId"] === "string" ? stored["tableId"] : undefined,
    lines: stored["lines"].filter(isLine),
  };
}

const cart = createSetting<Cart>("cart", readCart);

export const useCart = (): Cart => useSetting(cart);

export const currentCart = (): Cart => cart.get();

export const changeCart = (change: (before: Cart) => Cart): void => cart.set(change(cart.get()));
