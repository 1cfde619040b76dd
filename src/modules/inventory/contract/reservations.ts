// Routes for other modules: hold stock for an order, give it back, list what is held.
import { z } from "zod";
import { page, pageQuery, queryInteger, route } from "#platform/contract";
import { LocalizedText, Money, Uuid } from "#platform/kernel";
import { Price, Quantity } from "./shapes.js";

const NamedDish = { productId: Uuid, name: LocalizedText };

export const reservations = {
  /** Holds every line or none, and proves the prices that the guest saw. Repeated: same answer. */
  reserve: route
    .meta({ internal: true })
    .route({ method: "POST", path: "/inventory/reservations" })
    .input(
      z.strictObject({
        orderId: Uuid,
        lines: z
          .array(z.strictObject({ productId: Uuid, quantity: Quantity, unitPrice: Price }))
          .min(1)
          .max(100)
          .refine((lines) => new Set(lines.map((line) => line.productId)).size === lines.length, {
            error: "Two lines have the same product: add their quantities up",
          }),
      }),
    )
    .output(
      z.object({
        lines: z.array(z.object({ ...NamedDish, sku: z.string(), unitPrice: Money })),
      }),
    )
    .errors({
      INSUFFICIENT_STOCK: {
        status: 409,
        message: "There is not enough of some dishes. Change the quantity or remove them.",
        data: z.object({
          items: z.array(z.object({ ...NamedDish, requested: z.int(), available: z.int() })),
        }),
      },
      PRICE_CHANGED: {
        status: 409,
        message: "Some prices changed. Show the guest the new price and ask again.",
        data: z.object({
          items: z.array(z.object({ ...NamedDish, seen: Money, current: Money })),
        }),
      },
      PRODUCT_UNAVAILABLE: {
        status: 422,
        message: "Some dishes are no longer sold. Remove them.",
        data: z.object({
          items: z.array(z.object({ productId: Uuid, reason: z.enum(["unknown", "archived"]) })),
        }),
      },
      RESERVATION_BARRED: {
        status: 409,
        message: "The stock of this order was given back already. Place a new order.",
      },
    }),
  /** Gives back what the order holds, and bars a reservation of it that comes later. Harmless twice, and alone. */
  release: route
    .meta({ internal: true })
    .route({ method: "POST", path: "/inventory/reservations/release" })
    .input(z.strictObject({ orderId: Uuid, productIds: z.array(Uuid).max(100) }))
    .output(z.object({ released: z.boolean() })),
  list: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/inventory/reservations" })
    .input(
      z.strictObject({
        olderThan: z.iso.datetime().optional(),
        cursor: pageQuery.shape.cursor,
        limit: queryInteger(1, 500).default(500).meta({
          description: "Products looked at; a product with several reservations lists them all",
        }),
      }),
    )
    .output(
      page(
        z.object({
          orderId: z.string(),
          productId: Uuid,
          quantity: z.int(),
          held: z.int(),
          at: z.iso.datetime(),
        }),
      ),
    ),
};
