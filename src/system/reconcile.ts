// Holds the modules' books against each other: pure, so that every difference it can find has a test.
import { sum } from "#platform/kernel";
import type { Reconciliation } from "./contract.js";
import { type Entries, moneyOf, PAYMENT_STATUS } from "./entries.js";

export interface StockEntry {
  readonly productId: string;
  readonly tracked: boolean;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly movements: number;
  /** Sold and not taken back according to the movements, as a positive count. */
  readonly sold: number;
}
interface Abandoned {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly abandonedAt: string;
}
export interface Books extends Entries {
  readonly orderFaults: readonly string[];
  readonly paymentFaults: readonly string[];
  readonly openSagas: readonly {
    id: string;
    subject: string;
    status: string;
    cause: string | null;
  }[];
  readonly abandonedSagas: readonly Abandoned[];
  readonly stock: readonly StockEntry[];
  readonly reservations: readonly { orderId: string; productId: string; at: string }[];
  readonly pendingEvents: number;
  readonly deadLetters: number;
}

/** `since`: from then on it stood as it is; a person who gave the order's saga up later has settled it. Absent: nobody
 *  can have. */
type Difference = Reconciliation["differences"][number] & { since?: string };

/** Every difference that remains when all is quiet is a fault; while work is under way the result is not final. */
export function reconcile(books: Books, checkedAt: Date): Reconciliation {
  const running = books.openSagas.filter((saga) => saga.status !== "needs-attention");
  const all: Difference[] = [
    ...books.orderFaults.map((detail) => ({
      what: "The order book is consistent",
      subject: "orders",
      detail,
    })),
    ...books.orders.flatMap(({ orderId, faults }) =>
      faults.map((detail) => ({ what: "The order book is consistent", subject: orderId, detail })),
    ),
    ...books.paymentFaults.map((detail) => ({
      what: "The payment book is consistent",
      subject: "payments",
      detail,
    })),
    ...books.payments.flatMap(({ orderId, faults }) =>
      faults.map((detail) => ({
        what: "The payment book is consistent",
        subject: orderId,
        detail,
      })),
    ),
    ...unfinished(books),
    ...moneyDifferences(books),
    ...stockDifferences(books),
  ];
  const reasons = all.map((difference) => reasonOf(difference, books.abandonedSagas));
  return {
    checkedAt: checkedAt.toISOString(),
    quiet: running.length === 0 && books.pendingEvents === 0,
    ...books.counts,
    sold: sum(Object.values(books.soldByProduct)),
    openSagas: books.openSagas.length,
    pendingEvents: books.pendingEvents,
    deadLetters: books.deadLetters,
    reservations: books.reservations.length,
    differences: all.flatMap(({ what, subject, detail }, index) =>
      reasons[index] === undefined ? [{ what, subject, detail }] : [],
    ),
    accepted: all.flatMap(({ what, subject, detail }, index) => {
      const reason = reasons[index];
      if (reason === undefined) return [];
      return [{ what, subject, detail: `${detail}; settled by hand: ${reason}` }];
    }),
  };
}

/** Of the person who settled this by hand; undefined when nobody did. Their word covers what they could see, and nothing
 *  that came later. */
const reasonOf = ({ subject, since }: Difference, abandoned: readonly Abandoned[]) =>
  since === undefined
    ? undefined
    : abandoned.findLast((saga) => saga.subject === subject && since <= saga.abandonedAt)?.reason;

function unfinished({ openSagas, reservations, deadLetters, orders }: Books): Difference[] {
  const differences: Difference[] = [];
  const running = new Set(openSagas.map((saga) => saga.subject));
  const recorded = new Set(orders.map((order) => order.orderId));
  for (const saga of openSagas) {
    if (saga.status !== "needs-attention") continue;
    differences.push({
      what: "No saga needs attention",
      subject: saga.id,
      detail: saga.cause ?? "no cause given",
    });
  }
  for (const { orderId, productId, at } of reservations) {
    if (running.has(orderId)) continue;
    differences.push({
      what: "No reservation is left over",
      subject: orderId,
      detail: recorded.has(orderId)
        ? `product ${productId} is still reserved although the order is placed`
        : `product ${productId} is reserved, but nothing places this order`,
      ...(!recorded.has(orderId) && { since: at }),
    });
  }
  if (deadLetters > 0) {
    differences.push({
      what: "No event is dead",
      subject: "events",
      detail: `${deadLetters} dead letters wait for a person`,
    });
  }
  return differences;
}

function moneyDifferences({ orders, payments, openSagas }: Books): Difference[] {
  const differences: Difference[] = [];
  const running = new Set(openSagas.map((saga) => saga.subject));
  const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]));
  for (const order of orders) {
    const payment = byOrder.get(order.orderId);
    byOrder.delete(order.orderId);
    const { kept, rest, due } = moneyOf(order, payment);
    // The money of a cancelled order is on its way back while its saga runs.
    const onItsWay = due === 0 && running.has(order.orderId) && kept === rest;
    // What the person who gave its cancellation up has settled, as the order itself says. No other difference of an order
    // that was placed is theirs.
    const settled = order.paymentStatus === "refund-abandoned" &&
      payment?.paymentId === order.paymentId && { since: payment.keptSince };
    const told = PAYMENT_STATUS[order.status] === order.paymentStatus || running.has(order.orderId);
    if (!payment || payment.paymentId !== order.paymentId || (kept !== due && !onItsWay)) {
      const detail = payment ? `${kept} was taken, ${due} is due` : `no payment, ${due} is due`;
      differences.push({
        what: "Each order is paid exactly once",
        subject: order.orderId,
        detail,
        ...settled,
      });
    } else if (!told) {
      differences.push({
        what: "Each order tells how its payment stands",
        subject: order.orderId,
        detail: `it is ${order.status} and says ${order.paymentStatus}`,
        ...settled,
      });
    }
  }
  for (const payment of byOrder.values()) {
    const kept = payment.captured - payment.refunded;
    if (running.has(payment.orderId)) continue;
    if (payment.unanswered) {
      differences.push({
        what: "No payment waits for an answer",
        subject: payment.orderId,
        detail: `nobody asks the gateway any more whether it took the money of ${payment.paymentId}; look there by this id, and give back what was taken`,
        since: payment.keptSince,
      });
    }
    if (kept === 0) continue;
    differences.push({
      what: "No money without an order",
      subject: payment.orderId,
      detail: `${kept} was taken for an order that was not placed`,
      since: payment.keptSince,
    });
  }
  return differences;
}

function stockDifferences({ stock, soldByProduct }: Books): Difference[] {
  const differences: Difference[] = [];
  for (const product of stock) {
    const { productId, tracked, onHand, reserved, available, movements, sold } = product;
    if (!tracked) continue;
    const say = (what: string, detail: string) =>
      differences.push({ what, subject: productId, detail });
    if (onHand !== movements)
      say(
        "On hand is the sum of the movements",
        `on hand ${onHand}, movements sum to ${movements}`,
      );
    if (onHand !== available + reserved) {
      say(
        "On hand is available plus reserved",
        `on hand ${onHand}, available ${available}, reserved ${reserved}`,
      );
    }
    if (Math.min(onHand, available, reserved) < 0) {
      say(
        "No stock is negative",
        `on hand ${onHand}, available ${available}, reserved ${reserved}`,
      );
    }
    const ordered = soldByProduct[productId] ?? 0;
    if (sold !== ordered)
      say("What was sold has left the stock", `orders sold ${ordered}, movements say ${sold}`);
  }
  return differences;
}
