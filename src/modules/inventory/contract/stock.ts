// Routes of stock: movements, and the sums that reconciliation asks for.
import { z } from "zod";
import { page, pageQuery, queryInteger, route } from "#platform/contract";
import { canBeSeen, text, Uuid } from "#platform/kernel";
import { Count, Movement, NOT_FOUND, Quantity, Stock } from "./shapes.js";

const Reason = text(200).meta({ description: "Why, in a few words" });
const spoken = Reason.refine(canBeSeen, "Say why, in a few words");
const MovementId = Uuid.optional().meta({
  description: "Made by the client: the same id again has no second effect",
});
/** `received` adds, `waste` takes away, `recount` says how many there are. */
export const NewMovement = z.discriminatedUnion("type", [
  z.strictObject({
    productId: Uuid,
    id: MovementId,
    type: z.literal("received"),
    quantity: Quantity,
    reason: Reason.default(""),
  }),
  z.strictObject({
    productId: Uuid,
    id: MovementId,
    type: z.literal("waste"),
    quantity: Quantity,
    reason: spoken,
  }),
  z.strictObject({
    productId: Uuid,
    id: MovementId,
    type: z.literal("recount"),
    quantity: Count,
    reason: spoken,
  }),
]);
export type NewMovement = z.infer<typeof NewMovement>;

export const movements = {
  list: route
    .meta({ permission: "inventory.read" })
    .route({
      method: "GET",
      path: "/inventory/products/{productId}/movements",
      summary: "What moved a product's stock, newest first",
    })
    .input(z.strictObject({ ...pageQuery.shape, productId: Uuid }))
    .output(page(Movement))
    .errors({ NOT_FOUND }),
  /** For an order's story: what it moved, in all products, oldest first. */
  byOrder: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/inventory/orders/{orderId}/movements" })
    .input(z.strictObject({ orderId: Uuid }))
    .output(z.array(Movement)),
  record: route
    .meta({ permission: "inventory.adjust", approvable: "productId" })
    .route({
      method: "POST",
      path: "/inventory/products/{productId}/movements",
      summary: "Record stock received, wasted or recounted",
      successStatus: 201,
    })
    .input(NewMovement)
    .output(z.object({ movement: Movement, stock: Stock }))
    .errors({
      NOT_FOUND,
      NOT_TRACKED: {
        status: 409,
        message: "The stock of this product is not counted. Turn counting on first.",
      },
      NOT_ENOUGH_STOCK: {
        status: 409,
        message: "There is not that much left that is not promised to an order. Recount first.",
        data: z.object({ requested: z.int(), available: z.int() }),
      },
      RECOUNT_BELOW_RESERVED: {
        status: 409,
        message: "Orders under way hold more than was counted. Wait for them, or count again.",
        data: z.object({ counted: z.int(), reserved: z.int() }),
      },
      STOCK_TOO_LARGE: {
        status: 422,
        message: "This would be more stock than can be counted here. Check the quantity.",
        data: z.object({ onHand: z.int(), limit: z.int() }),
      },
      MOVEMENT_ID_REUSED: {
        status: 422,
        message: "This movement id was used for another movement. Use a new id for a new movement.",
      },
    }),
};

export const stock = {
  /** For reconciliation: each product's stock beside the sum of its movements, as of one instant for each. */
  summary: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/inventory/stock/summary" })
    .input(
      z.strictObject({
        cursor: pageQuery.shape.cursor,
        limit: queryInteger(1, 500).default(500),
      }),
    )
    .output(
      page(
        z.object({
          productId: Uuid,
          sku: z.string(),
          tracked: z.boolean(),
          onHand: z.int(),
          reserved: z.int(),
          available: z.int(),
          movements: z.int().meta({ description: "Their sum" }),
          sold: z.int().meta({
            description:
              "Sold and not taken back, as a positive count, also where it was not counted",
          }),
        }),
      ),
    ),
};
