// What orders hears: changes of products and stock, for its copy of the catalogue; changes of the restaurant's rules.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { SettingsChanged } from "#modules/restaurant/events";
import type { Transaction } from "#platform/db";
import { dataOf, defineSubscription } from "#platform/outbox";
import { copyProducts, copyStock, type OrdersDatabase } from "./repository.js";
import type { OrdersTables } from "./schema.js";

export const subscriptions = (database: OrdersDatabase, forgetRules: () => void) => [
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      const products = dataOf(ProductChanged, events).map(({ price, ...product }) => ({
        ...product,
        price: price.amount,
        currency: price.currency,
      }));
      await copyProducts(database, products, tx);
    },
  }),
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.copy-stock",
    events: [StockChanged],
    handle: async (events, tx) => {
      const levels = dataOf(StockChanged, events).map(({ productId, level }) => ({
        productId,
        ...level,
      }));
      await copyStock(database, levels, tx);
    },
  }),
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.refresh-rules",
    events: [SettingsChanged],
    handle: () => Promise.resolve(),
    applied: forgetRules,
  }),
];
