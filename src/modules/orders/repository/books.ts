// What reconciliation asks of orders, no decision.
import { defineStatement } from "#platform/db";
import type { OrdersDatabase, OrdersTable } from "../schema.js";

export interface BookSummary {
  readonly orders: number;
  readonly lastNumber: number;
  readonly numbers: number;
  readonly soldByProduct: Record<string, number> | null;
  readonly wrongTotals: number;
  readonly wrongCancellations: number;
}

const selectSummary = defineStatement<BookSummary>(
  "orders.book-summary",
  `select
     (select count(*) from orders) as orders,
     (select last from counters where series = 'receipts') as "lastNumber",
     (select count(distinct number) from orders) as numbers,
     (select jsonb_object_agg(product_id, sold) from (
        select product_id, sum(quantity) as sold
        from line_items join orders on orders.id = order_id and status = 'placed'
        group by product_id) as sums) as "soldByProduct",
     (select count(*) from orders full join cancellations on order_id = id
      where (status = 'cancelled') <> (order_id is not null)) as "wrongCancellations",
     (select count(*) from orders
      where subtotal <> (select sum(line_items.total) from line_items where order_id = orders.id)) as "wrongTotals"`,
);

export const summarizeBook = async (database: OrdersDatabase) =>
  (await database.run(selectSummary, []))[0];

export interface BookLine {
  readonly orderId: string;
  readonly paymentId: string;
  readonly total: number;
  readonly status: OrdersTable["status"];
  readonly paymentStatus: OrdersTable["paymentStatus"];
}

const selectBookPage = defineStatement<BookLine>(
  "orders.book-page",
  `select id as "orderId", payment_id as "paymentId", total, status, payment_status as "paymentStatus"
   from orders where $1::uuid is null or id > $1 order by id limit $2`,
);

/** In the order of ids. */
export const listBook = (database: OrdersDatabase, after: string | undefined, limit: number) =>
  database.run(selectBookPage, [after ?? null, limit]);
