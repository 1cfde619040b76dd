// The yardstick's one transaction: nine statements between begin and commit, each one round trip for all lines.
// Rows are locked in one order, and the rows that everybody writes come last.
import type { Pool, PoolClient } from "pg";
import { v7 as newId } from "uuid";
import type { PricedLine, Totals } from "../../src/modules/orders/rules.js";

export interface Sale {
  readonly id: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly serviceType: string;
  readonly businessDate: string;
  readonly now: Date;
  readonly person: { readonly name: string };
  readonly lines: readonly PricedLine[];
  readonly products: readonly {
    productId: string;
    quantity: number;
    unitPrice: { amount: number };
  }[];
  readonly totals: Totals;
  readonly tendered: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}
interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: object;
  readonly price: number;
  readonly archived: boolean;
  readonly available: number;
}

class Refused extends Error {
  constructor(readonly answer: Answer) {
    super("refused");
  }
}

export async function place(pool: Pool, sale: Sale): Promise<Answer> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const answer = await inTransaction(client, sale);
    await client.query("commit");
    return answer;
  } catch (error) {
    await client.query("rollback");
    if (error instanceof Refused) return error.answer;
    throw error;
  } finally {
    client.release();
  }
}

async function inTransaction(client: PoolClient, sale: Sale): Promise<Answer> {
  const { id, lines, products, totals, businessDate, now, person } = sale;
  const { currency } = totals.total;
  const run = async <Row extends object>(name: string, text: string, values: unknown[]) =>
    (await client.query<Row>({ name, text, values })).rows;

  const fresh = await run(
    "key",
    "insert into idempotency values ($1, $2, $3) on conflict do nothing returning key",
    [sale.key, sale.fingerprint, id],
  );
  if (fresh.length === 0) throw new Refused({ status: 409, body: { title: "Key was used" } });

  // Locked in one order, so that two tills cannot wait for each other.
  const stock = await run<Product>(
    "stock",
    "select id, sku, name, price, archived, available from products where id = any($1::uuid[]) order by id for update",
    [products.map((one) => one.productId)],
  );
  const byId = new Map(stock.map((product) => [product.id, product]));
  for (const { productId, quantity, unitPrice } of products) {
    const product = byId.get(productId);
    if (!product || product.archived) throw new Refused({ status: 422, body: { productId } });
    if (product.price !== unitPrice.amount) throw new Refused({ status: 409, body: { productId } });
    if (product.available < quantity) throw new Refused({ status: 409, body: { productId } });
  }
  await run(
    "take",
    `update products set available = available - taken.quantity
     from unnest($1::uuid[], $2::int[]) as taken(id, quantity) where products.id = taken.id`,
    [products.map((one) => one.productId), products.map((one) => one.quantity)],
  );

  await run(
    "lines",
    `insert into line_items
     select $1, line.id, line.position, line.product_id, line.sku, line.name, line.quantity, line.unit_price,
       line.modifiers, line.note, line.total
     from jsonb_to_recordset($2::jsonb) as line(id uuid, position integer, product_id uuid, sku text, name jsonb,
       quantity integer, unit_price bigint, modifiers jsonb, note text, total bigint)`,
    [
      id,
      JSON.stringify(
        lines.map((line, position) => ({
          id: line.id,
          position,
          product_id: line.productId,
          sku: byId.get(line.productId)?.sku,
          name: byId.get(line.productId)?.name,
          quantity: line.quantity,
          unit_price: line.unitPrice.amount,
          modifiers: line.modifiers,
          note: line.note,
          total: line.total.amount,
        })),
      ),
    ],
  );
  await run(
    "movements",
    `insert into movements (product_id, quantity, reason, order_id, line_id, actor)
     select moved.product_id, -moved.quantity, 'sold', $1, moved.line_id, $5
     from unnest($2::uuid[], $3::int[], $4::uuid[]) as moved(product_id, quantity, line_id)`,
    [
      id,
      lines.map((line) => line.productId),
      lines.map((line) => line.quantity),
      lines.map((line) => line.id),
      person.name,
    ],
  );
  const change = sale.tendered - totals.total.amount;
  const paymentId = newId();
  await run(
    "payment",
    "insert into payments values ($1, $2, 'cash', 'captured', $3, $3, $4, $5, $6)",
    [paymentId, id, totals.total.amount, sale.tendered, change, now],
  );
  const stations = [...groupByStation(lines)];
  await run(
    "tickets",
    `insert into tickets select $1, ticket.station, 'new', ticket.lines, $2
     from jsonb_to_recordset($3::jsonb) as ticket(station text, lines jsonb)`,
    [id, now, JSON.stringify(stations.map(([station, own]) => ({ station, lines: own })))],
  );
  // Everybody writes what follows.
  const figures = [
    ...lines.map((line) => ["dish", line.productId, line.quantity, line.total.amount] as const),
    ...lines.map(
      (line) => ["category", line.category.code, line.quantity, line.total.amount] as const,
    ),
    ["hour", String(now.getUTCHours()), 1, totals.total.amount] as const,
    ["method", "cash", 1, totals.total.amount] as const,
    ["server", person.name, 1, totals.total.amount] as const,
  ];
  await run(
    "figures",
    `insert into sales as known
     select $1, by, subject, count(*), sum(quantity), sum(amount)
     from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) as sale(by, subject, quantity, amount)
     group by by, subject order by by, subject
     on conflict (business_date, by, subject) do update set orders = known.orders + excluded.orders,
       quantity = known.quantity + excluded.quantity, amount = known.amount + excluded.amount`,
    [businessDate, ...[0, 1, 2, 3].map((column) => figures.map((figure) => figure[column]))],
  );
  const [order] = await run<{ number: number }>(
    "order",
    `with receipt as (update counters set last = last + 1 where series = 'receipts' returning last)
     insert into orders select $1, last, 'placed', $2, $3, $4, $5, $6, $7, $8, $9, $10 from receipt returning number`,
    [
      id,
      sale.serviceType,
      businessDate,
      currency,
      totals.subtotal.amount,
      totals.serviceCharge.amount,
      totals.tax.amount,
      totals.total.amount,
      person.name,
      now,
    ],
  );
  return {
    status: 201,
    body: {
      id,
      number: order?.number,
      status: "placed",
      lineItems: lines,
      totals,
      change,
      paymentId,
    },
  };
}

function groupByStation(lines: readonly PricedLine[]): Map<string, PricedLine[]> {
  const stations = new Map<string, PricedLine[]>();
  for (const line of lines)
    stations.set(line.station, [...(stations.get(line.station) ?? []), line]);
  return stations;
}
