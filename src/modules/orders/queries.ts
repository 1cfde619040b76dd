// Reads of orders: what was sold, and what a cart would cost now.
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#platform/contract";
import { type Money, money, Uuid } from "#platform/kernel";
import type { SagaCoordinator, SagaQuery, SagaRow } from "#platform/saga";
import type { Order, Saga } from "./contract.js";
import type { ServiceType } from "./events.js";
import { type PlaceOrderInput, type PlaceOrderResults, sold } from "./place-order.saga.js";
import { listBook, summarizeBook } from "./repository/books.js";
import { findCatalogueEntries } from "./repository/catalogue.js";
import { findOrder, listOrders, type OrderQuery, type OrderRow } from "./repository/orders.js";
import {
  type AskedLine,
  businessDateOf,
  type OrderingRules,
  priceLines,
  totalsOf,
} from "./rules.js";
import type { OrdersDatabase } from "./schema.js";

/** The order as its rows tell it; nothing of it is looked up anywhere else. */
export function toOrder(row: OrderRow): Order {
  const of = (amount: number) => money(amount, row.currency);
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    version: row.version,
    serviceType: row.serviceType,
    ...(row.tableId !== null && { tableId: row.tableId }),
    ...(row.tableName !== null && { tableName: row.tableName }),
    businessDate: row.businessDate,
    lineItems: row.lines.map((line) => ({
      id: line.id,
      productId: line.productId,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      unitPrice: of(line.unitPrice),
      modifiers: line.modifiers.map(({ code, name, price }) => ({ code, name, price: of(price) })),
      ...(line.note !== null && { note: line.note }),
      total: of(line.total),
    })),
    totals: {
      subtotal: of(row.subtotal),
      discount: of(row.discount),
      serviceCharge: of(row.serviceCharge),
      tax: of(row.tax),
      taxIncluded: of(row.taxIncluded),
      rounding: of(row.rounding),
      total: of(row.total),
    },
    payment: {
      id: row.paymentId,
      method: row.paymentMethod,
      status: row.paymentStatus,
      ...(row.tendered !== null && { tendered: of(row.tendered) }),
      ...(row.change !== null && { change: of(row.change) }),
    },
    placedBy: { id: row.placedById, name: row.placedByName },
    placedAt: row.placedAt.toISOString(),
    ...(row.cancellation && { cancellation: toCancellation(row.cancellation) }),
  };
}

const toCancellation = (row: NonNullable<OrderRow["cancellation"]>) => ({
  reason: row.reason,
  cancelledAt: new Date(row.cancelledAt).toISOString(),
  cancelledOn: row.cancelledOn,
  cancelledBy: { id: row.cancelledById, name: row.cancelledByName },
  ...(row.approvedById !== null && {
    approvedBy: { id: row.approvedById, name: row.approvedByName ?? "" },
  }),
  lineItems: row.outcomes,
  ...(row.attention !== null && { attention: row.attention }),
});

/** The order as its saga made it: equal to what `getOrder` reads, without reading. */
export function placedOrder(id: string, input: PlaceOrderInput, results: object): Order {
  const { number } = results as PlaceOrderResults;
  const { lines, payment } = sold(input, results);
  return {
    id,
    number,
    status: "placed",
    version: 1,
    serviceType: input.serviceType,
    ...(input.tableId !== undefined && { tableId: input.tableId }),
    ...(input.tableName !== undefined && { tableName: input.tableName }),
    businessDate: input.businessDate,
    lineItems: lines.map(({ category: _category, station: _station, ...line }) => line),
    totals: input.totals,
    payment,
    placedBy: input.placedBy,
    placedAt: input.placedAt,
  };
}

export async function getOrder(database: OrdersDatabase, id: string): Promise<Order | undefined> {
  const row = await findOrder(database, id);
  return row && toOrder(row);
}

const Cursor = z.object({ before: Uuid });

/** Newest first. */
export async function listOrderPage(
  database: OrdersDatabase,
  { cursor, ...query }: Omit<OrderQuery, "before"> & { cursor?: string | undefined },
) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, Cursor).before;
  const rows = await listOrders(database, { ...query, before, limit: query.limit + 1 });
  const items: Order[] = rows.slice(0, query.limit).map(toOrder);
  const last = rows.length > items.length ? items.at(-1) : undefined;
  return { items, nextCursor: last ? encodeCursor({ before: last.id }) : null };
}

