// What inventory hears: a placed order has taken its dishes for good.
import type { Connection } from "mongoose";
import { OrderPlaced } from "#modules/orders/events";
import { defineSubscription } from "#platform/outbox";
import type { InventoryParts } from "./commands/parts.js";
import { settleSales } from "./commands/settle.js";
import { salesOf } from "./rules/settlement.js";

export const subscriptions = (parts: InventoryParts) => [
  defineSubscription<Connection>({
    name: "inventory.settle-sold-stock",
    events: [OrderPlaced],
    handle: (events) =>
      settleSales(
        parts,
        events.flatMap(({ data, trace }) => salesOf(OrderPlaced.schema.parse(data), trace)),
      ),
  }),
];
