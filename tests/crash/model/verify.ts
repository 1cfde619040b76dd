// After a story, when all is quiet: the stores hold exactly what the model says, and nothing else of its dishes.
import { expect } from "vitest";
import type { Model, Real } from "./story.js";

const SALES = `
  select s.idempotency_key as key, s.status as saga, o.status, o.total::int, p.captured::int, p.refunded::int,
    c.amount::int as taken, c.refunded::int as given, c.status as charge,
    (select count(*)::int from orders.outbox_archive where key = s.id::text and name = 'orders.order-placed.v1') as told,
    (select count(*)::int from orders.outbox_archive where key = s.id::text and name = 'orders.order-cancelled.v1') as untold
  from orders.sagas as s left join orders.orders as o on o.id = s.id left join payments.payments as p on p.order_id = s.id
    left join payments.simulator_charges as c on c.key = p.id::text
  where s.idempotency_key = any($1)`;
const SOLD =
  "select distinct order_id as id from orders.line_items where product_id = any($1::uuid[])";
const COPIES = `
  select product_id as id, price::int, available from orders.catalogue where product_id = any($1::uuid[])`;

interface SaleRow {
  key: string;
  saga: string;
  status: string | null;
  total: number | null;
  captured: number | null;
  refunded: number | null;
  taken: number | null;
  given: number | null;
  charge: string | null;
  told: number;
  untold: number;
}
interface Product {
  _id: string;
  price: number;
  onHand: number;
  reserved: number;
  available: number;
}

export async function verify(model: Model, { world, ids }: Real): Promise<void> {
  const rows = await world.read<SaleRow>(SALES, [model.sales.map((sale) => sale.key)]);
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const placed: string[] = [];
  for (const { key, answer, cancelled, request } of model.sales) {
    const row = byKey.get(key);
    const isCard = request.order.payment !== "cash";
    if (answer.kind !== "PLACED") {
      const { status = null, captured = 0, refunded = 0, taken, given, charge } = row ?? {};
      expect(row?.saga ?? "rolled-back").toBe("rolled-back");
      expect(status).toBeNull();
      expect(captured).toBe(refunded);
      if (charge === "captured") expect(taken).toBe(given);
      continue;
    }
    const { id, totals } = answer.body as { id: string; totals: { total: { amount: number } } };
    const total = totals.total.amount;
    const back = cancelled ? total : 0;
    placed.push(id);
    expect(row).toMatchObject({
      saga: "completed",
      status: cancelled ? "cancelled" : "placed",
      total,
      captured: total,
      refunded: back,
      ...(isCard && { taken: total, given: back, charge: "captured" }),
      told: 1,
      untold: cancelled ? 1 : 0,
    });
  }
  // No order of these dishes that nobody was told of.
  const sold = await world.read<{ id: string }>(SOLD, [ids]);
  expect(new Set(sold.map((row) => row.id))).toEqual(new Set(placed));

  const products = await world.stores
    .collection<Product>("products")
    .find({ _id: { $in: [...ids] } })
    .toArray();
  const copies = await world.read<{ id: string; price: number; available: number }>(COPIES, [ids]);
  for (const [index, id] of ids.entries()) {
    const { price = 0, stock = 0 } = model.dishes[index] ?? {};
    expect(products.find((product) => product._id === id)).toMatchObject({
      price,
      onHand: stock,
      available: stock,
      reserved: 0,
    });
    expect(copies.find((copy) => copy.id === id)).toEqual({ id, price, available: stock });
  }
}
