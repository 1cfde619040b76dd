// What restaurant hears: changes of products and stock, for the copy that its menu shows.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import type { Transaction } from "#platform/db";
import { dataOf, defineSubscription } from "#platform/outbox";
import { copyProducts, copyStock, type RestaurantDatabase } from "./repository.js";
import type { RestaurantTables } from "./schema.js";

export const subscriptions = (database: RestaurantDatabase, forget: () => void) => [
  defineSubscription<Transaction<RestaurantTables>>({
    name: "restaurant.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      const products = dataOf(ProductChanged, events).map(({ price, ...product }) => ({
        ...product,
        price: price.amount,
        currency: price.currency,
      }));
      await copyProducts(database, products, tx);
    },
    applied: forget,
  }),
  defineSubscription<Transaction<RestaurantTables>>({
    name: "restaurant.copy-stock",
    events: [StockChanged],
    handle: async (events, tx) => {
      const levels = dataOf(StockChanged, events).map(({ productId, level }) => ({
        productId,
        ...level,
      }));
      await copyStock(database, levels, tx);
    },
    applied: forget,
  }),
];
