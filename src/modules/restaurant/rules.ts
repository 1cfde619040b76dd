// Pure decisions of restaurant: what the menu shows.
import { type LocalizedText, money } from "#platform/kernel";
import type { Menu, OrderingRules, Settings } from "./contract.js";

/** All that this module keeps, as read from its tables, sorted by position. */
export interface Stored extends Omit<Settings, "tables"> {
  readonly revision: number;
  readonly tables: OrderingRules["tables"];
}

export interface CatalogueEntry {
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly price: number;
  readonly currency: string;
  readonly archived: boolean;
  readonly tracked: boolean;
  readonly available: number | null;
}

export function orderingRulesOf(stored: Stored): OrderingRules {
  return {
    revision: stored.revision,
    restaurant: stored.restaurant,
    tax: stored.tax,
    serviceCharge: stored.serviceCharge,
    tables: stored.tables,
    modifierGroups: stored.modifierGroups,
    items: stored.categories.flatMap(({ code, name, station, items }) =>
      items.map((item) => ({ ...item, category: { code, name }, station })),
    ),
  };
}

/** A dish whose product was never announced, or is archived, is left out; a sold-out one stays. */
export function menuOf(stored: Stored, catalogue: readonly CatalogueEntry[]): Menu {
  const products = new Map(catalogue.map((entry) => [entry.productId, entry]));
  const { currency } = stored.restaurant;
  const groups = new Map(
    stored.modifierGroups.map((group) => [
      group.code,
      {
        ...group,
        modifiers: group.modifiers.map((modifier) => ({ ...modifier, price: money(modifier.price, currency) })),
      },
    ]),
  );
  return {
    restaurant: stored.restaurant,
    categories: stored.categories.map(({ code, name, items }) => ({
      code,
      name,
      items: items.flatMap((item) => {
        const product = products.get(item.productId);
        if (!product || product.archived) return [];
        return {
          productId: item.productId,
          sku: product.sku,
          name: product.name,
          price: money(product.price, product.currency),
          modifierGroups: item.modifierGroups.flatMap((group) => groups.get(group) ?? []),
          availability: availabilityOf(product),
        };
      }),
    })),
  };
}

type Availability = Menu["categories"][number]["items"][number]["availability"];

export function availabilityOf({ tracked, available }: Pick<CatalogueEntry, "tracked" | "available">): Availability {
  if (!tracked) return { status: "in-stock" };
  if (available === null || available <= 0) return { status: "out-of-stock" };
  return { status: "quantity", available };
}

/** True when settling would change nothing. Table ids are ours, so they do not count. */
export function isSettled(stored: Stored | undefined, wanted: Settings): boolean {
  if (!stored) return false;
  const { revision: _revision, tables, ...rest } = stored;
  const current: Settings = { ...rest, tables: tables.map(({ id: _id, ...table }) => table) };
  return canonical(current) === canonical(wanted);
}

/** JSON with sorted keys: two values are equal exactly when their texts are. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
