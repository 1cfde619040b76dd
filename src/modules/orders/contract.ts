// The face of orders: place, calculate, read. Money is always the server's; the guest's prices are only proved.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { LocalizedText, Money, text, Uuid } from "#platform/kernel";
import { OrderPayment, OrderTotals, ServiceType, SoldLine } from "./events.js";

const MAX_LINES = 100;
const MAX_QUANTITY = 1_000;

const Quantity = z
  .int("A quantity is a whole number")
  .min(1, "A quantity is at least 1")
  .max(MAX_QUANTITY, `A quantity is at most ${MAX_QUANTITY}`);

const Price = Money.refine(({ amount }) => amount >= 0, "A price is not negative").refine(
  ({ amount }) => amount <= 1_000_000_000,
  "A price is at most 1,000,000,000",
);

const AskedModifiers = z.array(z.strictObject({ code: z.string().min(1).max(60) })).max(20);

const AskedLine = z.strictObject({
  id: Uuid.meta({ description: "Made by the client, once, and stable for life" }),
  productId: Uuid,
  quantity: Quantity,
  unitPrice: Price.meta({ description: "What the guest saw" }),
  modifiers: AskedModifiers.default([]),
  note: text(200).optional(),
});

const linesOf = <Line extends z.ZodType<{ id: string }>>(line: Line) =>
  z
    .array(line)
    .min(1, "An order needs at least one line")
    .max(MAX_LINES, `An order has at most ${MAX_LINES} lines`)
    .refine(
      (lines) => new Set(lines.map((one) => one.id)).size === lines.length,
      "Two lines have the same id",
    );

const Payment = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("cash"), tendered: Price }),
  z.strictObject({ method: z.literal("card"), token: z.string().min(1).max(200) }),
]);

export const PlaceOrder = z.strictObject({
  serviceType: ServiceType,
  tableId: Uuid.optional(),
  lineItems: linesOf(AskedLine),
  payment: Payment,
});
export type PlaceOrder = z.infer<typeof PlaceOrder>;

export const OrderStatus = z.enum(["placed", "cancelled"]);

export const Order = z.object({
  id: Uuid,
  number: z.int(),
  status: OrderStatus,
  version: z.int(),
  serviceType: ServiceType,
  tableId: Uuid.optional(),
  businessDate: z.iso.date(),
  lineItems: z.array(SoldLine),
  totals: OrderTotals,
  payment: OrderPayment,
  placedBy: z.object({ id: z.string(), name: z.string() }),
  placedAt: z.iso.datetime(),
});
export type Order = z.infer<typeof Order>;

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
    data: z.object({ items: z.array(DishRepriced) }),
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

const NotFound = {
  NOT_FOUND: { status: 404, message: "There is no such order. Check the id." },
} as const;

export const contract = {
  place: route
    .meta({ permission: "orders.place" })
    .route({
      method: "POST",
      path: "/orders",
      summary: "Place an order",
      description:
        "Holds the stock, takes the payment and records the order, or does nothing at all. Repeating it with the same key and body gives the same answer and has no second effect. 202 when it is still under way: follow Location.",
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

  get: route
    .meta({ permission: "orders.read" })
    .route({ method: "GET", path: "/orders/{id}", summary: "One order, as it was sold" })
    .input(z.strictObject({ id: Uuid }))
    .output(Order)
    .errors(NotFound),

  list: route
    .meta({ permission: "orders.read" })
    .route({ method: "GET", path: "/orders", summary: "Orders, newest first" })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        status: OrderStatus.optional(),
        businessDate: z.iso.date().optional(),
      }),
    )
    .output(page(Order)),

  /** For reconciliation: this module's own books, and what does not add up in them. */
  books: {
    summary: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/orders/books/summary" })
      .output(
        z.object({
          orders: z.int(),
          soldByProduct: z.record(z.string(), z.int()),
          openSagas: z.array(
            z.object({ id: Uuid, status: z.string(), cause: z.string().nullable() }),
          ),
          faults: z.array(z.string()),
        }),
      ),
    page: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/orders/books/page" })
      .input(z.strictObject({ after: Uuid.optional(), limit: z.int().min(1).max(1000) }))
      .output(
        z.array(
          z.object({
            orderId: Uuid,
            paymentId: Uuid,
            total: z.int(),
            status: OrderStatus,
            paymentStatus: z.string(),
          }),
        ),
      ),
  },
};
