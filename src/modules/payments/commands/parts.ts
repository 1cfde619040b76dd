// What charging and refunding share: their parts, and how they tell and note what happened.
import { type ActionBy, type EventEnvelope, money, storable } from "#platform/kernel";
import { PaymentCaptured, PaymentRefunded, PaymentsActionTaken } from "../events.js";
import type { Gateway } from "../gateway/gateway.js";
import type { Attempt, PaymentsDatabase } from "../repository/payments.js";
import type { PaymentsTable, RefundsTable } from "../schema.js";

export interface PaymentsParts {
  readonly database: PaymentsDatabase;
  readonly outbox: { wake(): void };
  readonly gateway: Gateway;
  readonly clock: () => Date;
  /** How long one question to the gateway may take; after that its answer is unknown. */
  readonly gatewayDeadlineMs: number;
}

export const attemptOf = (
  operation: Attempt["operation"],
  outcome: { kind: string; cause?: string; code?: string },
): Attempt => ({
  operation,
  outcome: outcome.kind,
  detail: detailOf(outcome.cause ?? outcome.code),
});

const detailOf = (words: string | undefined) => (words === undefined ? null : storable(words, 500));

type Capturing = Pick<
  PaymentsTable,
  "id" | "orderId" | "method" | "amount" | "currency" | "tendered" | "change"
>;

export function capturedEvent(
  { id, orderId, method, amount, currency, tendered, change }: Capturing,
  at: Date,
  trace: string | null,
): EventEnvelope {
  const of = (value: number) => money(value, currency ?? "");
  return PaymentCaptured.create(
    {
      paymentId: id,
      orderId,
      method: method ?? "card",
      amount: of(amount),
      ...(tendered !== null && { tendered: of(tendered) }),
      ...(change !== null && { change: of(change) }),
      capturedAt: at.toISOString(),
    },
    { trace, occurredAt: at },
  );
}

export function refundedEvent(
  row: PaymentsTable,
  one: RefundsTable,
  at: Date,
  trace: string | null,
): EventEnvelope {
  return PaymentRefunded.create(
    {
      paymentId: row.id,
      refundId: one.id,
      orderId: row.orderId,
      method: row.method ?? "card",
      amount: money(one.amount, row.currency ?? ""),
      refundedAt: at.toISOString(),
    },
    { trace, occurredAt: at },
  );
}

/** A person gave money back; told with the amount that is held for it, whatever the gateway then says. */
export const refundGiven = (
  by: ActionBy,
  row: PaymentsTable,
  one: RefundsTable,
  trace: string | null,
): EventEnvelope =>
  PaymentsActionTaken.create(
    {
      ...by,
      action: "payments.refund",
      subject: { type: "order", id: row.orderId },
      at: one.requestedAt.toISOString(),
      reason: one.reason,
      details: {
        payment: row.id,
        refund: one.id,
        method: row.method,
        amount: money(one.amount, row.currency ?? ""),
      },
    },
    { trace, occurredAt: one.requestedAt },
  );
