// What orders hears: changes of products and stock, for its copy of the catalogue; changes of the restaurant's rules.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { SettingsChanged } from "#modules/restaurant/events";
import { defineSubscription } from "#platform/outbox";
import { copyProducts, copyStock, type OrdersDatabase } from "./repository.js";

export const subscriptions = (database: OrdersDatabase, refreshRules: () => Promise<void>) => [
  defineSubscription({
    name: "orders.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      const products = events.map(({ data: { price, ...product } }) => ({
        ...product,
        price: price.amount,
        currency: price.currency,
      }));
      await copyProducts(database, products, tx);
    },
  }),
  defineSubscription({
    name: "orders.copy-stock",
    events: [StockChanged],
    handle: async (events, tx) => {
      const levels = events.map(({ data: { productId, level } }) => ({ productId, ...level }));
      await copyStock(database, levels, tx);
    },
  }),
  defineSubscription({
    name: "orders.refresh-rules",
    events: [SettingsChanged],
    handle: refreshRules,
  }),
];
