// What inventory hears: a placed order has taken its dishes for good; a cancelled one gives them back, or they are waste.
import type { Connection } from "mongoose";
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import { defineSubscription, eventsOf } from "#platform/outbox";
import type { InventoryParts } from "./commands/parts.js";
import { settleSales, takeBackSales } from "./commands/settle.js";
import { returnsOf } from "./rules/returns.js";
import { salesOf } from "./rules/settlement.js";

export const subscriptions = (parts: InventoryParts) => [
  defineSubscription<Connection>({
    // One subscription for both, so that an order's cancellation waits for its sale.
    name: "inventory.settle-sold-stock",
    events: [OrderPlaced, OrderCancelled],
    handle: async (events) => {
      const sales = eventsOf(OrderPlaced, events).flatMap(({ data, trace }) =>
        salesOf(data, trace),
      );
      const returns = eventsOf(OrderCancelled, events).flatMap(({ data, trace }) =>
        returnsOf(data, trace),
      );
      await settleSales(parts, sales);
      await takeBackSales(parts, returns);
    },
  }),
];
