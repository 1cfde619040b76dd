// The event of a stock change as it waits in the product; its `level` is added when it is published.
import type { EventEnvelope } from "#platform/kernel";
import { type PendingEvent, pendingEvent } from "#platform/outbox";
import { StockChanged, type StockReason } from "../events.js";
import type { StockChange } from "../rules/settlement.js";
import type { ProductDocument } from "../schema.js";

export interface StockFact {
  readonly productId: string;
  readonly change: StockChange;
  readonly reason: StockReason;
  readonly reference: string | null;
  readonly actor: string;
}

export const pendingStockEvent = (
  fact: StockFact,
  { at, trace }: { at: Date; trace: string | null },
): PendingEvent =>
  pendingEvent({
    name: StockChanged.name,
    key: fact.productId,
    occurredAt: at,
    trace,
    data: fact,
  });

/** What an event tells of the product as it is read. */
export const LEVEL_FIELDS = [
  "tracked",
  "onHand",
  "reserved",
  "available",
  "stockVersion",
] as const satisfies (keyof ProductDocument)[];

type Levelled = Pick<ProductDocument, (typeof LEVEL_FIELDS)[number]>;

/** What an update cannot know, the level after it, is told by the product as read: then it is the newest level.
 *  @throws ZodError when what was stored is no such event */
export function composeEvent(product: Levelled, pending: PendingEvent): EventEnvelope {
  if (pending.name !== StockChanged.name) return pending;
  const { tracked, onHand, reserved, available, stockVersion } = product;
  const level = { tracked, onHand, reserved, available, stockVersion };
  return {
    ...pending,
    data: StockChanged.schema.parse({ ...(pending.data as StockFact), level }),
  };
}
