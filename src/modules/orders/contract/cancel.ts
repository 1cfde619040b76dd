// The route of cancelling: the order is taken back whole, the money goes back, a person says what becomes of the food.
import { z } from "zod";
import { route } from "#platform/contract";
import { canBeSeen, text, Uuid } from "#platform/kernel";
import { StockOutcome } from "../events.js";
import { NotFound, Order } from "./shapes.js";

const Reason = text(200).refine(canBeSeen, "Say why, in a few words");

export const CancelOrder = z.strictObject({
  id: Uuid,
  version: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "As read; when the order has moved since, nothing is cancelled" }),
  reason: Reason,
  stock: StockOutcome.meta({
    description: "Uncooked goes back to stock (`restock`), cooked is `waste`",
  }),
  lineItems: z
    .array(z.strictObject({ id: Uuid, stock: StockOutcome }))
    .max(100)
    .refine((lines) => new Set(lines.map((line) => line.id)).size === lines.length, {
      error: "A line stands here twice",
    })
    .default([])
    .meta({ description: "Lines that end otherwise than `stock` says" }),
});
export type CancelOrder = z.infer<typeof CancelOrder>;

export const cancelErrors = {
  ...NotFound,
  ORDER_BEING_PLACED: {
    status: 409,
    message: "This order is still being placed. Wait until it is, then cancel it.",
  },
  ORDER_BEING_CANCELLED: {
    status: 409,
    message:
      "This order is still being cancelled. Do not serve it; look at it again in a moment, or cancel it again.",
  },
  VERSION_CONFLICT: {
    status: 409,
    message: "Somebody else changed this order in the meantime. Look at it again, then decide.",
    data: z.object({ currentVersion: z.int(), order: Order }),
  },
  UNKNOWN_LINES: {
    status: 422,
    message: "Some lines do not belong to this order. Load the order again.",
    data: z.object({ lineIds: z.array(Uuid) }),
  },
  CANCELLATION_TIMED_OUT: {
    status: 503,
    message: "This took too long and was not done; the order stands. Please try again.",
  },
} as const;

export const cancelling = {
  cancel: route
    .meta({ permission: "orders.cancel", approvable: "id" })
    .route({
      method: "POST",
      path: "/orders/{id}/cancel",
      summary: "Cancel an order",
      description:
        "Takes the order back: it reads `cancelled`, the kitchen is told, the money goes back, and each line's portions go back to stock or are waste. Cancelling twice equals cancelling once, whoever asks: every answer is the first cancellation's. 202 while the money is still on its way back: `payment.status` tells when it arrived.",
      outputStructure: "detailed",
    })
    .input(CancelOrder)
    .output(
      z.union([
        z.object({ status: z.literal(200), body: Order }),
        z.object({
          status: z.literal(202),
          headers: z.object({ location: z.string(), "retry-after": z.string() }),
          body: Order,
        }),
      ]),
    )
    .errors(cancelErrors),
};
