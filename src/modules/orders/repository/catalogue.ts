// Queries of the copied catalogue, no decision.
import { defineStatement, type Transaction } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import type { OrdersDatabase, OrdersTables } from "../schema.js";
import { snakeKeys } from "../rows.js";

export interface CatalogueEntry {
  readonly productId: string;
  readonly name: LocalizedText;
  readonly price: number;
  readonly currency: string;
  readonly archived: boolean;
  readonly tracked: boolean;
  readonly available: number | null;
}

const selectCatalogue = defineStatement<CatalogueEntry>(
  "orders.catalogue",
  `select product_id as "productId", name, price, currency, archived, tracked, available
   from catalogue where product_id = any($1::uuid[]) and version > 0`,
);

export const findCatalogueEntries = (database: OrdersDatabase, productIds: readonly string[]) =>
  database.run(selectCatalogue, [productIds]);

const upsertProducts = defineStatement<never>(
  "orders.copy-products",
  `insert into catalogue as copy (product_id, sku, name, price, currency, archived, version)
   select distinct on (product_id) product_id, sku, name, price, currency, archived, version
   from jsonb_to_recordset($1::jsonb) as input(
     product_id uuid, sku text, name jsonb, price bigint, currency text, archived boolean, version integer)
   order by product_id, version desc
   on conflict (product_id) do update set
     (sku, name, price, currency, archived, version) =
     (excluded.sku, excluded.name, excluded.price, excluded.currency, excluded.archived, excluded.version)
   where copy.version < excluded.version`,
);

const upsertStock = defineStatement<never>(
  "orders.copy-stock",
  `insert into catalogue as copy (product_id, tracked, available, stock_version)
   select distinct on (product_id) product_id, tracked, available, stock_version
   from jsonb_to_recordset($1::jsonb) as input(
     product_id uuid, tracked boolean, available integer, stock_version integer)
   order by product_id, stock_version desc
   on conflict (product_id) do update set
     (tracked, available, stock_version) = (excluded.tracked, excluded.available, excluded.stock_version)
   where copy.stock_version < excluded.stock_version`,
);

/** The newest version wins, so repetition and disorder are harmless. */
export const copyProducts = (
  database: OrdersDatabase,
  products: readonly object[],
  tx: Transaction<OrdersTables>,
) => database.run(upsertProducts, [JSON.stringify(products.map(snakeKeys))], tx);

export const copyStock = (
  database: OrdersDatabase,
  levels: readonly object[],
  tx: Transaction<OrdersTables>,
) => database.run(upsertStock, [JSON.stringify(levels.map(snakeKeys))], tx);
