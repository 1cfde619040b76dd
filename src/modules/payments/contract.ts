// The face of payments: charge, reverse, refund for other modules; reads for people. One payment for each order.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { canBeSeen, Money, text, Uuid } from "#platform/kernel";
import { Method } from "./events.js";

const Amount = Money.refine(({ amount }) => amount >= 0, "An amount is not negative");
const Reason = text(200).refine((value) => value.trim() !== "", "Give a reason");

export const PaymentStatus = z.enum(["pending", "captured", "declined", "cancelled"]);

export const Payment = z.object({
  id: Uuid,
  orderId: Uuid,
  method: Method,
  status: PaymentStatus,
  amount: Money,
  captured: Money,
  refunded: Money.meta({ description: "Including refunds that the gateway has not confirmed yet" }),
  tendered: Money.optional(),
  change: Money.optional(),
  cardEnding: z
    .string()
    .optional()
    .meta({ description: "The last characters of the card's token" }),
  declineCode: z.string().optional(),
  createdAt: z.iso.datetime(),
  capturedAt: z.iso.datetime().optional(),
});
export type Payment = z.infer<typeof Payment>;

const Refund = z.object({
  id: Uuid,
  amount: Money,
  status: z.enum(["pending", "refunded", "refused"]),
  reason: z.string(),
  requestedAt: z.iso.datetime(),
  settledAt: z.iso.datetime().optional(),
});

export const ChargeRequest = z.strictObject({
  orderId: Uuid,
  amount: Amount,
  payment: z.discriminatedUnion("method", [
    z.strictObject({ method: z.literal("cash"), tendered: Amount }),
    z.strictObject({ method: z.literal("card"), token: z.string().min(1).max(200) }),
  ]),
});
export type ChargeRequest = z.infer<typeof ChargeRequest>;

const Pending = {
  PAYMENT_PENDING: {
    status: 503,
    message: "The card gateway has not answered yet. Ask again: nothing is taken twice.",
    data: z.object({ paymentId: Uuid }),
  },
} as const;
const NotFound = {
  NOT_FOUND: { status: 404, message: "There is no such payment. Check the id." },
} as const;
const Refused = {
  REFUND_REFUSED: {
    status: 409,
    message: "The card gateway refused the refund. Give the money back another way.",
    data: z.object({ code: z.string() }),
  },
} as const;

