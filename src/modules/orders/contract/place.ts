// Routes of placing: place, how it stands, preview. The guest's prices are only proved; money is always the server's.
import { z } from "zod";
import { route } from "#platform/contract";
import { LocalizedText, Money, Uuid } from "#platform/kernel";
import { OrderTotals, ServiceType, SoldLine } from "../events.js";
import { AskedLine, linesOf, NotFound, Order, PlaceOrder } from "./shapes.js";

const Placing = z.object({ id: Uuid, status: z.literal("placing") });

/** A key is printable ASCII without spaces: a UUID, or what the client likes. */
const IdempotencyKey = z
  .string(
    "Send an Idempotency-Key header: a new UUID for each new order, the same one for each retry",
  )
  .regex(
    /^[\x21-\x7E]{1,120}$/,
    "An Idempotency-Key is 1 to 120 printable characters without spaces",
  );

const DishOnHand = z.object({
  productId: Uuid,
  name: LocalizedText,
  requested: z.int(),
  available: z.int(),
});
const DishRepriced = z.object({
  productId: Uuid,
  name: LocalizedText,
  seen: Money,
  current: Money,
});
const LineRepriced = SoldLine.pick({
  id: true,
  productId: true,
  unitPrice: true,
  modifiers: true,
  total: true,
});

export const placeErrors = {
  INSUFFICIENT_STOCK: {
    status: 409,
    message:
      "There is not enough of some dishes. Change the quantity or remove them; nothing was taken.",
    data: z.object({ items: z.array(DishOnHand) }),
  },
  PRICE_CHANGED: {
    status: 409,
    message: "Some prices changed. Show the guest the new price and ask again; nothing was taken.",
    data: z.object({
      items: z.array(DishRepriced),
      total: z.object({ seen: Money, current: Money }).optional().meta({
        description: "When the order costs something else than `expectedTotal`",
      }),
      lineItems: z.array(LineRepriced).optional().meta({
        description: "With `total`: what each line costs now, with its choices",
      }),
    }),
  },
  PRODUCT_UNAVAILABLE: {
    status: 422,
    message: "Some dishes are no longer sold. Remove them; nothing was taken.",
    data: z.object({ items: z.array(z.object({ productId: z.string(), reason: z.string() })) }),
  },
  INVALID_LINES: {
    status: 422,
    message: "Some lines cannot be ordered as they are. Each is listed with its remedy.",
    data: z.object({
      items: z.array(
        z.object({ lineId: Uuid, productId: Uuid, reason: z.string(), detail: z.string() }),
      ),
    }),
  },
  UNKNOWN_TABLE: {
    status: 422,
    message: "There is no such table. Load the tables again and choose one.",
  },
  TENDER_TOO_SMALL: {
    status: 422,
    message: "The cash is less than the total. Take more, or pay by card; nothing was taken.",
    data: z.object({ due: Money, tendered: Money }),
  },
  PAYMENT_DECLINED: {
    status: 402,
    message: "The card was declined. Ask for another card or cash; nothing was taken.",
    data: z.object({ code: z.string() }),
  },
  PLACEMENT_TIMED_OUT: {
    status: 503,
    message: "This took too long and was undone; nothing was taken. Please try again.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: "This Idempotency-Key was used for another order. Use a new key for a new order.",
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    message: "The order with this Idempotency-Key is still being placed. Ask again in a moment.",
  },
} as const;
export type PlaceError = keyof typeof placeErrors;

export const placing = {
  place: route
    .meta({ permission: "orders.place" })
    .route({
      method: "POST",
      path: "/orders",
      summary: "Place an order",
      description:
        "Holds the stock, takes the payment and records the order, or does nothing at all. Repeating it with the same key and body gives the same answer and has no second effect, for 30 days after it ended; then the key is forgotten and would place another order. 202 when it is still under way: follow Location.",
      successStatus: 201,
      inputStructure: "detailed",
      outputStructure: "detailed",
    })
    .input(z.object({ headers: z.object({ "idempotency-key": IdempotencyKey }), body: PlaceOrder }))
    .output(
      z.union([
        z.object({
          status: z.literal(201),
          headers: z.object({ location: z.string() }),
          body: Order,
        }),
        z.object({
          status: z.literal(202),
          headers: z.object({ location: z.string(), "retry-after": z.string() }),
          body: Placing,
        }),
      ]),
    )
    .errors(placeErrors),

  placement: route
    .meta({ permission: "orders.read" })
    .route({
      method: "GET",
      path: "/orders/{id}/placement",
      summary: "How the placing of an order stands",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(
      z.object({
        id: Uuid,
        status: z.enum(["placing", "placed", "refused", "needs-attention"]),
        order: Order.optional(),
        problem: z.object({ code: z.string(), status: z.int(), detail: z.string() }).optional(),
      }),
    )
    .errors(NotFound),

  calculate: route
    .meta({ permission: "orders.place" })
    .route({
      method: "POST",
      path: "/orders/calculate",
      summary: "Preview an order's totals; changes nothing",
      description:
        "A line with a `unitPrice` is priced by it, as it would be when it is placed; without, by the price of now. The total is what to send as `expectedTotal`.",
    })
    .input(
      z.strictObject({
        serviceType: ServiceType,
        lineItems: linesOf(AskedLine.partial({ unitPrice: true })),
      }),
    )
    .output(
      z.object({
        lineItems: z.array(
          SoldLine.pick({
            id: true,
            productId: true,
            quantity: true,
            unitPrice: true,
            modifiers: true,
            total: true,
          }).extend({
            name: LocalizedText,
            available: z
              .int()
              .optional()
              .meta({ description: "Absent where stock is not counted" }),
          }),
        ),
        totals: OrderTotals,
      }),
    )
    .errors({
      INVALID_LINES: placeErrors.INVALID_LINES,
      PRODUCT_UNAVAILABLE: placeErrors.PRODUCT_UNAVAILABLE,
    }),
};
