// The invariants of the domain as queries on the stores themselves, past all code that is being tested: what the
// reconcile command reads through the modules, and what it cannot see. For when all is quiet.
import type { Stores } from "./stores.js";

/** Each finds what must not be. Orders, their money, their sagas, their events. */
export const FAULTS: Readonly<Record<string, string>> = {
  "an order's parts sum to its total": `
    select id from orders.orders as o where total <> subtotal - discount + service_charge + tax + rounding
      or subtotal <> (select sum(total) from orders.line_items where order_id = o.id)`,
  "a line is quantity × (price + modifiers)": `
    select order_id, id from orders.line_items where total <> quantity * (unit_price +
      (select coalesce(sum((modifier ->> 'price')::bigint), 0) from jsonb_array_elements(modifiers) as modifier))`,
  "an order is paid exactly once": `
    select o.id, o.status, captured, refunded from orders.orders as o left join payments.payments as p on p.id = o.payment_id
    where p.order_id is distinct from o.id or p.captured is distinct from o.total
      or p.refunded is distinct from case o.status when 'placed' then 0 else o.total end`,
  "no money without an order": `
    select order_id, captured, refunded from payments.payments
    where captured <> refunded and not exists (select from orders.orders where id = order_id)`,
  "change is what was tendered above the total": `
    select id from orders.orders where payment_method = 'cash' and change <> tendered - total`,
  "a saga has ended as its order says": `
    select s.id, s.status from orders.sagas as s left join orders.orders as o on o.id = s.id
    where s.definition like 'orders.place-order.%' and not case s.status
      when 'completed' then o.id is not null when 'rolled-back' then o.id is null and s.refusal is not null end`,
  "every saga has ended": `
    select id, definition, status, cause from orders.sagas where ended_at is null`,
  "an order is cancelled by one saga": `
    with done as (
      select subject as id, count(*) as times from orders.sagas
      where definition like 'orders.cancel-order.%' and status = 'completed' group by 1)
    select o.id, o.status, times from orders.orders as o left join done using (id)
    where placed_at >= $1 and (status = 'cancelled')::int <> coalesce(times, 0)`,
  "an order has its saga": `
    select id from orders.orders as o
    where placed_at >= $1 and not exists (select from orders.sagas where id = o.id)`,
  "no card token is kept": `
    select id from orders.sagas where input ? 'secret'`,
  "receipt numbers have no gap": `
    select max(number), count(*) from orders.orders
    having coalesce(max(number), 0) <> count(*) or count(*) <> (select last from orders.counters where series = 'receipts')`,
  "never more captured than authorised, or refunded than captured": `
    select id from payments.payments as p where captured > authorised or refunded > captured or refunded <>
      (select coalesce(sum(amount), 0) from payments.refunds where payment_id = p.id and status <> 'refused')`,
  "nothing is pending at the gateway": `
    select id, status from payments.payments where status = 'pending'
    union all select id, status from payments.refunds where status = 'pending'`,
  // Its own memory, which no book of ours reads.
  "the gateway took and gave back what the payments say": `
    select p.id, p.status, captured, p.refunded, c.status, c.amount, c.refunded
    from (select * from payments.payments where method = 'card') as p
      full join payments.simulator_charges as c on c.key = p.id::text
    where coalesce(p.captured, 0) <> case c.status when 'captured' then c.amount else 0 end
      or coalesce(p.refunded, 0) <> coalesce(c.refunded, 0)`,
  "an order is told exactly once": `
    with told as (
      select key::uuid as id, count(*) filter (where name = 'orders.order-placed.v1') as placed,
        count(*) filter (where name = 'orders.order-cancelled.v1') as cancelled
      from orders.outbox_archive where name like 'orders.order-%' group by 1)
    select o.id, o.status, placed, cancelled from orders.orders as o left join told using (id)
    where placed_at >= $1
      and (placed is distinct from 1 or coalesce(cancelled, 0) <> (o.status = 'cancelled')::int)
    union all select id, null, placed, cancelled from told where not exists (
      select from orders.orders where orders.id = told.id)`,
  "a capture is told exactly once": `
    with told as (
      select (data ->> 'paymentId')::uuid as id, count(*) as times from payments.outbox_archive
      where name = 'payments.payment-captured.v1' group by 1)
    select id, times from payments.payments left join told using (id)
    where created_at >= $1 and (captured > 0)::int <> coalesce(times, 0)`,
  "a refund is told exactly once": `
    with told as (
      select (data ->> 'refundId')::uuid as id, count(*) as times from payments.outbox_archive
      where name = 'payments.payment-refunded.v1' group by 1)
    select id, status, times from payments.refunds left join told using (id)
    where requested_at >= $1 and (status = 'refunded')::int <> coalesce(times, 0)`,
  "each line is on one ticket, of its station, and struck through where it was cancelled": `
    with sent as (
      select order_id, station, line.* from kitchen.tickets join kitchen.ticket_lines as line on ticket_id = tickets.id)
    select line.order_id, line.id, sent.order_id as sent, sent.quantity, sent.cancelled
    from orders.line_items as line full join sent on sent.order_id = line.order_id and sent.id = line.id
    where sent.station is distinct from line.station or sent.quantity is distinct from line.quantity
      or sent.cancelled is distinct from (
        select case status when 'cancelled' then line.quantity else 0 end from orders.orders where id = line.order_id)`,
  "the reports count each order, and all the money, once": `
    with figures as (
      select coalesce(sum(orders), 0) as orders, coalesce(sum(cancelled_orders), 0) as cancelled,
        coalesce(sum(sold_total), 0) as sold, coalesce(sum(total), 0) as kept,
        (select coalesce(sum(captured - refunded), 0) from reporting.money_figures where model = books.model) as taken
      from reporting.books left join reporting.sales_figures using (model) group by books.model),
    books as (
      select count(*) as orders, count(*) filter (where status = 'cancelled') as cancelled,
        coalesce(sum(total), 0) as sold, coalesce(sum(total) filter (where status = 'placed'), 0) as kept,
        (select coalesce(sum(captured - refunded), 0) from payments.payments) as taken
      from orders.orders)
    select * from figures natural full join books where (select count(*) from figures natural join books) <> 1`,
  "what people did is in the log, once, and the log is one chain": `
    select id::text from orders.outbox_archive as told
    where name = 'orders.action-taken.v1' and not exists (select from audit.entries where event_id = told.id)
    union all select position::text from (
      select position, previous_hash, row_number() over places as place, lag(hash) over places as before
      from audit.entries window places as (order by position)) as entry
    where position <> place or position > 1 and previous_hash is distinct from before
    union all select position::text from audit.head
    where position <> (select count(*) from audit.entries)`,
  "nothing waits in an outbox": `
    select id from orders.outbox union all select id from payments.outbox union all select id from restaurant.outbox
    union all select id from kitchen.outbox`,
  "no listener has kept an event aside": `
    select event_id from orders.inbox_failures union all select event_id from kitchen.inbox_failures
    union all select event_id from reporting.inbox_failures union all select event_id from audit.inbox_failures`,
};

