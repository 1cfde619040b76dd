// Where a cart and the menu have come apart: dishes that ran short, prices that moved, dishes no longer sold.
import type { Localized } from "../../../words/language.js";
import type { Money } from "../../../words/money.js";
import type { Menu } from "../menu.js";
import { type Cart, countOf } from "./cart.js";

export type Conflict =
  | {
      readonly kind: "short";
      readonly productId: string;
      readonly name: Localized;
      readonly wanted: number;
      readonly left: number;
    }
  | {
      readonly kind: "price";
      readonly productId: string;
      readonly name: Localized;
      readonly seen: Money;
      readonly now: Money;
    }
  | { readonly kind: "gone"; readonly productId: string; readonly name: Localized };

/** In the cart's order, each dish once: gone before short before price. */
export function conflictsOf(cart: Cart, menu: Menu): Conflict[] {
  const found = new Map<string, Conflict>();
  for (const { productId, name, unitPrice } of cart.lines) {
    if (found.has(productId)) continue;
    const dish = menu.byId.get(productId);
    const wanted = countOf(cart, productId);
    if (!dish) found.set(productId, { kind: "gone", productId, name });
    else if (dish.left !== undefined && dish.left < wanted)
      found.set(productId, { kind: "short", productId, name, wanted, left: dish.left });
    else if (dish.price.amount !== unitPrice.amount)
      found.set(productId, { kind: "price", productId, name, seen: unitPrice, now: dish.price });
  }
  return [...found.values()];
}

interface Listed {
  readonly productId: string;
  readonly name?: Localized;
  readonly requested?: number;
  readonly available?: number;
  readonly seen?: Money;
  readonly current?: Money;
}

/** What a refusal of the server lists, in the same form. Empty for refusals of other kinds. */
export function conflictsIn(
  code: string,
  data: Readonly<Record<string, unknown>>,
  cart: Cart,
): Conflict[] {
  const items = (Array.isArray(data["items"]) ? data["items"] : []) as readonly Listed[];
  const nameOf = ({ productId, name }: Listed): Localized =>
    name ?? cart.lines.find((line) => line.productId === productId)?.name ?? { en: "?" };
  switch (code) {
    case "insufficient-stock":
      return items.map((item) => ({
        kind: "short",
        productId: item.productId,
        name: nameOf(item),
        wanted: item.requested ?? 0,
        left: item.available ?? 0,
      }));
    case "price-changed":
      return items.flatMap((item) =>
        item.seen && item.current
          ? [
              {
                kind: "price" as const,
                productId: item.productId,
                name: nameOf(item),
                seen: item.seen,
                now: item.current,
              },
            ]
          : [],
      );
    case "product-unavailable":
      return items.map((item) => ({ kind: "gone", productId: item.productId, name: nameOf(item) }));
    default:
      return [];
  }
}
