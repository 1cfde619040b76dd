// Loads a restaurant file through the faces of inventory and restaurant: products first, since the menu names them.
// Each part can be repeated, so an import that was cut off is simply run again.
import type { RestaurantFile } from "#modules/restaurant";

const CHUNK = 100;

export interface ImportedProduct {
  readonly sku: string;
  readonly productId: string;
  readonly result: "created" | "updated" | "unchanged";
}

export interface ImportProduct {
  readonly sku: string;
  readonly name: RestaurantFile["restaurant"]["name"];
  readonly price: { amount: number; currency: string };
  readonly stock: number | null;
  readonly lowStockAt: number | null;
  readonly attributes: RestaurantFile["categories"][number]["items"][number]["attributes"];
}

export interface ImportTargets {
  /** At most 100 at a time; creates or updates by SKU. */
  products(products: ImportProduct[]): Promise<{ items: ImportedProduct[] }>;
  settings(settings: ReturnType<typeof settingsOf>): Promise<{ changed: boolean }>;
}

export async function importRestaurant(
  file: RestaurantFile,
  targets: ImportTargets,
  onProgress: (done: number) => void = () => undefined,
) {
  const { currency } = file.restaurant;
  const products = file.categories.flatMap((category) =>
    category.items.map(({ sku, name, price, stock, lowStockAt, attributes }): ImportProduct => ({
      sku,
      name,
      price: { amount: price, currency },
      stock,
      lowStockAt,
      attributes,
    })),
  );
  const ids = new Map<string, string>();
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (let start = 0; start < products.length; start += CHUNK) {
    const { items } = await targets.products(products.slice(start, start + CHUNK));
    for (const item of items) {
      ids.set(item.sku, item.productId);
      counts[item.result] += 1;
    }
    onProgress(Math.min(products.length, start + CHUNK));
  }
  const { changed } = await targets.settings(settingsOf(file, ids));
  return { ...counts, settingsChanged: changed };
}

function settingsOf(file: RestaurantFile, ids: ReadonlyMap<string, string>) {
  const { tax, serviceCharge, tables, ...restaurant } = file.restaurant;
  return {
    restaurant,
    tax: tax ? [tax] : [],
    serviceCharge: serviceCharge
      ? [{ ...serviceCharge, validFrom: serviceCharge.validFrom ?? "1970-01-01" }]
      : [],
    tables,
    modifierGroups: file.modifierGroups,
    categories: file.categories.map(({ items, ...category }) => ({
      ...category,
      items: items.map(({ sku, modifierGroups }) => {
        const productId = ids.get(sku);
        if (productId === undefined) throw new Error(`Inventory did not answer for ${sku}`);
        return { productId, modifierGroups };
      }),
    })),
  };
}
