// What payments tells: money came, money went back. A leaf: it imports only the kernel.
// Both are keyed by the order, so that a refund never overtakes its capture.
import { z } from "zod";
import { defineActionTaken, defineEvent, Money, Uuid } from "#platform/kernel";

export const Method = z.enum(["cash", "card"]);

/** The whole amount was taken. One per order. */
export const PaymentCaptured = defineEvent("payments.payment-captured.v1", {
  key: (event) => event.orderId,
  schema: z.object({
    paymentId: Uuid,
    orderId: Uuid,
    method: Method,
    amount: Money,
    tendered: Money.optional(),
    change: Money.optional(),
    capturedAt: z.iso.datetime(),
  }),
});

/** Part or all of it was given back. */
export const PaymentRefunded = defineEvent("payments.payment-refunded.v1", {
  key: (event) => event.orderId,
  schema: z.object({
    paymentId: Uuid,
    refundId: Uuid,
    orderId: Uuid,
    method: Method,
    amount: Money,
    refundedAt: z.iso.datetime(),
  }),
});

/** What people did: refunds that they gave. */
export const PaymentsActionTaken = defineActionTaken("payments");
