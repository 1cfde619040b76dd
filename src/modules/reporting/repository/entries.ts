// The orders and the payments behind the figures, newest first.
import { defineStatement } from "#platform/db";
import type { ReportingDatabase } from "../schema.js";

export interface Page {
  /** Trading days; without them there is no bound. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Where the page before ended. */
  readonly before?: { readonly date: string; readonly seq: number } | undefined;
  readonly limit: number;
}

export interface SalesFilter {
  readonly hour?: number | undefined;
  readonly serverId?: string | undefined;
  readonly serviceType?: string | undefined;
  readonly method?: string | undefined;
  readonly category?: string | undefined;
  readonly productId?: string | undefined;
}

export interface SaleEntry {
  readonly seq: number;
  readonly kind: "sale" | "cancellation";
  readonly orderId: string;
  readonly number: number;
  readonly businessDate: string;
  readonly soldOn: string;
  readonly at: Date;
  readonly serviceType: "dine-in" | "takeaway";
  readonly method: "cash" | "card";
  readonly serverId: string;
  readonly serverName: string;
  readonly reason: string | null;
  /** Negative for a cancellation; of the dish or the category where the list is of one. */
  readonly amount: number;
  readonly quantity: number | null;
  readonly total: number;
  readonly currency: string | null;
}

const MODEL = "(select model from books)";
const CURRENCY = "(select currency from books) as currency";
/** Of a keyset: the page before ended at $3, $4. */
const within = (table: string) => `${table}.model = ${MODEL}
  and ${table}.business_date between coalesce($1::date, '-infinity') and coalesce($2::date, 'infinity')
  and ($3::date is null or (${table}.business_date, ${table}.seq) < ($3::date, $4::bigint))`;
const newestFirst = (table: string) =>
  `order by ${table}.business_date desc, ${table}.seq desc limit $5`;
const ENTRY = `sales.seq, sales.kind, sales.order_id as "orderId", sales.number, sales.business_date as "businessDate",
  sales.sold_on as "soldOn", sales.at, sales.service_type as "serviceType", sales.method,
  sales.server_id as "serverId", sales.server_name as "serverName", sales.reason, sales.total, ${CURRENCY}`;
const MATCHES = `($6::smallint is null or sales.hour = $6) and ($7::text is null or sales.server_id = $7)
  and ($8::text is null or sales.service_type = $8) and ($9::text is null or sales.method = $9)`;

const selectSales = defineStatement<SaleEntry>(
  "reporting.sales",
  `select ${ENTRY}, sales.subtotal as amount, null::integer as quantity
   from sales where ${within("sales")} and ${MATCHES} ${newestFirst("sales")}`,
);
const selectSalesOfCategory = defineStatement<SaleEntry>(
  "reporting.sales-of-category",
  `select ${ENTRY}, dishes.amount, dishes.quantity
   from sales cross join lateral (
     select sum(total)::bigint as amount, sum(quantity)::integer as quantity from sold_dishes as dish
     where dish.model = sales.model and dish.order_id = sales.order_id and dish.kind = sales.kind
       and dish.category = $10
     having count(*) > 0) as dishes
   where ${within("sales")} and ${MATCHES} ${newestFirst("sales")}`,
);
const selectSalesOfDish = defineStatement<SaleEntry>(
  "reporting.sales-of-dish",
  `select ${ENTRY}, dish.total as amount, dish.quantity
   from sold_dishes as dish join sales using (model, order_id, kind)
   where ${within("dish")} and dish.product_id = $10 and ($11::text is null or dish.category = $11)
     and ${MATCHES} ${newestFirst("dish")}`,
);

const places = ({ from, to, before, limit }: Page) => [
  from ?? null,
  to ?? null,
  before?.date ?? null,
  before?.seq ?? null,
  limit,
];
const values = (page: Page, filter: SalesFilter) => [
  ...places(page),
  filter.hour ?? null,
  filter.serverId ?? null,
  filter.serviceType ?? null,
  filter.method ?? null,
];

export const listSales = (database: ReportingDatabase, page: Page, filter: SalesFilter) =>
  database.run(selectSales, values(page, filter));

/** With what was sold of `filter.category` alone. */
export const listSalesOfCategory = (database: ReportingDatabase, page: Page, filter: SalesFilter) =>
  database.run(selectSalesOfCategory, [...values(page, filter), filter.category]);

/** With what was sold of the dish `filter.productId` alone. */
export const listSalesOfDish = (database: ReportingDatabase, page: Page, filter: SalesFilter) =>
  database.run(selectSalesOfDish, [
    ...values(page, filter),
    filter.productId,
    filter.category ?? null,
  ]);

export interface MoneyEntry {
  readonly seq: number;
  readonly kind: "payment" | "refund";
  readonly id: string;
  readonly orderId: string;
  readonly number: number;
  readonly businessDate: string;
  readonly at: Date;
  readonly method: "cash" | "card";
  /** Negative for a refund. */
  readonly amount: number;
  readonly currency: string | null;
}

const selectTakings = defineStatement<MoneyEntry>(
  "reporting.takings",
  `select seq, kind, id, order_id as "orderId", number, business_date as "businessDate", at, method, amount,
     ${CURRENCY}
   from takings where ${within("takings")} and ($6::text is null or method = $6) ${newestFirst("takings")}`,
);

export const listTakings = (database: ReportingDatabase, page: Page, method: string | undefined) =>
  database.run(selectTakings, [...places(page), method ?? null]);
