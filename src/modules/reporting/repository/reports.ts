// Figures for reports: each answer is one statement over a few rows for each day, whatever the number of orders.
import { defineStatement } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import type { ReportingDatabase } from "../schema.js";

/** What every answer begins with. */
export interface Heading {
  readonly currency: string | null;
  readonly from: string;
  readonly to: string;
  /** Of the trading day, by the newest sale. */
  readonly startHour: number;
}

export interface SalesSums {
  readonly orders: number;
  readonly cancelledOrders: number;
  readonly lateOrders: number;
  readonly sales: number;
  readonly cancelled: number;
  readonly late: number;
  readonly discount: number;
  readonly serviceCharge: number;
  readonly tax: number;
  readonly taxIncluded: number;
  readonly rounding: number;
  readonly total: number;
  readonly soldTotal: number;
}
export type SalesRow = SalesSums & { readonly key: string; readonly name: string };

export interface DishRow {
  readonly key: string;
  readonly name: LocalizedText;
  /** Absent for a category. */
  readonly sku?: string;
  readonly category?: string;
  readonly quantity: number;
  readonly cancelledQuantity: number;
  readonly sales: number;
  readonly cancelled: number;
}

export interface MoneyRow {
  readonly key: string;
  readonly payments: number;
  readonly refunds: number;
  readonly captured: number;
  readonly refunded: number;
}

/** $1 is now, $2 and $3 are the first and the last day or null: the only day, or today by the newest sale's clock. */
const RANGE = `clock as (
    select books.model, books.currency, coalesce(newest.day_starts_at, '0') as day_starts_at,
      ($1::timestamptz at time zone 'UTC' + coalesce(newest.utc_offset, '0')
        - coalesce(newest.day_starts_at, '0'))::date as today
    from books left join lateral (
      select utc_offset, day_starts_at from sales where sales.model = books.model
      order by business_date desc, seq desc limit 1) as newest on true
  ), range as (
    select model, currency, extract(hour from day_starts_at)::integer as start_hour,
      coalesce($2::date, $3::date, today) as first, coalesce($3::date, $2::date, today) as last
    from clock
  )`;
const WITHIN = "model = range.model and business_date between range.first and range.last";
const HEADING = `range.currency, range.first as "from", range.last as "to", range.start_hour as "startHour"`;

const camel = (name: string) =>
  name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
const sums = (...names: string[]) =>
  names.map((name) => `sum(${name})::bigint as "${camel(name)}"`).join(", ");
/** What it was called last within the range. */
const last = (name: string) => `(array_agg(${name} order by business_date desc, ${name}))[1]`;

const sales = (key: string, name: string) =>
  `select ${key}::text as key, ${name} as name, ${sums(
    "orders",
    "cancelled_orders",
    "late_orders",
    "sales",
    "cancelled",
    "late",
    "discount",
    "service_charge",
    "tax",
    "tax_included",
    "rounding",
    "total",
    "sold_total",
  )} from sales_figures where ${WITHIN} group by ${key}`;

const DISH_SUMS = sums("quantity", "cancelled_quantity", "sales", "cancelled");
const BEST_FIRST = "order by sum(sales) - sum(cancelled) desc, 1";
const DISHES = `select product_id::text as key, ${last("name")} as name, ${last("sku")} as sku,
    ${last("category")} as category, ${DISH_SUMS}
  from dish_figures where ${WITHIN} group by product_id ${BEST_FIRST}`;
const CATEGORIES = `select category as key, ${last("category_name")} as name, ${DISH_SUMS}
  from dish_figures where ${WITHIN} group by category ${BEST_FIRST}`;
const WITHOUT_SALE = `(select coalesce(sum(amount), 0)::bigint from takings
    where model = range.model and business_date is null) as "withoutSale"`;
const METHODS = `select method as key, ${sums("payments", "refunds", "captured", "refunded")}
  from money_figures where ${WITHIN} group by method order by 1`;

/** A row without `key` says that there are no figures. */
export type Report<Row, Head = Heading> = readonly (Head & (Row | { readonly key: null }))[];
export type MoneyHeading = Heading & { readonly withoutSale: number };

const report = <Row, Head = Heading>(name: string, figures: string, more = "") =>
  defineStatement<Report<Row, Head>[number]>(
    `reporting.${name}`,
    `with ${RANGE} select ${HEADING}${more}, figures.*
     from range left join lateral (${figures}) as figures on true`,
  );

const BY_DATE = `${sales("business_date", "''")} order by 1`;
const BY_HOUR = sales("hour", "''");
const byDate = report<SalesRow>("by-date", BY_DATE);
const byHour = report<SalesRow>("by-hour", BY_HOUR);
const byServer = report<SalesRow>(
  "by-server",
  `${sales("server_id", last("server_name"))} order by sum(total) desc, 1`,
);
const byServiceType = report<SalesRow>(
  "by-service-type",
  `${sales("service_type", "''")} order by 1`,
);
const byDish = report<DishRow>("by-dish", DISHES);
const byCategory = report<DishRow>("by-category", CATEGORIES);
const byMethod = report<MoneyRow, MoneyHeading>("by-method", METHODS, `, ${WITHOUT_SALE}`);

export interface Range {
  readonly now: Date;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
const values = ({ now, from, to }: Range) => [now, from ?? null, to ?? null];

export const readByDate = (database: ReportingDatabase, range: Range) =>
  database.run(byDate, values(range));
export const readByHour = (database: ReportingDatabase, range: Range) =>
  database.run(byHour, values(range));
export const readByServer = (database: ReportingDatabase, range: Range) =>
  database.run(byServer, values(range));
export const readByServiceType = (database: ReportingDatabase, range: Range) =>
  database.run(byServiceType, values(range));
export const readByDish = (database: ReportingDatabase, range: Range) =>
  database.run(byDish, values(range));
export const readByCategory = (database: ReportingDatabase, range: Range) =>
  database.run(byCategory, values(range));
export const readByMethod = (database: ReportingDatabase, range: Range) =>
  database.run(byMethod, values(range));

export interface Today extends Heading {
  readonly hours: readonly SalesRow[];
  readonly dishes: readonly DishRow[];
  readonly methods: readonly MoneyRow[];
  readonly lowStock: number;
  readonly soldOut: number;
}

const list = (figures: string) =>
  `(select coalesce(jsonb_agg(figures), '[]') from (${figures}) as figures)`;
const IN_STOCK = "tracked and not archived and version > 0";
const today = defineStatement<Today>(
  "reporting.today",
  `with ${RANGE} select ${HEADING}, ${list(BY_HOUR)} as hours, ${list(`${DISHES} limit 10`)} as dishes,
     ${list(METHODS)} as methods, stock.*
   from range cross join (
     select count(*) filter (where available <= low_stock_at) as "lowStock",
       count(*) filter (where available = 0) as "soldOut"
     from products where ${IN_STOCK}) as stock`,
);

export const readToday = async (database: ReportingDatabase, now: Date) =>
  (await database.run(today, values({ now })))[0];

export interface StockRow {
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly price: number;
  readonly currency: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly lowStockAt: number | null;
}

const stock = defineStatement<StockRow>(
  "reporting.stock",
  `select product_id as "productId", sku, name, price, currency, on_hand as "onHand", reserved, available,
     low_stock_at as "lowStockAt"
   from products where ${IN_STOCK} order by available > coalesce(low_stock_at, 0), sku`,
);

export const readStock = (database: ReportingDatabase) => database.run(stock, []);
