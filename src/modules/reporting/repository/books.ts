// The journal of what is counted, and how a model is made of it: one statement, the same for events that just came and
// for a whole new model. Every amount is added up here and nowhere else, so both ways give identical figures.
import { defineStatement } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import type { BooksTable, ReportingDatabase, ReportingTx } from "../schema.js";

const lock = defineStatement<BooksTable>(
  "reporting.lock-books",
  "select model, currency from books for no key update",
);

/** Until the end of the transaction nobody else counts, and no other model takes the place of this one. It is a
 *  statement of its own: what follows must see what the one before us committed. */
export async function lockBooks(database: ReportingDatabase, tx: ReportingTx): Promise<BooksTable> {
  const [books] = await database.run(lock, [], tx);
  if (!books) throw new Error("The books are one row");
  return books;
}

const setCurrency = defineStatement<never>(
  "reporting.set-currency",
  "update books set currency = $1",
);

export const openBooks = (database: ReportingDatabase, currency: string, tx: ReportingTx) =>
  database.run(setCurrency, [currency], tx);

/** Columns of `sales` in the order in which both kinds are made. */
const SALE =
  "model, seq, kind, order_id, number, business_date, hour, at, sold_on, service_type, method, server_id, server_name, utc_offset, day_starts_at, reason, subtotal, discount, service_charge, tax, tax_included, rounding, total";

const AMOUNTS = [
  "subtotal",
  "discount",
  "serviceCharge",
  "tax",
  "taxIncluded",
  "rounding",
  "total",
];
const amounts = (sign: "" | "-") =>
  AMOUNTS.map((name) => `${sign}(data #>> '{totals,${name},amount}')::bigint`).join(", ");

const at = (name: string) => `(data ->> '${name}')::timestamptz`;
/** The time on the restaurant's wall. */
const wall = (instant: string) => `((${instant}) at time zone 'UTC' + utc_offset)`;
const hour = (instant: string) => `extract(hour from ${wall(instant)})::smallint`;
const tradingDay = (instant: string) => `(${wall(instant)} - day_starts_at)::date`;

const SALES_SUMS = {
  orders: "count(*) filter (where kind = 'sale')",
  cancelled_orders: "count(*) filter (where kind = 'cancellation')",
  late_orders: "count(*) filter (where kind = 'cancellation' and sold_on < business_date)",
  sales: "sum(subtotal) filter (where kind = 'sale')",
  cancelled: "-sum(subtotal) filter (where kind = 'cancellation')",
  late: "-sum(subtotal) filter (where kind = 'cancellation' and sold_on < business_date)",
  discount: "sum(discount)",
  service_charge: "sum(service_charge)",
  tax: "sum(tax)",
  tax_included: "sum(tax_included)",
  rounding: "sum(rounding)",
  total: "sum(total)",
  sold_total: "sum(total) filter (where kind = 'sale')",
};
const DISH_SUMS = {
  quantity: "sum(quantity) filter (where kind = 'sale')",
  cancelled_quantity: "-sum(quantity) filter (where kind = 'cancellation')",
  sales: "sum(total) filter (where kind = 'sale')",
  cancelled: "-sum(total) filter (where kind = 'cancellation')",
};
const MONEY_SUMS = {
  payments: "count(*) filter (where kind = 'payment')",
  refunds: "count(*) filter (where kind = 'refund')",
  captured: "sum(amount) filter (where kind = 'payment')",
  refunded: "-sum(amount) filter (where kind = 'refund')",
};

/** Adds the sums of `source` to the figures of `table`, one row for each `key`. */
function addUp(
  table: string,
  source: string,
  key: string,
  sums: Readonly<Record<string, string>>,
): string {
  const names = Object.keys(sums);
  return `insert into ${table} as figures (model, ${key}, ${names.join(", ")})
    select $1, ${key}, ${Object.values(sums)
      .map((sum) => `coalesce(${sum}, 0)`)
      .join(", ")}
    from ${source} group by ${key}
    on conflict (model, ${key}) do update set
      ${names.map((name) => `${name} = figures.${name} + excluded.${name}`).join(", ")}`;
}

/** Of the model $1. `batch` gives rows of the journal, in whatever way. Answers with how many they were, the last `seq`,
 *  and the numbers of cancelled orders whose sale is not known. An event that is counted already changes nothing. */
