// Gives money back: a refund that a person asks for, and the reversal of whatever became of an order's charge.
import { type ActionBy, crashPoint, money, newId } from "#platform/kernel";
import type { ChargeRequest } from "../contract.js";
import { ask } from "../gateway/gateway.js";
import {
  addRefund,
  barOrder,
  listPendingGivenBack,
  listRefunds,
  lockPaymentOfOrder,
  recordAttempts,
  settleRefund,
} from "../repository/payments.js";
import { decideRefund, type Reversal, reversalKey, reversalOf } from "../rules.js";
import type { PaymentsTable, RefundsTable } from "../schema.js";
import type { Settle } from "./charge.js";
import { attemptOf, type PaymentsParts, refundedEvent, refundGiven } from "./parts.js";

export type Refunding =
  | { readonly kind: "refunded"; readonly row: PaymentsTable; readonly refund: RefundsTable }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "pending"; readonly paymentId: string; readonly refundId?: string }
  | { readonly kind: "key-reused" | "not-captured" | "barred" | "all-given" }
  | { readonly kind: "foreign"; readonly currency: string }
  | { readonly kind: "too-much"; readonly refundable: number; readonly currency: string };
export type Reversing =
  | { readonly kind: "reversed"; readonly status: Reversal }
  | Extract<Refunding, { kind: "refused" | "pending" }>;

export function createRefunds(parts: PaymentsParts, settle: Settle) {
  const { database, outbox, gateway, clock, gatewayDeadlineMs } = parts;
  const asking = <Outcome>(call: (signal: AbortSignal) => Promise<Outcome>) =>
    ask(call, gatewayDeadlineMs);

  /** Bars the order first; so what is in flight now ends before or finds the bar. Then takes back what was taken. */
  async function reverse(
    { orderId, reason }: { orderId: string; reason: string },
    trace: string | null,
  ): Promise<Reversing> {
    let row = await barOrder(database, { id: newId(), orderId, reason, at: clock() });
    crashPoint("payments.after-bar");
    if (row.status === "pending") {
      const outcome = await asking((signal) => gateway.cancel(row.id, signal));
      row = await settle(row, outcome, [attemptOf("cancel", outcome)], trace);
      if (row.status === "pending") return { kind: "pending", paymentId: row.id };
    }
    if (row.status === "captured") {
      // What a person gave and the gateway has not answered is held, so the rest would leave it out: asked again first.
      for (const one of await listPendingGivenBack(database, row.id)) {
        const giving = await giveBack(row, one, trace);
        if (giving.kind === "pending") return giving;
      }
      const refunding = await refund({ orderId, reason }, trace);
      if (refunding.kind === "refused" || refunding.kind === "pending") return refunding;
    }
    return { kind: "reversed", status: reversalOf(row) };
  }

  /** Without a key, the whole rest goes back as a reversal. Holds the amount first, so that no two refunds together
   *  exceed what was captured; then asks the gateway; a repetition asks again by the same key. */
  async function refund(
    asked: {
      orderId: string;
      amount?: ChargeRequest["amount"] | undefined;
      reason: string;
      key?: string;
      /** The person who gives it back; a reversal has none of its own. */
      by?: ActionBy | null;
    },
    trace: string | null,
  ): Promise<Refunding> {
    const at = clock();
    const id = newId();
    const held = await database.transaction(async (tx) => {
      const row = await lockPaymentOfOrder(tx, asked.orderId);
      if (!row) return { kind: "not-captured" } as const;
      const refunds = await listRefunds(tx, row.id);
      const key = asked.key ?? reversalKey(refunds);
      const decision = decideRefund(row, refunds, { key, amount: asked.amount });
      if (decision.kind !== "new") return { ...decision, row };
      const cash = row.method === "cash";
      const one: RefundsTable = {
        id,
        paymentId: row.id,
        key,
        amount: decision.amount,
        status: cash ? "refunded" : "pending",
        reason: asked.reason,
        refusalCode: null,
        requestedAt: at,
        settledAt: cash ? at : null,
      };
      const events = [
        ...(cash ? [refundedEvent(row, one, at, trace)] : []),
        ...(asked.by ? [refundGiven(asked.by, row, one, trace)] : []),
      ];
      await addRefund(database, one, events, tx);
      return {
        kind: "held",
        row: { ...row, refunded: row.refunded + one.amount },
        refund: one,
      } as const;
    });
    crashPoint("payments.after-hold");
    outbox.wake();
    switch (held.kind) {
      case "too-much":
        return { ...held, currency: held.row.currency ?? "" };
      case "foreign":
        return { kind: "foreign", currency: held.row.currency ?? "" };
      case "held":
      case "repeat":
        return giveBack(held.row, held.refund, trace);
      default:
        return { kind: held.kind };
    }
  }

  async function giveBack(
    row: PaymentsTable,
    one: RefundsTable,
    trace: string | null,
  ): Promise<Refunding> {
    if (one.status === "refunded") return { kind: "refunded", row, refund: one };
    if (one.status === "refused") return { kind: "refused", code: one.refusalCode ?? "refused" };
    const request = {
      key: one.id,
      chargeKey: row.id,
      amount: money(one.amount, row.currency ?? ""),
    };
    const outcome = await asking((signal) => gateway.refund(request, signal));
    crashPoint("payments.after-gateway-refund");
    await recordAttempts(database, row.id, [attemptOf("refund", outcome)]);
    if (outcome.kind === "unknown") return { kind: "pending", paymentId: row.id, refundId: one.id };
    const at = clock();
    const code = outcome.kind === "refused" ? outcome.code : null;
    const event = outcome.kind === "refunded" ? refundedEvent(row, one, at, trace) : null;
    await settleRefund(database, one.id, { status: outcome.kind, code }, { at, event });
    crashPoint("payments.after-settle-refund");
    outbox.wake();
    if (code !== null) return { kind: "refused", code };
    return { kind: "refunded", row, refund: { ...one, status: "refunded", settledAt: at } };
  }

  return { reverse, refund };
}
