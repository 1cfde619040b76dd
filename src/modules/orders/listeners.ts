// What orders hears: changes of products and stock, for its copy of the catalogue; changes of the restaurant's rules.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { SettingsChanged } from "#modules/restaurant/events";
import type { Transaction } from "#platform/db";
import { dataIs, dataOf, defineSubscription } from "#platform/outbox";
import { applyProductChanges, applyStockChanges } from "./commands/catalogue.js";
import type { OrdersDatabase, OrdersTables } from "./schema.js";

export const subscriptions = (database: OrdersDatabase, forgetRules: () => void) => [
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      await applyProductChanges(database, dataOf(ProductChanged, events), tx);
    },
  }),
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.copy-stock",
    events: [StockChanged],
    // What was reserved before it was sold is gone from here already.
    ignores: dataIs(
      StockChanged,
      ({ reason, change }) => reason === "sold" && change.available === 0,
    ),
    handle: async (events, tx) => {
      await applyStockChanges(database, dataOf(StockChanged, events), tx);
    },
  }),
  defineSubscription<Transaction<OrdersTables>>({
    name: "orders.refresh-rules",
    events: [SettingsChanged],
    handle: () => Promise.resolve(),
    applied: forgetRules,
  }),
];
