// A gateway that never says whether it gave the money back: it may have lost what it was asked. The cancellation waits for
// a person, who settles it once, or has it asked again; then the books add up.
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import {
  createEmptyDatabase,
  rewriteHistory,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { bootTiffin, line, order, type TestTiffin } from "./tiffin.js";

let database: TestDatabase;
let client: Client;
const running: TestTiffin[] = [];
const start = async () => {
  const test = await bootTiffin({ DATABASE_URL: database.url });
  running.push(test);
  return test;
};
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  for (const test of running) await test.stop();
  await client?.end();
  await database?.drop();
});

it("waits for a person after half an hour, who settles it or has it asked again", async () => {
  const first = await start();
  await client.query(`
    create function payments.lose() returns trigger language plpgsql as $$ begin
      raise exception 'the gateway is silent';
    end $$;
    create trigger lose before insert on payments.simulator_refunds execute function payments.lose()`);
  const water = await first.cashier.dish("WTR-01");
  const card = { payment: { method: "card", token: "sim_approve" } };
  const place = async () => (await first.cashier.place(order([line(water)], card))).body;
  const [lost, late] = [await place(), await place()];
  const some = { orderId: lost.id, amount: { amount: 100, currency: "MMK" }, reason: "Warm" };
  const given = await first.manager.send("POST", "/api/payments/refunds", {
    ...some,
    key: randomUUID(),
  });
  expect(given.body.code).toBe("payment-pending");
  const cancel = ({ id }: { id: string }) =>
    first.manager.send("POST", `/api/orders/${id}/cancel`, { reason: "Wrong", stock: "restock" });
  const cancelled = await Promise.all([cancel(lost), cancel(late)]);
  expect(cancelled.map(({ status }) => status)).toEqual([202, 202]);
  // An evening without power.
  await first.stop();
  running.length = 0;
  await rewriteHistory(
    database.url,
    `update orders.sagas set started_at = started_at - interval '31 minutes';
     update payments.refunds set requested_at = requested_at - interval '31 minutes'`,
  );

  const [one, other] = [await start(), await start()];
  const sagaOf = async ({ id }: { id: string }) =>
    (await one.manager.get(`/api/system/sagas?orderId=${id}&status=needs-attention`)).body.items[0];
  await expect
    .poll(() => Promise.all([sagaOf(lost), sagaOf(late)]), { timeout: 120_000, interval: 500 })
    .not.toContain(undefined);
  const [settled, asked] = [await sagaOf(lost), await sagaOf(late)];
  const { rows } = await client.query(
    "select refunds.id from payments.refunds join payments.payments on payment_id = payments.id where order_id = $1",
    [late.id],
  );
  expect(asked.cause).toContain(
    `not said whether the money went back. Look there by ${rows[0].id}`,
  );
  expect((await one.cashier.get(`/api/orders/${late.id}`)).body.cancellation.attention).toBe(
    asked.cause,
  );
  expect((await one.reconcile()).differences).toMatchObject([
    { what: "No saga needs attention", subject: settled.id },
    { what: "No saga needs attention", subject: asked.id },
  ]);

  // The gateway gives this one after all; whoever resumes it from two processes hears once that it goes on.
  await client.query("drop trigger lose on payments.simulator_refunds");
  const decide = (test: TestTiffin, id: string, verb: string, body?: object) =>
    test.manager.send("POST", `/api/system/sagas/${id}/${verb}`, body);
  const both = await Promise.all([one, other].map((test) => decide(test, asked.id, "resume")));
  expect(both.map(({ status }) => status)).toContain(200);
  await expect
    .poll(async () => (await one.cashier.get(`/api/orders/${late.id}`)).body.payment.status)
    .toBe("refunded");

  // That one was paid from the drawer.
  const reason = { reason: "500 paid back in cash" };
  const words = await Promise.all(
    [one, other].map((test) => decide(test, settled.id, "abandon", reason)),
  );
  expect(words.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect((await decide(other, settled.id, "resume")).status).toBe(409);
  expect((await one.cashier.get(`/api/orders/${lost.id}`)).body.payment.status).toBe(
    "refund-abandoned",
  );
  const books = await one.reconcile();
  expect(books).toMatchObject({ quiet: true, differences: [] });
  expect(books.accepted).toMatchObject([
    { subject: lost.id, detail: expect.stringContaining(reason.reason) },
  ]);
  const audit = await one.manager.get("/api/audit?limit=100");
  const actions = audit.body.items.map(({ action }: { action: string }) => action);
  const count = (action: string) => actions.filter((each: string) => each === action).length;
  expect([count("system.sagas.abandon"), count("system.sagas.resume")]).toEqual([1, 1]);
});
