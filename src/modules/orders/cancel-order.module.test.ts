// An order that is asked to be cancelled at the very moment in which it is placed, against a real PostgreSQL.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { SagaCoordinator } from "#platform/saga";
import { createModuleDatabase } from "../../platform/db/testing.js";
import { cancelOrder } from "./commands/cancel-order.js";
import { PLACE_ORDER } from "./place-order.saga.js";
import type { OrderingRules } from "./rules.js";
import type { OrdersTables } from "./schema.js";

let test: Awaited<ReturnType<typeof createModuleDatabase<OrdersTables>>>;
beforeAll(async () => {
  test = await createModuleDatabase<OrdersTables>(inject("databaseUrl"), "orders");
});
afterAll(() => test.close());

const restaurant = { currency: "MMK", timeZone: "Asia/Yangon", businessDayStartsAt: "04:00" };
const nothing = { tax: [], serviceCharge: [], tables: [], modifierGroups: [], items: [] };
const rules: OrderingRules = { restaurant, ...nothing };
const asked = {
  by: { actor: { id: randomUUID(), name: "Manager", role: "manager" } },
  rules,
  now: new Date(),
  trace: "0123456789abcdef0123456789abcdef",
};

const record = (id: string) =>
  sql`
  with placed as (
    insert into orders (id, number, service_type, business_date, currency, subtotal, discount, service_charge, tax,
      tax_included, rounding, total, taxes, payment_id, payment_method, payment_status, placed_by_id, placed_by_name,
      placed_at)
    values (${id}, (select count(*) + 1 from orders), 'takeaway', '2026-11-23', 'MMK', 500, 0, 0, 0, 0, 0, 500, '[]',
      ${randomUUID()}, 'cash', 'captured', 'p', 'Cashier', now())
    returning id)
  insert into line_items (order_id, id, position, product_id, sku, name, category, station, quantity, unit_price,
    modifiers, tax_rates, total)
  select id, ${randomUUID()}, 0, ${randomUUID()}, 'WTR-01', '{"en": "Water"}',
    '{"code": "drinks", "name": {"en": "Drinks"}}', 'bar', 1, 500, '[]', '[]', 500
  from placed`.execute(test.database.kysely);

/** Cancels an order whose placing stands so; `meanwhile` happens when that is looked up. */
async function cancelWhile(
  placing: { status: string; parkedFrom?: string },
  meanwhile: (id: string) => Promise<unknown> = () => Promise.resolve(),
) {
  const id = randomUUID();
  const sagas = {
    async find() {
      await meanwhile(id);
      return { definition: PLACE_ORDER, parkedFrom: null, ...placing };
    },
    start: (_name: string, { subject }: { subject: string }) =>
      Promise.resolve({
        started: true,
        row: { id: "saga", subject },
        outcome: Promise.resolve({ kind: "completed", id: "saga", results: null }),
      }),
  } as unknown as SagaCoordinator;
  const request = { id, reason: "Ordered twice", stock: "restock" as const, lineItems: [] };
  return cancelOrder({ database: test.database, sagas }, request, asked);
}

it("cancels an order that was placed between the look for it and the look for its saga", async () => {
  expect(await cancelWhile({ status: "completed" }, record)).toMatchObject({ kind: "cancelling" });
});

it("tells an order that may still be placed from one that never will be", async () => {
  const kindOf = async (status: string, parkedFrom?: string) =>
    (await cancelWhile({ status, ...(parkedFrom !== undefined && { parkedFrom }) })).kind;
  expect(await kindOf("running")).toBe("being-placed");
  expect(await kindOf("needs-attention", "running")).toBe("being-placed");
  expect(await kindOf("needs-attention", "compensating")).toBe("not-found");
  expect(await kindOf("rolled-back")).toBe("not-found");
});
