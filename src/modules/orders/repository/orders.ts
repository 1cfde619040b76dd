// Queries of orders and their lines, no decision.
import { sql } from "kysely";
import { defineStatement } from "#platform/db";
import { endSagas } from "#platform/saga";
import type { CancellationsTable, LineItemsTable, OrdersDatabase, OrdersTable } from "../schema.js";
import { snakeKeys } from "../rows.js";

/** An order to record, with its lines, its event and the end of its saga. */
export interface NewOrder extends Omit<OrdersTable, "number" | "status" | "version" | "placedAt"> {
  readonly placedAt: string;
  readonly sagaId: string;
  readonly token: number;
  readonly journal: unknown;
  readonly lines: readonly Omit<LineItemsTable, "orderId">[];
  /** `orders.order-placed.v1` without its number, which is given here. */
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly trace: string | null;
    readonly data: unknown;
  };
}

const insertOrders = defineStatement<{ id: string; number: number }>(
  "orders.record",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       saga_id uuid, token integer, journal jsonb, id uuid, service_type text, table_id uuid, table_name text,
       business_date date, currency text, subtotal bigint, discount bigint, service_charge bigint, tax bigint, tax_included bigint,
       rounding bigint, total bigint, taxes jsonb, payment_id uuid, payment_method text, payment_status text,
       tendered bigint, change bigint, placed_by_id text, placed_by_name text, placed_at timestamptz,
       lines jsonb, event jsonb)
   ), ended as (
     ${endSagas}
   ), numbered as (
     update counters set last = last + (select count(*) from ended) where series = 'receipts'
     returning last - (select count(*) from ended) as before
   ), placed as (
     insert into orders (id, number, service_type, table_id, table_name, business_date, currency, subtotal, discount,
       service_charge, tax, tax_included, rounding, total, taxes, payment_id, payment_method, payment_status,
       tendered, change, placed_by_id, placed_by_name, placed_at)
     select id, before + row_number() over (order by id), service_type, table_id, table_name, business_date, currency,
       subtotal, discount, service_charge, tax, tax_included, rounding, total, taxes, payment_id, payment_method,
       payment_status, tendered, change, placed_by_id, placed_by_name, placed_at
     from input join ended using (id) cross join numbered
     returning id, number
   ), sold as (
     insert into line_items (order_id, id, position, product_id, sku, name, category, station, quantity, unit_price,
       modifiers, note, tax_rates, total)
     select input.id, line.id, line.position, line.product_id, line.sku, line.name, line.category, line.station,
       line.quantity, line.unit_price, line.modifiers, line.note, line.tax_rates, line.total
     from input join placed using (id) cross join jsonb_to_recordset(input.lines) as line(
       id uuid, position integer, product_id uuid, sku text, name jsonb, category jsonb, station text,
       quantity integer, unit_price bigint, modifiers jsonb, note text, tax_rates jsonb, total bigint)
   ), told as (
     insert into outbox (id, name, key, occurred_at, trace, data)
     select (event ->> 'id')::uuid, event ->> 'name', input.id::text, placed_at, event ->> 'trace',
       (event -> 'data') || jsonb_build_object('number', placed.number)
     from input join placed using (id)
     order by placed.number
   )
   select id, number from placed`,
);

/** Records each order whose saga is still its caller's, in one statement: order, lines, receipt number, event and
 *  the saga's end. An order missing from the answer was ended or taken over elsewhere. */
export const recordOrders = (database: OrdersDatabase, orders: readonly NewOrder[]) =>
  database.run(insertOrders, [JSON.stringify(orders.map(toRow))]);

const toRow = (order: NewOrder) => ({ ...snakeKeys(order), lines: order.lines.map(snakeKeys) });

export type OrderRow = OrdersTable & {
  lines: LineItemsTable[];
  /** Of a cancelled order; `attention` says what a person must do before its money is back. */
  cancellation: (CancellationsTable & { attention: string | null }) | null;
};

const orderWithLines = (database: OrdersDatabase) =>
  database.kysely
    .selectFrom("orders")
    .selectAll("orders")
    .select((order) =>
      order
        .selectFrom("lineItems")
        .whereRef("lineItems.orderId", "=", "orders.id")
        .select(
          sql<LineItemsTable[]>`jsonb_agg(jsonb_build_object(
            'id', id, 'productId', product_id, 'sku', sku, 'name', name, 'quantity', quantity,
            'category', category, 'station', station, 'unitPrice', unit_price, 'modifiers', modifiers, 'note', note,
            'total', total) order by position)`.as("lines"),
        )
        .as("lines"),
    )
    .select(
      sql<OrderRow["cancellation"]>`case when status = 'cancelled' then (
        select jsonb_build_object('orderId', order_id, 'reason', reason, 'outcomes', outcomes,
          'cancelledOn', cancelled_on, 'cancelledAt', cancelled_at, 'cancelledById', cancelled_by_id,
          'cancelledByName', cancelled_by_name, 'approvedById', approved_by_id, 'approvedByName', approved_by_name,
          'attention', (select cause from sagas
            where subject = orders.id and subject <> sagas.id and sagas.status = 'needs-attention' limit 1))
        from cancellations where order_id = orders.id) end`.as("cancellation"),
    );

export const findOrder = (database: OrdersDatabase, id: string): Promise<OrderRow | undefined> =>
  orderWithLines(database).where("id", "=", id).$castTo<OrderRow>().executeTakeFirst();

export interface OrderQuery {
  readonly status?: OrdersTable["status"] | undefined;
  readonly businessDate?: string | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first: ids are UUIDv7, so they sort by time. */
export function listOrders(database: OrdersDatabase, query: OrderQuery): Promise<OrderRow[]> {
  let orders = orderWithLines(database).orderBy("id", "desc").limit(query.limit);
  if (query.status) orders = orders.where("status", "=", query.status);
  if (query.businessDate) orders = orders.where("businessDate", "=", query.businessDate);
  if (query.before) orders = orders.where("id", "<", query.before);
  return orders.$castTo<OrderRow>().execute();
}
