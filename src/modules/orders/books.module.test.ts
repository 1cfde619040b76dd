// The order book as reconciliation reads it, page by page: each page tells what is wrong in it, so that no statement grows
// with the years.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createSagas } from "#platform/saga";
import { createModuleDatabase, rewriteHistory } from "../../platform/db/testing.js";
import { abandon } from "./commands/sagas.js";
import { readBook, summarize } from "./queries.js";
import type { OrdersTables } from "./schema.js";

let test: Awaited<ReturnType<typeof createModuleDatabase<OrdersTables>>>;
beforeAll(async () => {
  test = await createModuleDatabase<OrdersTables>(inject("databaseUrl"), "orders");
});
afterAll(() => test.close());

const [soup, tea] = [randomUUID(), randomUUID()];

/** Lines of 500 each. */
async function record(number: number, products: readonly string[], over: object = {}) {
  const { status, subtotal } = { status: "placed", subtotal: 500 * products.length, ...over };
  const id = randomUUID();
  await sql`
    insert into orders (id, number, status, service_type, business_date, currency, subtotal, discount, service_charge,
      tax, tax_included, rounding, total, taxes, payment_id, payment_method, payment_status, placed_by_id,
      placed_by_name, placed_at)
    values (${id}, ${number}, ${status}, 'takeaway', '2026-11-23', 'MMK', ${subtotal}, 0, 0, 0, 0, 0, ${subtotal}, '[]',
      ${randomUUID()}, 'cash', 'captured', 'p', 'Cashier', now())`.execute(test.database.kysely);
  for (const product of products)
    await sql`
      insert into line_items (order_id, id, position, product_id, sku, name, category, station, quantity, unit_price,
        modifiers, tax_rates, total)
      values (${id}, ${randomUUID()}, 0, ${product}, 'S', '{}', '{}', 'bar', 1, 500, '[]', '[]', 500)`.execute(
      test.database.kysely,
    );
  return id;
}

it("tells of each order how much of what was sold, and what does not add up in it", async () => {
  const sound = await record(1, [soup, soup, tea]);
  const short = await record(2, [soup], { subtotal: 400 });
  const empty = await record(3, [], { subtotal: 100 });
  const halfCancelled = await record(4, [tea], { status: "cancelled" });
  const pages = [await readBook(test.database, undefined, 3)];
  pages.push(await readBook(test.database, pages[0]?.at(-1)?.orderId, 3));
  const lines = new Map(pages.flat().map((line) => [line.orderId, line]));
  expect(pages.flat().map(({ orderId }) => orderId)).toEqual(
    [sound, short, empty, halfCancelled].toSorted(),
  );
  expect(lines.get(sound)).toMatchObject({ quantities: { [soup]: 2, [tea]: 1 }, faults: [] });
  expect(lines.get(short)).toMatchObject({ faults: ["it differs from the sum of its lines"] });
  expect(lines.get(empty)).toMatchObject({ quantities: {}, faults: [expect.anything()] });
  expect(lines.get(halfCancelled)).toMatchObject({
    quantities: { [tea]: 1 },
    faults: ["it and its cancellation disagree"],
  });
  expect(await summarize(test.database)).toEqual({
    orders: 4,
    cancelled: 0,
    faults: ["there are 4 orders, and the last number is 0"],
  });
});

it("cannot hold an order whose parts do not sum to its total, nor a receipt number twice: the database refuses", async () => {
  const id = await record(5, [soup]);
  const set = (change: string) =>
    rewriteHistory(test.url, `update orders.orders set ${change} where id = '${id}'`);
  const parts = ["subtotal", "discount", "service_charge", "tax", "rounding", "total"];
  for (const part of parts)
    await expect(set(`${part} = ${part} + 1`), part).rejects.toThrow('"orders_check"');
  await set("total = total + 1, tax = tax + 1");
  await expect(record(5, [tea])).rejects.toThrow("orders_number_key");
});

it("dates what a person settled by hand as what they could see is dated, whatever the database's clock says", async () => {
  const { database } = test;
  const id = randomUUID();
  await sql`
    insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, status, parked_from)
    values (${id}, ${id}, 'orders.place-order.v1', '[]', ${id}, '', '{}', ${id}, 'needs-attention', 'compensating')`.execute(
    database.kysely,
  );
  const quiet = { warn: () => undefined, error: () => undefined };
  const sagas = createSagas({ database, definitions: [], asRefusal: () => null, logger: quiet });
  const now = new Date(Date.now() + 3_600_000);
  const by = { actor: { id: randomUUID(), name: "Manager", role: "manager" } };
  const parts = { database, sagas, outbox: { wake: () => undefined } };
  await abandon(parts, id, "Paid back in cash", { by, now, trace: "t" });
  expect(await sagas.listAbandoned()).toMatchObject([{ id, abandonedAt: now }]);
});
