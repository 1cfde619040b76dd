// What restaurant hears: changes of products and stock, for the copy that its menu shows. The copy in memory learns them
// together with the tables; should the commit fail it is only early, and the newest version wins all the same.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import type { Transaction } from "#platform/db";
import { dataIs, dataOf, defineSubscription } from "#platform/outbox";
import { applyProducts, applyStock } from "./commands.js";
import type { Memory } from "./queries.js";
import type { RestaurantDatabase } from "./repository.js";
import type { ProductCopy, StockCopy } from "./rules.js";
import type { RestaurantTables } from "./schema.js";

export const subscriptions = (database: RestaurantDatabase, memory: Pick<Memory, "learn">) => [
  defineSubscription<Transaction<RestaurantTables>>({
    name: "restaurant.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      const products = dataOf(ProductChanged, events).map(
        ({ productId, sku, name, price, archived, version }): ProductCopy => ({
          productId,
          sku,
          name,
          price: price.amount,
          currency: price.currency,
          archived,
          version,
        }),
      );
      await applyProducts(database, products, tx);
      memory.learn(products);
    },
  }),
  defineSubscription<Transaction<RestaurantTables>>({
    name: "restaurant.copy-stock",
    events: [StockChanged],
    // What was reserved before it was sold is gone from here already.
    ignores: dataIs(
      StockChanged,
      ({ reason, change }) => reason === "sold" && change.available === 0,
    ),
    handle: async (events, tx) => {
      const levels = dataOf(StockChanged, events).map(
        ({ productId, level: { tracked, available, stockVersion } }): StockCopy => ({
          productId,
          tracked,
          available,
          stockVersion,
        }),
      );
      await applyStock(database, levels, tx);
      memory.learn(levels);
    },
  }),
];
