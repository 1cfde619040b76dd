// What reconciliation asks of orders, no decision.
import { defineStatement } from "#platform/db";
import type { OrdersDatabase, OrdersTable } from "../schema.js";

export interface BookSummary {
  readonly orders: number;
  readonly cancelled: number;
  readonly lastNumber: number;
}

// Receipt numbers are unique: as many orders as the last number says leave no gap.
const selectSummary = defineStatement<BookSummary>(
  "orders.book-summary",
  `select
     (select count(*) from orders) as orders,
     (select count(*) from cancellations) as cancelled,
     (select last from counters where series = 'receipts') as "lastNumber"`,
);

export const summarizeBook = async (database: OrdersDatabase) =>
  (await database.run(selectSummary, []))[0];

export interface BookLine {
  readonly orderId: string;
  readonly paymentId: string;
  readonly total: number;
  readonly status: OrdersTable["status"];
  readonly paymentStatus: OrdersTable["paymentStatus"];
  /** Portions by product. */
  readonly quantities: Record<string, number> | null;
  readonly wrongTotal: boolean;
  readonly wrongCancellation: boolean;
}

// By pages, since no statement may take longer the longer a restaurant has been open.
const selectBookPage = defineStatement<BookLine>(
  "orders.book-page",
  `select id as "orderId", payment_id as "paymentId", total, status, payment_status as "paymentStatus",
     quantities, subtotal is distinct from lines_total as "wrongTotal",
     (status = 'cancelled') <> exists (select from cancellations where order_id = orders.id) as "wrongCancellation"
   from orders cross join lateral (
     select jsonb_object_agg(product_id, quantity) as quantities, sum(lines_total)::bigint as lines_total from (
       select product_id, sum(quantity) as quantity, sum(line_items.total) as lines_total
       from line_items where order_id = orders.id group by product_id) as products) as lines
   where $1::uuid is null or id > $1 order by id limit $2`,
);

/** In the order of ids. */
export const listBook = (database: OrdersDatabase, after: string | undefined, limit: number) =>
  database.run(selectBookPage, [after ?? null, limit]);
