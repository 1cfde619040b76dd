// Where a cart and the menu have come apart: dishes that ran short, prices that moved, dishes no longer sold.
import type { Localized } from "../../../words/language.js";
import type { Money } from "../../../words/money.js";
import type { Menu, Modifier } from "../menu.js";
import { type Cart, countOf, type Line, portionPrice, samePrices, withPrices } from "./cart.js";

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
      /** Of one portion; with its choices where those have moved. */
      readonly seen: Money;
      readonly now: Money;
      /** Of the dish alone, and of its choices where they are known: what a line then costs is made of these. */
      readonly price: Money;
      readonly choices: readonly Modifier[];
    }
  | { readonly kind: "gone"; readonly productId: string; readonly name: Localized }
  /** Of no dish: a tax or the service charge moved. */
  | {
      readonly kind: "total";
      readonly productId: undefined;
      readonly seen: Money;
      readonly now: Money;
    };
export type DishConflict = Exclude<Conflict, { kind: "total" }>;

/** In the cart's order, each dish once: gone before short before price. */
export function conflictsOf(cart: Cart, menu: Menu): DishConflict[] {
  const found = new Map<string, DishConflict>();
  for (const line of cart.lines) {
    const { productId, name } = line;
    if (found.has(productId)) continue;
    const dish = menu.byId.get(productId);
    const wanted = countOf(cart, productId);
    if (!dish) found.set(productId, { kind: "gone", productId, name });
    else if (dish.left !== undefined && dish.left < wanted)
      found.set(productId, { kind: "short", productId, name, wanted, left: dish.left });
    else {
      const choices = dish.modifierGroups.flatMap(({ modifiers }) => modifiers);
      const moved = movedOf(line, dish.price, choices);
      if (moved) found.set(productId, moved);
    }
  }
  return [...found.values()];
}

function movedOf(line: Line, price: Money, choices: readonly Modifier[]): DishConflict | undefined {
  const taken = withPrices(line, price, choices);
  if (samePrices(line, taken)) return undefined;
  const { productId, name } = line;
  const [seen, now] = [portionPrice(line), portionPrice(taken)];
  return { kind: "price", productId, name, seen, now, price, choices };
}

interface Repriced {
  readonly id: string;
  readonly productId: string;
  readonly unitPrice: Money;
  readonly modifiers: readonly Modifier[];
}

/** The dishes that make another total, each once; where none does, the total itself. */
function repriced(
  { seen, current }: { readonly seen: Money; readonly current: Money },
  lines: readonly Repriced[],
  cart: Cart,
): Conflict[] {
  const found = new Map<string, DishConflict>();
  for (const { id, productId, unitPrice } of lines) {
    const line = cart.lines.find((one) => one.id === id);
    const choices = lines
      .filter((one) => one.productId === productId)
      .flatMap(({ modifiers }) => modifiers);
    const moved = line && !found.has(productId) && movedOf(line, unitPrice, choices);
    if (moved) found.set(productId, moved);
  }
  if (found.size > 0) return [...found.values()];
  return [{ kind: "total", productId: undefined, seen, now: current }];
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
      if (data["total"]) {
        const total = data["total"] as { readonly seen: Money; readonly current: Money };
        return repriced(total, (data["lineItems"] ?? []) as readonly Repriced[], cart);
      }
      return items.flatMap((item) =>
        item.seen && item.current
          ? [
              {
                kind: "price" as const,
                productId: item.productId,
                name: nameOf(item),
                seen: item.seen,
                now: item.current,
                price: item.current,
                choices: [],
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

/** Lines that cannot be ordered as they are: what one may or must choose with their dish has changed. */
export function linesToChoose(
  code: string,
  data: Readonly<Record<string, unknown>>,
): ReadonlySet<unknown> {
  const items = code === "invalid-lines" && Array.isArray(data["items"]) ? data["items"] : [];
  const faults = items as readonly { readonly lineId?: unknown; readonly reason?: unknown }[];
  const ofChoices = faults.filter(({ reason }) => /-modifiers?$/.test(String(reason)));
  return new Set(ofChoices.map(({ lineId }) => lineId));
}
