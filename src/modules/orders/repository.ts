// Every query of orders, no decision.
import { sql } from "kysely";
import { defineStatement, type Transaction } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import { endSagas } from "#platform/saga";
import type { LineItemsTable, OrdersDatabase, OrdersTable, OrdersTables } from "./schema.js";

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
       saga_id uuid, token integer, journal jsonb, id uuid, service_type text, table_id uuid, business_date date,
       currency text, subtotal bigint, discount bigint, service_charge bigint, tax bigint, tax_included bigint,
       rounding bigint, total bigint, taxes jsonb, payment_id uuid, payment_method text, payment_status text,
       tendered bigint, change bigint, placed_by_id text, placed_by_name text, placed_at timestamptz,
       lines jsonb, event jsonb)
   ), ended as (
     ${endSagas}
   ), numbered as (
     update counters set last = last + (select count(*) from ended) where series = 'receipts'
     returning last - (select count(*) from ended) as before
   ), placed as (
     insert into orders (id, number, service_type, table_id, business_date, currency, subtotal, discount,
       service_charge, tax, tax_included, rounding, total, taxes, payment_id, payment_method, payment_status,
       tendered, change, placed_by_id, placed_by_name, placed_at)
     select id, before + row_number() over (order by id), service_type, table_id, business_date, currency, subtotal,
       discount, service_charge, tax, tax_included, rounding, total, taxes, payment_id, payment_method,
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

const SNAKE = /[A-Z]/g;
const snake = (name: string) => name.replace(SNAKE, (letter) => `_${letter.toLowerCase()}`);
const snakeKeys = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [snake(key), value as unknown]));
const toRow = (order: NewOrder) => ({ ...snakeKeys(order), lines: order.lines.map(snakeKeys) });

export type OrderRow = OrdersTable & { lines: LineItemsTable[] };

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
            'unitPrice', unit_price, 'modifiers', modifiers, 'note', note, 'total', total) order by position)`.as(
            "lines",
          ),
        )
        .as("lines"),
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

export interface CatalogueEntry {
  readonly productId: string;
  readonly name: LocalizedText;
  readonly price: number;
  readonly currency: string;
  readonly archived: boolean;
  readonly tracked: boolean;
  readonly available: number | null;
}

const selectCatalogue = defineStatement<CatalogueEntry>(
  "orders.catalogue",
  `select product_id as "productId", name, price, currency, archived, tracked, available
   from catalogue where product_id = any($1::uuid[]) and version > 0`,
);

export const findCatalogueEntries = (database: OrdersDatabase, productIds: readonly string[]) =>
  database.run(selectCatalogue, [productIds]);

const upsertProducts = defineStatement<never>(
  "orders.copy-products",
  `insert into catalogue as copy (product_id, sku, name, price, currency, archived, version)
   select distinct on (product_id) product_id, sku, name, price, currency, archived, version
   from jsonb_to_recordset($1::jsonb) as input(
     product_id uuid, sku text, name jsonb, price bigint, currency text, archived boolean, version integer)
   order by product_id, version desc
   on conflict (product_id) do update set
     (sku, name, price, currency, archived, version) =
     (excluded.sku, excluded.name, excluded.price, excluded.currency, excluded.archived, excluded.version)
   where copy.version < excluded.version`,
);

const upsertStock = defineStatement<never>(
  "orders.copy-stock",
  `insert into catalogue as copy (product_id, tracked, available, stock_version)
   select distinct on (product_id) product_id, tracked, available, stock_version
   from jsonb_to_recordset($1::jsonb) as input(
     product_id uuid, tracked boolean, available integer, stock_version integer)
   order by product_id, stock_version desc
   on conflict (product_id) do update set
     (tracked, available, stock_version) = (excluded.tracked, excluded.available, excluded.stock_version)
   where copy.stock_version < excluded.stock_version`,
);

/** The newest version wins, so repetition and disorder are harmless. */
export const copyProducts = (
  database: OrdersDatabase,
  products: readonly object[],
  tx: Transaction<OrdersTables>,
) => database.run(upsertProducts, [JSON.stringify(products.map(snakeKeys))], tx);

export const copyStock = (
  database: OrdersDatabase,
  levels: readonly object[],
  tx: Transaction<OrdersTables>,
) => database.run(upsertStock, [JSON.stringify(levels.map(snakeKeys))], tx);

export interface BookSummary {
  readonly orders: number;
  readonly lastNumber: number;
  readonly numbers: number;
  readonly soldByProduct: Record<string, number> | null;
  readonly wrongTotals: number;
}

const selectSummary = defineStatement<BookSummary>(
  "orders.book-summary",
  `select
     (select count(*) from orders) as orders,
     (select last from counters where series = 'receipts') as "lastNumber",
     (select count(distinct number) from orders) as numbers,
     (select jsonb_object_agg(product_id, sold) from (
        select product_id, sum(quantity) as sold from line_items group by product_id) as sums) as "soldByProduct",
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
