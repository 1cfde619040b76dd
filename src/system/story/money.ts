// An order's money as entries of its story: its payment, what the gateway was asked, what went back. Pure.
import type { PaymentsFace } from "#modules/payments";
import { writeMoney } from "#platform/kernel";
import type { StoryEntry } from "./contract.js";

export type MoneyOfStory = Awaited<ReturnType<PaymentsFace["byOrder"]>>;

type Outcome = StoryEntry["outcome"];
const OF_PAYMENT: Readonly<Record<NonNullable<MoneyOfStory["payment"]>["status"], Outcome>> = {
  pending: "waiting",
  captured: "done",
  declined: "failed",
  cancelled: "done",
};
const OF_REFUND: Readonly<Record<MoneyOfStory["refunds"][number]["status"], Outcome>> = {
  pending: "waiting",
  refunded: "done",
  refused: "failed",
};
const BAD = new Set(["declined", "unknown", "refused"]);

export function entriesOfMoney(money: MoneyOfStory | undefined): StoryEntry[] {
  if (!money) return [];
  const module = "payments";
  const entries: StoryEntry[] = money.attempts.map(({ at, operation, outcome, detail }, index) => ({
    id: `gateway ${index + 1}`,
    module,
    kind: "gateway",
    at,
    title: `${operation}: ${outcome}`,
    ...(detail !== undefined && { detail }),
    outcome: BAD.has(outcome) ? "failed" : "done",
  }));
  const { payment, barred } = money;
  if (payment) {
    const { id, method, status, createdAt, capturedAt, declineCode } = payment;
    const at = capturedAt ?? createdAt;
    entries.push({
      id,
      module,
      kind: "payment",
      at: createdAt,
      tookMs: Math.max(0, Date.parse(at) - Date.parse(createdAt)),
      title: `${writeMoney(payment.amount)} by ${method}: ${status}`,
      ...(declineCode !== undefined && { detail: declineCode }),
      outcome: OF_PAYMENT[status],
    });
  }
  if (barred) {
    entries.push({
      id: "barred",
      module,
      kind: "payment",
      at: barred.at,
      title: "takes no money any more",
      detail: barred.reason,
      outcome: "done",
    });
  }
  for (const { id, amount, status, reason, requestedAt, settledAt } of money.refunds) {
    entries.push({
      id,
      module,
      kind: "refund",
      at: requestedAt,
      ...(settledAt !== undefined && {
        tookMs: Math.max(0, Date.parse(settledAt) - Date.parse(requestedAt)),
      }),
      title: `${writeMoney(amount)} back: ${status}`,
      detail: reason,
      outcome: OF_REFUND[status],
    });
  }
  return entries;
}
