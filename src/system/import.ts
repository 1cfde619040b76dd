// Loads a restaurant file through the faces of inventory and restaurant: products first, since the menu names them.
// Each part can be repeated, so an import that was cut off is simply run again.
import type { RestaurantFile } from "#modules/restaurant";
import { newId } from "#platform/kernel";

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
  /** At most 100 at a time; creates or updates by SKU. With `checkOnly` it throws what is wrong and writes nothing. */
  products(request: {
    rows: ImportProduct[];
    checkOnly: boolean;
  }): Promise<{ items: ImportedProduct[] }>;
  settings(
    settings: ReturnType<typeof settingsOf> & { checkOnly: boolean },
  ): Promise<{ changed: boolean }>;
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
  const chunks = Array.from({ length: Math.ceil(products.length / CHUNK) }, (_, index) =>
    products.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  // All are checked before the first is written.
  const faults: unknown[] = [];
  for (const rows of chunks) {
    await targets.products({ rows, checkOnly: true }).catch((error: unknown) => faults.push(error));
  }
  if (faults.length === 1) throw faults[0];
  // What is wrong with all is said once.
  if (faults.length > 1)
    throw new AggregateError(faults, [...new Set(faults.map(messageOf))].join("\n"));
  // Of the settings, too, though no product has its id yet.
  const asNew = new Map(products.map(({ sku }) => [sku, newId()]));
  await targets.settings({ ...settingsOf(file, asNew), checkOnly: true });
  const ids = new Map<string, string>();
  let done = 0;
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const rows of chunks) {
    const { items } = await targets.products({ rows, checkOnly: false });
    for (const item of items) {
      ids.set(item.sku, item.productId);
      counts[item.result] += 1;
    }
    done += rows.length;
    onProgress(done);
  }
  const { changed } = await targets.settings({ ...settingsOf(file, ids), checkOnly: false });
  return { ...counts, settingsChanged: changed };
}

function settingsOf(file: RestaurantFile, ids: ReadonlyMap<string, string>) {
  const { tax, serviceCharge, tables, ...restaurant } = file.restaurant;
  return {
    restaurant,
    tax: tax ? [tax] : [],
    serviceCharge: serviceCharge ? [serviceCharge] : [],
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

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
