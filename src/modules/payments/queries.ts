// Reads of payments: for people, and the books for reconciliation.
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#platform/contract";
import { money, Uuid } from "#platform/kernel";
import type { Payment } from "./contract.js";
import { listBook, summarizeBook } from "./repository/books.js";
import { findPaymentOfOrder, listAttempts } from "./repository/history.js";
import {
  findPayment,
  listPayments,
  listRefunds,
  type PaymentsDatabase,
} from "./repository/payments.js";
import { refundable } from "./rules.js";
import type { PaymentsTable, RefundsTable } from "./schema.js";

export function toPayment(row: PaymentsTable): Payment {
  const of = (amount: number) => money(amount, row.currency ?? "");
  if (row.method === null) throw new Error(`${row.id} is a bar and no payment`);
  return {
    id: row.id,
    orderId: row.orderId,
    method: row.method,
    status: row.status,
    amount: of(row.amount),
    captured: of(row.captured),
    refunded: of(row.refunded),
    ...(row.tendered !== null && { tendered: of(row.tendered) }),
    ...(row.change !== null && { change: of(row.change) }),
    ...(row.cardEnding !== null && { cardEnding: row.cardEnding }),
    ...(row.declineCode !== null && { declineCode: row.declineCode }),
    createdAt: row.createdAt.toISOString(),
    ...(row.capturedAt && { capturedAt: row.capturedAt.toISOString() }),
  };
}

const toRefund = (refund: RefundsTable, currency: string) => ({
  id: refund.id,
  amount: money(refund.amount, currency),
  status: refund.status,
  reason: refund.reason,
  requestedAt: refund.requestedAt.toISOString(),
  ...(refund.settledAt && { settledAt: refund.settledAt.toISOString() }),
});

export async function getPaymentWithRefunds(database: PaymentsDatabase, id: string) {
  const row = await findPayment(database, id);
  if (!row) return undefined;
  const refunds = await listRefunds(database.kysely, id);
  return {
    ...toPayment(row),
    refunds: refunds.map((refund) => toRefund(refund, row.currency ?? "")),
  };
}

/** Everything that became of an order's money; undefined when nothing did. */
export async function getMoneyOfOrder(database: PaymentsDatabase, orderId: string) {
  const row = await findPaymentOfOrder(database, orderId);
  if (!row) return undefined;
  const [refunds, attempts] = await Promise.all([
    listRefunds(database.kysely, row.id),
    listAttempts(database, row.id),
  ]);
  const { barredAt, barredReason } = row;
  return {
    ...(row.method !== null && { payment: toPayment(row) }),
    ...(barredAt && { barred: { at: barredAt.toISOString(), reason: barredReason ?? "" } }),
    refunds: refunds.map((refund) => toRefund(refund, row.currency ?? "")),
    attempts: attempts.map(({ at, operation, outcome, detail }) => ({
      at: at.toISOString(),
      operation,
      outcome,
      ...(detail !== null && { detail }),
    })),
  };
}

/** What is left to give back; undefined where there is no payment. */
export async function findRefundable(database: PaymentsDatabase, orderId: string) {
  const row = await findPaymentOfOrder(database, orderId);
  return row?.currency == null ? undefined : money(refundable(row), row.currency);
}

/** Sums by method, and what waits for a person in these books alone. */
export async function summarize(database: PaymentsDatabase) {
  const row = await summarizeBook(database);
  if (!row) throw new Error("The summary is one row");
  const faults: string[] = [];
  if (row.unanswered > 0) {
    faults.push(
      `${row.unanswered} refunds wait for the gateway's answer; ask again by the same key, or cancel the order`,
    );
  }
  return { payments: row.payments, pending: row.pending, byMethod: row.byMethod ?? [], faults };
}

const Cursor = z.object({ before: Uuid });

/** Newest first. */
export async function listPaymentPage(
  database: PaymentsDatabase,
  {
    cursor,
    ...query
  }: Omit<Parameters<typeof listPayments>[1], "before"> & { cursor?: string | undefined },
) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, Cursor).before;
  const rows = await listPayments(database, { ...query, before, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit).map(toPayment);
  const last = rows.length > items.length ? items.at(-1) : undefined;
  return { items, nextCursor: last ? encodeCursor({ before: last.id }) : null };
}

/** In the order of their orders' ids, for reconciliation. */
export async function readBook(
  database: PaymentsDatabase,
  after: string | undefined,
  limit: number,
) {
  const lines = await listBook(database, after, limit);
  return lines.map(({ wrongRefunds, ...line }) => ({
    ...line,
    keptSince: line.keptSince.toISOString(),
    faults: wrongRefunds ? ["its payment differs from the sum of its refunds"] : [],
  }));
}
