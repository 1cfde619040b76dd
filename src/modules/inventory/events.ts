// What inventory tells: facts about products and their stock, versioned. A leaf: it imports only the kernel.
import { z } from "zod";
import { defineActionTaken, defineEvent, LocalizedText, Money, Uuid } from "#platform/kernel";

/** A product as it is sold from now on. Copies keep the highest `version`. */
export const ProductChanged = defineEvent("inventory.product-changed.v1", {
  key: (event) => event.productId,
  schema: z.object({
    productId: Uuid,
    sku: z.string(),
    name: LocalizedText,
    price: Money,
    /** False where stock is not counted. */
    tracked: z.boolean(),
    archived: z.boolean(),
    lowStockAt: z.int().nullable(),
    version: z.int(),
  }),
});

export const StockReason = z.enum([
  "reserved",
  "released",
  "sold",
  "received",
  "recount",
  "waste",
  "restocked",
]);
export type StockReason = z.infer<typeof StockReason>;

export const StockLevel = z.object({
  tracked: z.boolean(),
  onHand: z.int(),
  reserved: z.int(),
  available: z.int(),
  stockVersion: z.int(),
});
export type StockLevel = z.infer<typeof StockLevel>;

/** Stock moved. `change` is this move's own; `level` is the newest known when the event was published, so that
 *  copies keep the highest `stockVersion` and never add up. */
export const StockChanged = defineEvent("inventory.stock-changed.v1", {
  key: (event) => event.productId,
  schema: z.object({
    productId: Uuid,
    change: z.object({ onHand: z.int(), reserved: z.int(), available: z.int() }),
    reason: StockReason,
    /** The order, or the movement, that it belongs to. */
    reference: z.string().nullable(),
    actor: z.string(),
    level: StockLevel,
  }),
});

/** What people did to products, stock, the attribute schema and stored events. */
export const InventoryActionTaken = defineActionTaken("inventory");
