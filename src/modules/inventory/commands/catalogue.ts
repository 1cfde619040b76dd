// What this process remembers of each product, so that reserving needs no read. It may be old: whoever relies on it
// proves the version in the update that it makes.
import { findCatalogue } from "../repository/products.js";
import type { CatalogueEntry } from "../rules/reservations.js";
import type { InventoryModels } from "../schema.js";

const MAX_WARM = 20_000;

export interface CatalogueMemory {
  readonly entries: ReadonlyMap<string, CatalogueEntry>;
  learn(products: readonly CatalogueEntry[]): void;
  /** Reads the products once, before the first order. */
  warm(models: InventoryModels): Promise<void>;
}

export function createCatalogueMemory(): CatalogueMemory {
  const entries = new Map<string, CatalogueEntry>();
  const learn = (products: readonly CatalogueEntry[]) => {
    for (const { _id, version, sku, name, price, currency, archived, tracked } of products) {
      const known = entries.get(_id);
      if (known && known.version >= version) continue;
      entries.set(_id, { _id, version, sku, name, price, currency, archived, tracked });
    }
  };
  return {
    entries,
    learn,
    warm: async (models) => learn(await findCatalogue(models, MAX_WARM)),
  };
}
