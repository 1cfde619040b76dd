// Keeps this module's copy of the catalogue as inventory tells it.
import type { Transaction } from "#platform/db";
import type { Money } from "#platform/kernel";
import { copyProducts, copyStock } from "../repository/catalogue.js";
import type { OrdersDatabase, OrdersTables } from "../schema.js";

/** Copies products as inventory tells them; the newest version wins. */
export const applyProductChanges = (
  database: OrdersDatabase,
  changes: readonly { readonly price: Money; readonly productId: string }[],
  tx: Transaction<OrdersTables>,
) =>
  copyProducts(
    database,
    changes.map(({ price, ...product }) => ({
      ...product,
      price: price.amount,
      currency: price.currency,
    })),
    tx,
  );

/** Copies stock levels; the newest version wins. */
export const applyStockChanges = (
  database: OrdersDatabase,
  changes: readonly { readonly productId: string; readonly level: object }[],
  tx: Transaction<OrdersTables>,
) =>
  copyStock(
    database,
    changes.map(({ productId, level }) => ({ productId, ...level })),
    tx,
  );
