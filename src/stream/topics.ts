// Which events screens are told of, under which name, and who may see them. Pure.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { TicketChanged } from "#modules/kitchen/events";
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import { PaymentCaptured, PaymentRefunded } from "#modules/payments/events";
import { SettingsChanged } from "#modules/restaurant/events";
import type { EventDefinition, EventEnvelope } from "#platform/kernel";
import type { Shown } from "#platform/stream";
import type { Topic } from "./contract.js";

const TOPICS: readonly (readonly [Topic, permission: string, ...(readonly EventDefinition[])])[] = [
  ["order-placed", "orders.read", OrderPlaced],
  ["order-cancelled", "orders.read", OrderCancelled],
  ["ticket-changed", "kitchen.read", TicketChanged],
  ["stock-changed", "inventory.read", StockChanged],
  ["menu-changed", "menu.read", ProductChanged, SettingsChanged],
  ["payment-captured", "payments.read", PaymentCaptured],
  ["payment-refunded", "payments.read", PaymentRefunded],
];

const byName = new Map(
  TOPICS.flatMap(([topic, permission, ...events]) =>
    events.map(({ name }) => [name, { topic, permission }] as const),
  ),
);

/** The modules whose archives are read. */
export const publishers: ReadonlySet<string> = new Set(
  [...byName.keys()].map((name) => name.split(".", 1)[0] ?? ""),
);

export function showEvent({ name, data }: EventEnvelope): Shown | undefined {
  const topic = byName.get(name);
  return topic && { ...topic, data };
}
