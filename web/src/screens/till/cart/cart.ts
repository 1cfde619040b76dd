// What a cart is and what can be done to it. Pure: no storage, no clock, no server.
// A line keeps the price that the guest saw; only a person changes it, by saying so.
import type { Localized } from "../../../words/language.js";
import type { Money } from "../../../words/money.js";
import type { Dish, Modifier } from "../menu.js";

export interface Line {
  /** Made here, once, and stable for life. */
  readonly id: string;
  readonly productId: string;
  readonly name: Localized;
  readonly unitPrice: Money;
  readonly modifiers: readonly Modifier[];
  readonly quantity: number;
  readonly note: string;
}
export type ServiceType = "dine-in" | "takeaway";
export interface Cart {
  readonly serviceType: ServiceType;
  readonly tableId: string | undefined;
  readonly lines: readonly Line[];
}

export const EMPTY: Cart = { serviceType: "takeaway", tableId: undefined, lines: [] };
export const MAX_QUANTITY = 999;
export const MAX_LINES = 100;
export const MAX_NOTE = 200;

const codes = (modifiers: readonly { readonly code: string }[]) =>
  modifiers.map(({ code }) => code).join();

/** The same dish with the same choices is counted up; a note makes a line its own. */
export function addDish(
  cart: Cart,
  {
    dish,
    modifiers,
    quantity = 1,
    note = "",
    id,
  }: {
    readonly dish: Dish;
    readonly modifiers: readonly Modifier[];
    readonly quantity?: number;
    readonly note?: string;
    readonly id: string;
  },
): Cart {
  const same = cart.lines.find(
    (line) =>
      line.productId === dish.productId &&
      codes(line.modifiers) === codes(modifiers) &&
      line.note === note &&
      line.unitPrice.amount === dish.price.amount,
  );
  if (same) return setQuantity(cart, same.id, same.quantity + quantity);
  if (cart.lines.length >= MAX_LINES) return cart;
  const { productId, name, price } = dish;
  const line: Line = { id, productId, name, unitPrice: price, modifiers, quantity, note };
  return { ...cart, lines: [...cart.lines, line] };
}

/** 0 removes the line. */
export const setQuantity = (cart: Cart, id: string, quantity: number): Cart => ({
  ...cart,
  lines:
    quantity <= 0
      ? cart.lines.filter((line) => line.id !== id)
      : cart.lines.map((line) =>
          line.id === id ? { ...line, quantity: Math.min(quantity, MAX_QUANTITY) } : line,
        ),
});

export const changeLine = (
  cart: Cart,
  id: string,
  change: Partial<Pick<Line, "modifiers" | "note" | "quantity">>,
): Cart => ({
  ...cart,
  lines: cart.lines.map((line) => (line.id === id ? { ...line, ...change } : line)),
});

/** The line at these prices; choices that are not among them keep theirs. */
export const withPrices = (line: Line, unitPrice: Money, choices: readonly Modifier[]): Line => ({
  ...line,
  unitPrice,
  modifiers: line.modifiers.map((one) => choices.find(({ code }) => code === one.code) ?? one),
});

export const samePrices = (one: Line, other: Line): boolean =>
  one.unitPrice.amount === other.unitPrice.amount &&
  one.modifiers.every(({ price }, at) => price.amount === other.modifiers[at]?.price.amount);

export const takePrice = (
  cart: Cart,
  productId: string,
  price: Money,
  choices: readonly Modifier[] = [],
): Cart => ({
  ...cart,
  lines: cart.lines.map((line) =>
    line.productId === productId ? withPrices(line, price, choices) : line,
  ),
});

export const removeProduct = (cart: Cart, productId: string): Cart => ({
  ...cart,
  lines: cart.lines.filter((line) => line.productId !== productId),
});

/** Cuts a dish down to `most` in all, from its last line upwards. */
export function limitProduct(cart: Cart, productId: string, most: number): Cart {
  let spare = Math.max(0, most);
  const lines = cart.lines.flatMap((line) => {
    if (line.productId !== productId) return [line];
    const quantity = Math.min(line.quantity, spare);
    spare -= quantity;
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
  return { ...cart, lines };
}

export const countOf = (cart: Cart, productId: string): number =>
  cart.lines.reduce(
    (count, line) => (line.productId === productId ? count + line.quantity : count),
    0,
  );

/** Of one, with its choices. */
export const portionPrice = ({ unitPrice, modifiers }: Line): Money => ({
  ...unitPrice,
  amount: modifiers.reduce((sum, { price }) => sum + price.amount, unitPrice.amount),
});

export const lineTotal = (line: Line): number => line.quantity * portionPrice(line).amount;

export const subtotalOf = (cart: Cart): number =>
  cart.lines.reduce((sum, line) => sum + lineTotal(line), 0);
