// What kitchen hears: an order was placed, so there is something to cook; an order was cancelled, so there is not.
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import type { Transaction } from "#platform/db";
import { defineSubscription, eventsOf } from "#platform/outbox";
import { type KitchenParts, takeOrders } from "./commands.js";
import type { KitchenTables } from "./schema.js";

export const subscriptions = (parts: KitchenParts) => [
  // One subscription for both, so that a cancel never overtakes its order.
  defineSubscription<Transaction<KitchenTables>>({
    name: "kitchen.make-tickets",
    events: [OrderPlaced, OrderCancelled],
    handle: (events, tx) =>
      takeOrders(
        parts,
        eventsOf(OrderPlaced, events).map(({ data, trace }) => ({
          order: data,
          by: data.placedBy,
          trace,
        })),
        eventsOf(OrderCancelled, events).map(({ data, trace }) => ({
          orderId: data.orderId,
          lines: Object.fromEntries(data.lineItems.map(({ id, quantity }) => [id, quantity])),
          by: data.cancelledBy,
          trace,
        })),
        tx,
      ),
    applied: () => parts.outbox.wake(),
  }),
];
