// What reporting copies of inventory: names, prices and levels. The newest version wins, so repetition and disorder are
// harmless.
import { defineStatement } from "#platform/db";
import type { LocalizedText, Money } from "#platform/kernel";
import type { ReportingDatabase, ReportingTx } from "../schema.js";

export interface ProductCopy {
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly price: Money;
  readonly archived: boolean;
  readonly lowStockAt: number | null;
  readonly version: number;
}

const upsertProducts = defineStatement<never>(
  "reporting.copy-products",
  `insert into products as copy (product_id, sku, name, price, currency, archived, low_stock_at, version)
   select distinct on ("productId") "productId", sku, name, (price ->> 'amount')::bigint, price ->> 'currency',
     archived, "lowStockAt", version
   from jsonb_to_recordset($1::jsonb) as input(
     "productId" uuid, sku text, name jsonb, price jsonb, archived boolean, "lowStockAt" integer, version integer)
   order by "productId", version desc
   on conflict (product_id) do update set
     (sku, name, price, currency, archived, low_stock_at, version) = (excluded.sku, excluded.name, excluded.price,
       excluded.currency, excluded.archived, excluded.low_stock_at, excluded.version)
   where copy.version < excluded.version`,
);

export const copyProducts = (
  database: ReportingDatabase,
  products: readonly ProductCopy[],
  tx: ReportingTx,
) => database.run(upsertProducts, [JSON.stringify(products)], tx);

export interface StockCopy {
  readonly productId: string;
  readonly level: {
    readonly tracked: boolean;
    readonly onHand: number;
    readonly reserved: number;
    readonly available: number;
    readonly stockVersion: number;
  };
}

const upsertStock = defineStatement<never>(
  "reporting.copy-stock",
  `insert into products as copy (product_id, tracked, on_hand, reserved, available, stock_version)
   select distinct on ("productId") "productId", tracked, "onHand", reserved, available, "stockVersion"
   from jsonb_to_recordset($1::jsonb) as input("productId" uuid, level jsonb) cross join lateral
     jsonb_to_record(level) as input_level(
       tracked boolean, "onHand" integer, reserved integer, available integer, "stockVersion" integer)
   order by "productId", "stockVersion" desc
   on conflict (product_id) do update set
     (tracked, on_hand, reserved, available, stock_version) = (excluded.tracked, excluded.on_hand,
       excluded.reserved, excluded.available, excluded.stock_version)
   where copy.stock_version < excluded.stock_version`,
);

export const copyStock = (
  database: ReportingDatabase,
  levels: readonly StockCopy[],
  tx: ReportingTx,
) => database.run(upsertStock, [JSON.stringify(levels)], tx);