interface Product {
  _id: string;
  price: number;
  tracked: boolean;
  onHand: number;
  reserved: number;
  available: number;
  moves: number;
  reservations: unknown[];
  unfiled: Movement[];
}
interface Movement {
  _id: string;
  productId: string;
  sequence: number;
  type: string;
  quantity: number;
  uncounted: number;
  reference: string | null;
}
interface Sold {
  order_id: string;
  product_id: string;
  status: "placed" | "cancelled";
  quantity: number;
}

/** By what is broken; empty when nothing is. What is purged after a while is only asked for of orders since then. */
export async function brokenInvariants(
  stores: Pick<Stores, "read" | "collection">,
  since = new Date(0),
): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const [what, query] of Object.entries(FAULTS)) {
    const rows = await stores.read(query, query.includes("$1") ? [since] : []);
    if (rows.length > 0) found[what] = rows;
  }
  const products = await stores.collection<Product>("products").find().toArray();
  const filed = await stores.collection<Movement>("stock_movements").find().toArray();
  const known = new Set(filed.map(({ _id }) => _id));
  const waiting = products.flatMap(({ unfiled }) => unfiled.filter(({ _id }) => !known.has(_id)));
  const movements = [...filed, ...waiting];
  const sold = await stores.read<Sold>(
    `select order_id, product_id, status, sum(quantity)::int as quantity
     from orders.line_items join orders.orders as o on o.id = order_id group by 1, 2, 3`,
  );
  const copies = await stores.read<{ product_id: string; available: number; price: string }>(
    "select product_id, available, price from orders.catalogue",
  );
  const stock = stockFaults(products, movements, sold);
  const copied = new Map(copies.map((copy) => [copy.product_id, copy]));
  for (const { _id, available, price, tracked } of products) {
    const copy = copied.get(_id);
    if (Number(copy?.price) !== price || (tracked && copy?.available !== available)) {
      stock.push(`${_id}: orders believe ${JSON.stringify(copy)}, it is ${available} at ${price}`);
    }
  }
  if (stock.length > 0) found["stock adds up"] = stock;
  return found;
}

/** On hand is what moved, nothing is held or negative, each order took from each product exactly once, and a cancelled
 *  one gave back exactly once. */
function stockFaults(
  products: readonly Product[],
  movements: readonly Movement[],
  sold: readonly Sold[],
): string[] {
  const faults: string[] = [];
  for (const product of products) {
    const { _id, tracked, onHand, reserved, available, moves, reservations } = product;
    const own = movements.filter((movement) => movement.productId === _id);
    const moved = own.reduce((sum, { quantity }) => sum + quantity, 0);
    if (tracked && (onHand !== moved || onHand !== available || reserved !== 0 || onHand < 0)) {
      faults.push(`${_id}: on hand ${onHand}, moved ${moved}, available ${available}`);
    }
    if (reservations.length > 0) faults.push(`${_id} is not at rest`);
    const sequences = new Set(own.map(({ sequence }) => sequence));
    if (own.length !== moves || sequences.size !== moves) faults.push(`${_id}: a movement is lost`);
  }
  const owed = new Map<string, number>();
  for (const { order_id, product_id, status, quantity } of sold) {
    owed.set(`${order_id} ${product_id} sold`, quantity);
    if (status === "cancelled") owed.set(`${order_id} ${product_id} restocked`, -quantity);
  }
  for (const { type, reference, productId, quantity, uncounted } of movements) {
    if (type !== "sold" && type !== "restocked") continue;
    const what = `${reference} ${productId} ${type}`;
    if (owed.get(what) !== uncounted - quantity) faults.push(`${what} by ${quantity}`);
    owed.delete(what);
  }
  for (const [what, quantity] of owed) faults.push(`${what}: no movement of ${quantity}`);
  return faults;
}
