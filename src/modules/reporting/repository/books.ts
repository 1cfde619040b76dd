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

/** The parts of both order events that are looked at: taken out at once, as a stored event is unpacked each time. */
const ORDER = `jsonb_to_record(data) as event(number bigint, "businessDate" date, "cancelledOn" date, clock jsonb,
      "serviceType" text, "placedAt" timestamptz, "cancelledAt" timestamptz, "placedBy" jsonb, reason text,
      payment jsonb, totals jsonb)`;
const amounts = (sign: "" | "-") =>
  ["subtotal", "discount", "serviceCharge", "tax", "taxIncluded", "rounding", "total"]
    .map((name) => `${sign}(event.totals #>> '{${name},amount}')::bigint`)
    .join(", ");
/** The parts of both payment events. */
const MONEY = `jsonb_to_record(data) as event("paymentId" uuid, "refundId" uuid, method text, amount jsonb,
      "capturedAt" timestamptz, "refundedAt" timestamptz)`;
const AMOUNT = "(event.amount ->> 'amount')::bigint";

/** The time on the restaurant's wall. */
const wall = (instant: string, offset = "utc_offset") =>
  `(${instant} at time zone 'UTC' + ${offset})`;
const hour = (instant: string, offset?: string) =>
  `extract(hour from ${wall(instant, offset)})::smallint`;
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

/** A table of figures: what its rows are by, and what each of them adds up. */
export interface Figures {
  readonly table: string;
  readonly key: string;
  readonly sums: Readonly<Record<string, string>>;
}

const SALES_FIGURES: Figures = {
  table: "sales_figures",
  key: "business_date, hour, server_id, server_name, service_type",
  sums: SALES_SUMS,
};
const DISH_FIGURES: Figures = {
  table: "dish_figures",
  key: "business_date, product_id, sku, name, category, category_name",
  sums: DISH_SUMS,
};
const MONEY_FIGURES: Figures = {
  table: "money_figures",
  key: "business_date, method",
  sums: MONEY_SUMS,
};
export const FIGURES = [SALES_FIGURES, DISH_FIGURES, MONEY_FIGURES];

/** Adds the sums of `source` to the figures, one row for each `key`. */
function addUp({ table, key, sums }: Figures, source: string): string {
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
 *  and the numbers of cancelled orders whose sale is not known. An event that is counted already changes nothing.
 *  Rows of the model are looked up one by one, by `lateral … limit`: a model that is being built has no statistics yet,
 *  and a join could then read all of it for each batch. */
const project = (batch: string): string => `
  with batch as (
    ${batch}
  ), sold as (
    insert into sales (${SALE})
    select $1, seq, 'sale', order_id, event.number, "businessDate", ${hour('"placedAt"')}, "placedAt", "businessDate",
      "serviceType", payment ->> 'method', "placedBy" ->> 'id', "placedBy" ->> 'name', utc_offset, day_starts_at, null,
      ${amounts("")}
    from batch cross join lateral ${ORDER} cross join lateral (select
      make_interval(mins => coalesce((event.clock ->> 'utcOffsetMinutes')::integer, 0)) as utc_offset,
      coalesce(event.clock ->> 'businessDayStartsAt', '00:00')::interval as day_starts_at) as clock
    where name = 'orders.order-placed.v1'
    on conflict (model, order_id, kind) do nothing
    returning *
  ), known as (
    select * from sold
    union all
    select sale.* from (
      select distinct order_id from batch
      where name <> 'orders.order-placed.v1' and order_id not in (select order_id from sold)) as asked
    cross join lateral (
      select * from sales where model = $1 and order_id = asked.order_id and kind = 'sale' limit 1) as sale
  ), cancelled as (
    insert into sales (${SALE})
    select $1, batch.seq, 'cancellation', order_id, known.number, "cancelledOn",
      ${hour('"cancelledAt"', "clock.utc_offset")}, "cancelledAt", sold_on, service_type, method, server_id,
      server_name, clock.utc_offset, clock.day_starts_at, event.reason, ${amounts("-")}
    from batch join known using (order_id) cross join lateral ${ORDER} cross join lateral (select
      coalesce(make_interval(mins => (event.clock ->> 'utcOffsetMinutes')::integer), known.utc_offset) as utc_offset,
      coalesce((event.clock ->> 'businessDayStartsAt')::interval, known.day_starts_at) as day_starts_at) as clock
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
    select $1, "paymentId", batch.seq, 'payment', order_id, known.number, known.business_date, "capturedAt",
      event.method, ${AMOUNT}
    from batch cross join lateral ${MONEY} left join known using (order_id)
    where name = 'payments.payment-captured.v1'
    union all
    select $1, "refundId", batch.seq, 'refund', order_id, known.number, ${tradingDay('"refundedAt"')}, "refundedAt",
      event.method, -${AMOUNT}
    from batch cross join lateral ${MONEY} left join known using (order_id)
    where name = 'payments.payment-refunded.v1'
    on conflict (model, id) do nothing
    returning *
  ), dated as (
    update takings set (number, business_date) = (
      select sold.number,
        case takings.kind when 'payment' then sold.business_date else ${tradingDay("takings.at")} end
      from sold where sold.order_id = takings.order_id)
    where model = $1 and id = any(array(
      select waiting.id from sold cross join lateral (
        select id from takings where model = $1 and order_id = sold.order_id and business_date is null
        limit 1000) as waiting))
    returning *
  ), counted_sales as (
    ${addUp(SALES_FIGURES, "booked")}
  ), counted_dishes as (
    ${addUp(DISH_FIGURES, "dishes")}
  ), counted_money as (
    ${addUp(
      MONEY_FIGURES,
      "(select * from paid where business_date is not null union all select * from dated) as taken",
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