const project = (batch: string): string => `
  with batch as (
    ${batch}
  ), sold as (
    insert into sales (${SALE})
    select $1, seq, 'sale', order_id, (data ->> 'number')::bigint, (data ->> 'businessDate')::date,
      ${hour(at("placedAt"))}, ${at("placedAt")}, (data ->> 'businessDate')::date, data ->> 'serviceType',
      data #>> '{payment,method}', data #>> '{placedBy,id}', data #>> '{placedBy,name}', utc_offset, day_starts_at,
      null, ${amounts("")}
    from batch cross join lateral (select
      make_interval(mins => coalesce((data #>> '{clock,utcOffsetMinutes}')::integer, 0)) as utc_offset,
      coalesce(data #>> '{clock,businessDayStartsAt}', '00:00')::interval as day_starts_at) as clock
    where name = 'orders.order-placed.v1'
    on conflict (model, order_id, kind) do nothing
    returning *
  ), known as (
    select * from sold
    union all
    select * from sales where model = $1 and kind = 'sale' and order_id in (select order_id from batch)
  ), cancelled as (
    insert into sales (${SALE})
    select $1, batch.seq, 'cancellation', order_id, number, (data ->> 'cancelledOn')::date,
      ${hour(at("cancelledAt"))}, ${at("cancelledAt")}, sold_on, service_type, method, server_id, server_name,
      utc_offset, day_starts_at, data ->> 'reason', ${amounts("-")}
    from batch join known using (order_id)
    where name = 'orders.order-cancelled.v1'
    on conflict (model, order_id, kind) do nothing
    returning *
  ), booked as (
    select * from sold union all select * from cancelled
  ), dishes as (
    insert into sold_dishes (model, seq, kind, order_id, business_date, product_id, sku, name, category,
      category_name, quantity, total)
    select $1, seq, kind, booked.order_id, booked.business_date, (line ->> 'productId')::uuid, line ->> 'sku',
      line -> 'name', line #>> '{category,code}', line #> '{category,name}',
      sum(case kind when 'sale' then 1 else -1 end * (line ->> 'quantity')::integer),
      sum(case kind when 'sale' then 1 else -1 end * (line #>> '{total,amount}')::bigint)
    from booked join batch using (seq) cross join jsonb_array_elements(data -> 'lineItems') as line
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    returning *
  ), paid as (
    insert into takings (model, id, seq, kind, order_id, number, business_date, at, method, amount)
    select $1, (data ->> 'paymentId')::uuid, batch.seq, 'payment', order_id, known.number, known.business_date,
      ${at("capturedAt")}, data ->> 'method', (data #>> '{amount,amount}')::bigint
    from batch left join known using (order_id)
    where name = 'payments.payment-captured.v1'
    union all
    select $1, (data ->> 'refundId')::uuid, batch.seq, 'refund', order_id, known.number,
      ${tradingDay(at("refundedAt"))}, ${at("refundedAt")}, data ->> 'method', -(data #>> '{amount,amount}')::bigint
    from batch left join known using (order_id)
    where name = 'payments.payment-refunded.v1'
    on conflict (model, id) do nothing
    returning *
  ), dated as (
    update takings set number = sold.number,
      business_date = case takings.kind when 'payment' then sold.business_date else ${tradingDay("takings.at")} end
    from sold
    where takings.model = $1 and takings.order_id = sold.order_id and takings.business_date is null
    returning takings.*
  ), counted_sales as (
    ${addUp("sales_figures", "booked", "business_date, hour, server_id, server_name, service_type", SALES_SUMS)}
  ), counted_dishes as (
    ${addUp("dish_figures", "dishes", "business_date, product_id, sku, name, category, category_name", DISH_SUMS)}
  ), counted_money as (
    ${addUp(
      "money_figures",
      "(select * from paid where business_date is not null union all select * from dated) as taken",
      "business_date, method",
      MONEY_SUMS,
    )}
  )
  select count(*) as events, max(seq) as last,
    array(select data ->> 'number' from batch
      where name = 'orders.order-cancelled.v1' and order_id not in (select order_id from known)) as unsold
  from batch`;

export interface Projected {
  readonly events: number;
  readonly last: number | null;
  /** Numbers of cancelled orders whose sale is not known. */
  readonly unsold: readonly string[];
}

const count = defineStatement<Projected>(
  "reporting.count",
  project(`insert into journal (event_id, name, order_id, data)
    select (event ->> 'id')::uuid, event ->> 'name', (event ->> 'key')::uuid, event -> 'data'
    from jsonb_array_elements($2::jsonb) with ordinality as list(event, place)
    order by place
    on conflict (event_id) do nothing
    returning seq, name, order_id, data`),
);

/** Keeps the events in the journal and counts them, in one round trip. With the books locked. */
export async function countEvents(
  database: ReportingDatabase,
  { model, events }: { model: number; events: readonly EventEnvelope[] },
  tx: ReportingTx,
): Promise<Projected | undefined> {
  return (await database.run(count, [model, JSON.stringify(events)], tx))[0];
}

const recount = defineStatement<Projected>(
  "reporting.recount",
  project("select seq, name, order_id, data from journal where seq > $2 order by seq limit $3"),
);

/** Counts the next events of the journal into a model that is being built. */
export async function countJournal(
  database: ReportingDatabase,
  { model, after, limit }: { model: number; after: number; limit: number },
  tx: ReportingTx,
): Promise<Projected | undefined> {
  return (await database.run(recount, [model, after, limit], tx))[0];
}