export const contract = {
  /** Takes the money for an order once. Repeated, also after a crash or a lost answer: the same answer. */
  charge: route
    .meta({ internal: true })
    .route({ method: "POST", path: "/payments/charges" })
    .input(ChargeRequest)
    .output(
      z.object({
        id: Uuid,
        method: Method,
        status: z.literal("captured"),
        amount: Money,
        tendered: Money.optional(),
        change: Money.optional(),
      }),
    )
    .errors({
      ...Pending,
      PAYMENT_DECLINED: {
        status: 402,
        message: "The card was declined. Ask for another card or cash; nothing was taken.",
        data: z.object({ code: z.string() }),
      },
      TENDER_TOO_SMALL: {
        status: 422,
        message: "The cash is less than the total. Take more, or pay by card; nothing was taken.",
        data: z.object({ due: Money, tendered: Money }),
      },
      CHARGE_BARRED: {
        status: 409,
        message: "This order was given up, so it takes no money any more. Place a new one.",
      },
      CHARGE_MISMATCH: {
        status: 409,
        message: "This order has a payment of another amount or method. Place a new one.",
      },
    }),

  /** Undoes a charge whatever became of it. Harmless twice, harmless before the charge, and bars a late one. */
  reverse: route
    .meta({ internal: true })
    .route({ method: "POST", path: "/payments/reversals" })
    .input(z.strictObject({ orderId: Uuid, reason: Reason }))
    .output(z.object({ status: z.enum(["nothing-to-reverse", "cancelled", "refunded"]) }))
    .errors({ ...Pending, ...Refused }),

  refund: route
    .meta({ permission: "payments.refund", approvable: "orderId" })
    .route({
      method: "POST",
      path: "/payments/refunds",
      summary: "Give money of an order back, a part or all that is left; the order stands",
      description:
        "Repeated with the same key: the same refund. To take a whole order back, cancel it instead.",
    })
    .input(
      z.strictObject({
        orderId: Uuid,
        amount: Amount.refine(
          ({ amount }) => amount !== 0,
          "Give back more than nothing",
        ).optional(),
        reason: Reason.refine(canBeSeen, "Give a reason"),
        key: z
          .string()
          .regex(
            /^(?!reverse-)[\x21-\x7E]{1,120}$/,
            'A key is 1 to 120 printable characters, not "reverse-…"',
          ),
      }),
    )
    .output(z.object({ refundId: Uuid, amount: Money, refunded: Money, left: Money }))
    .errors({
      ...Pending,
      ...Refused,
      NOTHING_TO_REFUND: {
        status: 409,
        message:
          "There is nothing to give back: the order has no captured payment, or it was given up and all its money goes back that way. Look at the order and its sagas.",
      },
      REFUND_TOO_LARGE: {
        status: 409,
        message: "Less than this is left to give back. Choose a smaller amount.",
        data: z.object({ refundable: Money }),
      },
      REFUND_KEY_REUSED: {
        status: 422,
        message: "This key was used for another refund. Use a new key for a new refund.",
      },
    }),

  refundable: route
    .meta({ permission: "orders.read" })
    .route({
      method: "GET",
      path: "/payments/orders/{orderId}/refundable",
      summary:
        "What cancelling an order would give back: less than its total where a part was given",
    })
    .input(z.strictObject({ orderId: Uuid }))
    .output(z.object({ refundable: Money }))
    .errors(NotFound),

  get: route
    .meta({ permission: "payments.read" })
    .route({ method: "GET", path: "/payments/{id}", summary: "One payment with its refunds" })
    .input(z.strictObject({ id: Uuid }))
    .output(Payment.extend({ refunds: z.array(Refund) }))
    .errors(NotFound),

  list: route
    .meta({ permission: "payments.read" })
    .route({ method: "GET", path: "/payments", summary: "Payments, newest first" })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        orderId: Uuid.optional(),
        status: PaymentStatus.optional(),
      }),
    )
    .output(page(Payment)),

  /** For an order's story: its payment, or the bar that stands in for one, with everything that was asked of the
   *  gateway, in order. */
  byOrder: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/payments/orders/{orderId}" })
    .input(z.strictObject({ orderId: Uuid }))
    .output(
      z.object({
        payment: Payment.optional(),
        barred: z.object({ at: z.iso.datetime(), reason: z.string() }).optional(),
        refunds: z.array(Refund),
        attempts: z.array(
          z.object({
            at: z.iso.datetime(),
            operation: z.string(),
            outcome: z.string(),
            detail: z.string().optional(),
          }),
        ),
      }),
    ),

  /** For reconciliation: this module's own books, and what does not add up in them. */
  books: {
    summary: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/payments/books/summary" })
      .output(
        z.object({
          payments: z.int(),
          pending: z.int(),
          byMethod: z.array(
            z.object({
              method: Method,
              currency: z.string(),
              payments: z.int(),
              captured: z.int(),
              refunded: z.int(),
            }),
          ),
          faults: z.array(z.string()),
        }),
      ),
    page: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/payments/books/page" })
      /** In the order of their orders' ids; `after` is such an id. */
      .input(z.strictObject({ after: Uuid.optional(), limit: z.int().min(1).max(1000) }))
      .output(
        z.array(
          z.object({
            orderId: Uuid,
            paymentId: Uuid,
            captured: z.int(),
            refunded: z.int(),
            /** Of that, what people gave back of an order that stands. */
            givenBack: z.int(),
            /** The gateway has not answered for a minute: it may have taken the money. */
            unanswered: z.boolean(),
            /** When what is kept last became more: opened, captured, or a refund refused. */
            keptSince: z.iso.datetime(),
            faults: z.array(z.string()),
          }),
        ),
      ),
  },
};