/** In the order of ids, each with what does not add up in it. */
export async function readBook(database: OrdersDatabase, after: string | undefined, limit: number) {
  const lines = await listBook(database, after, limit);
  return lines.map(({ quantities, wrongTotal, wrongCancellation, ...line }) => ({
    ...line,
    quantities: quantities ?? {},
    faults: [
      ...(wrongTotal ? ["it differs from the sum of its lines"] : []),
      ...(wrongCancellation ? ["it and its cancellation disagree"] : []),
    ],
  }));
}

type AskedPreview = Omit<AskedLine, "unitPrice"> & { readonly unitPrice?: Money | undefined };

/** What placing it would cost: by the prices that the guest saw, and for the other lines by this module's copy of the
 *  catalogue. Were it always the copy, an order whose price the copy does not know yet would be told another total. */
export async function calculate(
  database: OrdersDatabase,
  { serviceType, lineItems }: { serviceType: ServiceType; lineItems: readonly AskedPreview[] },
  rules: OrderingRules,
  now: Date,
) {
  const entries = new Map(
    (
      await findCatalogueEntries(
        database,
        lineItems.map((line) => line.productId),
      )
    ).map((entry) => [entry.productId, entry]),
  );
  const unavailable = lineItems
    .map(({ productId }) => ({ productId, entry: entries.get(productId) }))
    .filter(({ entry }) => !entry || entry.archived)
    .map(({ productId, entry }) => ({ productId, reason: entry ? "archived" : "unknown" }));
  if (unavailable.length > 0) return { kind: "unavailable", items: unavailable } as const;

  const asked = lineItems.map((line) => {
    const entry = entries.get(line.productId);
    const unitPrice = line.unitPrice ?? money(entry?.price ?? 0, entry?.currency ?? "");
    return { ...line, unitPrice };
  });
  const { lines, faults } = priceLines(asked, rules);
  if (faults.length > 0) return { kind: "invalid-lines", faults } as const;
  const businessDate = businessDateOf(now, rules.restaurant);
  const { totals } = totalsOf(
    lines.map((line) => line.total),
    { serviceType, businessDate },
    rules,
  );
  const preview = lines.map(({ id, productId, quantity, unitPrice, modifiers, total }) => {
    const entry = entries.get(productId);
    return {
      id,
      productId,
      quantity,
      unitPrice,
      modifiers: [...modifiers],
      total,
      name: entry?.name ?? { en: "" },
      ...(entry?.tracked && { available: entry.available ?? 0 }),
    };
  });
  return { kind: "priced", lineItems: preview, totals } as const;
}

/** How much is in the order book, and whether all of it is there. */
export async function summarize(database: OrdersDatabase) {
  const row = await summarizeBook(database);
  if (!row) throw new Error("The summary is one row");
  const { orders, cancelled, lastNumber } = row;
  const faults =
    lastNumber === orders
      ? []
      : [`there are ${orders} orders, and the last number is ${lastNumber}`];
  return { orders, cancelled, faults };
}

/** A saga as people look at it. */
export function toSaga(row: SagaRow, sagas: Pick<SagaCoordinator, "timelineOf">): Saga {
  const { trace } = row.input as { trace?: string | null };
  return {
    id: row.id,
    definition: row.definition,
    orderId: row.subject,
    status: row.status,
    startedAt: row.startedAt.toISOString(),
    ...(row.endedAt && { endedAt: row.endedAt.toISOString() }),
    steps: sagas.timelineOf(row).map(({ startedAt, undo, ...step }) => ({
      ...step,
      ...(startedAt && { startedAt: startedAt.toISOString() }),
      ...(undo && { undo: { ...undo, startedAt: undo.startedAt.toISOString() } }),
    })),
    ...(row.cause !== null && { cause: row.cause }),
    ...(row.refusal && {
      refusal: {
        code: row.refusal.code.toLowerCase().replaceAll("_", "-"),
        status: row.refusal.status,
        detail: row.refusal.message,
      },
    }),
    ...(row.abandonedReason !== null && { abandonedReason: row.abandonedReason }),
    ...(trace && { trace }),
  };
}

/** Newest first. */
export async function listSagaPage(
  sagas: SagaCoordinator,
  {
    cursor,
    orderId,
    ...query
  }: Pick<SagaQuery, "status" | "limit"> & {
    orderId?: string | undefined;
    cursor?: string | undefined;
  },
) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, Cursor).before;
  const rows = await sagas.list({ ...query, subject: orderId, before, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit).map((row) => toSaga(row, sagas));
  const last = rows.length > items.length ? items.at(-1) : undefined;
  return { items, nextCursor: last ? encodeCursor({ before: last.id }) : null };
}
