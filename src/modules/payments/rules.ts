// Pure decisions of payments: what a stored payment answers, what a reversal must do, how much may go back.
import { type Money, money } from "#platform/kernel";
import type { ChargeOutcome } from "./gateway/gateway.js";
import type { PaymentsTable, RefundsTable } from "./schema.js";

export type Asked =
  | { readonly method: "cash"; readonly tendered: Money }
  | { readonly method: "card"; readonly token: string };

/** What goes back to the guest; undefined when the cash is too little or of another currency. */
export function changeFor(due: Money, tendered: Money): Money | undefined {
  if (tendered.currency !== due.currency || tendered.amount < due.amount) return undefined;
  return money(tendered.amount - due.amount, due.currency);
}

const ENDING = 4;

/** The last characters of a token that is long enough to stay unknown by them; whole ones, or they could not be stored. */
export function endingOf(token: string): string | null {
  const characters = Array.from(token);
  return characters.length >= 2 * ENDING ? characters.slice(-ENDING).join("") : null;
}

export type Answer =
  | { readonly kind: "captured" }
  | { readonly kind: "declined"; readonly code: string }
  | { readonly kind: "pending" }
  | { readonly kind: "barred" }
  | { readonly kind: "mismatch" };

/** What a charge of `amount` by `method` is told about the payment that its order has. */
export function answerOf(
  row: PaymentsTable,
  asked: { readonly method: string; readonly amount: Money },
): Answer {
  if (row.barredAt) return { kind: "barred" };
  if (
    row.method !== asked.method ||
    row.amount !== asked.amount.amount ||
    row.currency !== asked.amount.currency
  ) {
    return { kind: "mismatch" };
  }
  if (row.status === "declined") return { kind: "declined", code: row.declineCode ?? "declined" };
  // Cancelled without a bar: the request never reached the gateway, and its key was closed there.
  if (row.status === "cancelled") return { kind: "declined", code: "not-taken" };
  return { kind: row.status };
}

export interface Settlement {
  readonly status: "captured" | "declined" | "cancelled";
  readonly declineCode: string | null;
}

/** How the gateway's answer ends a pending payment; undefined while nobody knows. */
export function settlementOf(outcome: ChargeOutcome): Settlement | undefined {
  switch (outcome.kind) {
    case "captured":
    case "cancelled":
      return { status: outcome.kind, declineCode: null };
    case "declined":
      return { status: "declined", declineCode: outcome.code };
    default:
      return undefined;
  }
}

/** So often a charge whose answer was lost is sent by the same key; then the key is closed at the gateway. */
const MAX_SENDS = 3;

/** What to do with a pending payment of which the gateway, asked by its key, knows nothing. */
export const nextForUnseen = (sent: number): "send" | "close" =>
  sent < MAX_SENDS ? "send" : "close";

export const refundable = (row: Pick<PaymentsTable, "captured" | "refunded">): number =>
  row.captured - row.refunded;

export type Reversal = "nothing-to-reverse" | "cancelled" | "refunded";

/** What a reversal that has done its work says; the same however often it is asked. */
export function reversalOf(row: PaymentsTable): Reversal {
  if (row.status === "captured") return "refunded";
  return row.status === "cancelled" && row.method !== null ? "cancelled" : "nothing-to-reverse";
}

/** Nobody else's key begins so: the contract refuses it. */
const isReversal = (key: string) => key.startsWith("reverse-");

/** A refund that the gateway refused moved nothing, so the next reversal may ask again under a new key. */
export const reversalKey = (refunds: readonly Pick<RefundsTable, "status" | "key">[]): string =>
  `reverse-${refunds.filter((one) => one.status === "refused" && isReversal(one.key)).length}`;

export type RefundDecision =
  | { readonly kind: "repeat"; readonly refund: RefundsTable }
  | { readonly kind: "new"; readonly amount: number }
  | { readonly kind: "key-reused" | "not-captured" | "barred" | "all-given" | "foreign" }
  | { readonly kind: "too-much"; readonly refundable: number };

/** Without `amount`: all that is left. Never above what was captured and not yet given back. Once an order is barred, only
 *  its reversal gives back: it has asked for what people gave, and would not know of more. */
export function decideRefund(
  row: PaymentsTable,
  refunds: readonly RefundsTable[],
  { key, amount }: { readonly key: string; readonly amount?: Money | undefined },
): RefundDecision {
  const earlier = refunds.find((refund) => refund.key === key);
  const foreign = amount !== undefined && amount.currency !== row.currency;
  if (earlier) {
    const same = amount === undefined || (amount.amount === earlier.amount && !foreign);
    return same ? { kind: "repeat", refund: earlier } : { kind: "key-reused" };
  }
  if (row.status !== "captured") return { kind: "not-captured" };
  if (row.barredAt && !isReversal(key)) return { kind: "barred" };
  const left = refundable(row);
  const wanted = amount?.amount ?? left;
  if (left === 0) return { kind: "all-given" };
  if (foreign) return { kind: "foreign" };
  if (wanted > left || wanted <= 0) return { kind: "too-much", refundable: left };
  return { kind: "new", amount: wanted };
}
