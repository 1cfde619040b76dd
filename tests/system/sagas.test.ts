// Sagas as people see and operate them, over HTTP and by command line: a refund that the gateway refuses waits for a
// person; what the person decides is done once, recorded, and explained to reconciliation.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { bootTiffin, eventually, line, order, type TestTiffin } from "./tiffin.js";

let database: TestDatabase;
let test: TestTiffin;
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  test = await bootTiffin({ DATABASE_URL: database.url, TIFFIN_SECRET: TEST_SECRET });
});
afterAll(async () => {
  await test.stop();
  await database.drop();
});

const place = async (token: string) => {
  const water = await test.cashier.dish("WTR-01");
  return test.cashier.place(order([line(water)], { payment: { method: "card", token } }));
};
const cancel = (id: string) =>
  test.manager.send("POST", `/api/orders/${id}/cancel`, { reason: "Wrong", stock: "restock" });
const sagasOf = async (orderId: string) =>
  (await test.manager.get(`/api/system/sagas?orderId=${orderId}`)).body.items;
const statesOf = (saga: { steps: { name: string; state: string }[] }) =>
  saga.steps.map(({ name, state }) => `${name} ${state}`);

/** The audit log is built from these. */
async function actionsOn(subject: string) {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select data from orders.outbox where name = 'orders.action-taken.v1' and key = $1
       union all select data from orders.outbox_archive where name = 'orders.action-taken.v1' and key = $1`,
      [subject],
    );
    return rows.map(({ data }) => data);
  } finally {
    await client.end();
  }
}

describe("sagas, seen", () => {
  it("shows the steps of a placed order, and finds it by the order", async () => {
    const { body: placed } = await place("sim_slow_50");
    const [saga, ...others] = await sagasOf(placed.id);
    expect(others).toEqual([]);
    expect(saga).toMatchObject({
      id: placed.id,
      definition: "orders.place-order.v1",
      orderId: placed.id,
      status: "completed",
      trace: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(statesOf(saga)).toEqual(["reserve done", "charge done", "record done"]);
    expect(saga.steps[1].tookMs).toBeGreaterThanOrEqual(50);
    expect(saga.steps[2]).toMatchObject({ pivot: true, tookMs: expect.any(Number) });
    expect((await test.manager.get(`/api/system/sagas/${saga.id}`)).body).toEqual(saga);
  });

  it("shows where a saga stands while it runs", async () => {
    const placing = place("sim_slow_1500");
    const [saga] = await eventually(
      async () => (await test.manager.get("/api/system/sagas?status=open")).body.items,
      (items) => items.length === 1 && items[0].steps[1].state === "running",
    );
    expect(statesOf(saga)).toEqual(["reserve done", "charge running", "record waiting"]);
    expect((await placing).status).toBe(201);
  });

  it("shows what was undone and what the guest was told", async () => {
    expect((await place("sim_decline")).status).toBe(402);
    const [saga] = (await test.manager.get("/api/system/sagas?status=rolled-back&limit=1")).body
      .items;
    expect(statesOf(saga)).toEqual(["reserve undone", "charge failed", "record not-run"]);
    expect(saga.refusal).toMatchObject({ code: "payment-declined", status: 402 });
  });

  it("pages, newest first", async () => {
    const first = (await test.manager.get("/api/system/sagas?limit=1")).body;
    const second = (await test.manager.get(`/api/system/sagas?limit=1&cursor=${first.nextCursor}`))
      .body;
    expect(second.items[0].id < first.items[0].id).toBe(true);
  });

  it("needs its own permissions", async () => {
    const id = randomUUID();
    const read = await test.cashier.get("/api/system/sagas");
    expect(read.body.permission).toBe("system.sagas.read");
    const operate = await test.cashier.send("POST", `/api/system/sagas/${id}/resume`);
    expect(operate.body.permission).toBe("system.sagas.operate");
    expect((await test.manager.get(`/api/system/sagas/${id}`)).status).toBe(404);
  });

  it("counts and times them in /metrics", async () => {
    const { body } = await test.nobody.get("/metrics");
    const saga = 'saga="orders.place-order.v1"';
    expect(body).toContain(`tiffin_sagas_open{${saga},status="running"} 0`);
    expect(body).toMatch(
      new RegExp(`tiffin_saga_outcomes_total\\{${saga},outcome="completed"\\} \\d`),
    );
    expect(body).toMatch(new RegExp(`tiffin_saga_compensations_total\\{${saga}\\} \\d`));
    for (const step of ["reserve", "charge", "record"]) {
      expect(body).toContain(`tiffin_saga_step_seconds_count{${saga},step="${step}",action="run"}`);
    }
  });
});

it("says that a key is in use while another till's order with it is being committed", async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const key = randomUUID();
  // The order of the other till: it has the key, and nobody can see it yet.
  await client.query(`
    create function orders.hide() returns trigger language plpgsql as $$ begin
      if new.idempotency_key = '${key}' then return null; end if;
      return new;
    end $$;
    create trigger hide before insert on orders.sagas for each row execute function orders.hide()`);
  const water = await test.cashier.dish("WTR-01");
  const body = order([line(water)]);
  const busy = await test.cashier.place(body, key);
  expect([busy.status, busy.body.code]).toEqual([409, "idempotency-key-in-use"]);
  await client.query("drop trigger hide on orders.sagas");
  await client.end();
  expect((await test.cashier.place(body, key)).status).toBe(201);
});

describe("a saga that needs attention", () => {
  it("says so wherever one looks, and is resumed and abandoned by a person", async () => {
    const { body: placed } = await place("sim_refund_refused");
    const { status, body: order } = await cancel(placed.id);
    expect(status).toBe(202);
    expect(order).toMatchObject({
      status: "cancelled",
      payment: { status: "refund-pending" },
      cancellation: { attention: expect.stringMatching(/Give the money back another way/) },
    });
    const [saga] = await sagasOf(placed.id);
    expect(saga).toMatchObject({ status: "needs-attention", cause: order.cancellation.attention });
    expect(statesOf(saga)).toEqual(["cancel done", "refund failed", "settle waiting"]);
    const { body: metrics } = await test.nobody.get("/metrics");
    expect(metrics).toContain(
      'tiffin_sagas_open{saga="orders.cancel-order.v1",status="needs-attention"} 1',
    );
    const found = await test.reconcile();
    expect(found).toMatchObject({ quiet: true, accepted: [] });
    expect(found.differences).toMatchObject([
      { what: "No saga needs attention", subject: saga.id },
    ]);

    // The gateway says no again.
    const resumed = await test.manager.send("POST", `/api/system/sagas/${saga.id}/resume`);
    expect(resumed.status).toBe(200);
    await eventually(
      async () => (await sagasOf(placed.id))[0],
      (one) => one.status === "needs-attention",
    );

    const abandon = { reason: "3,675 paid back in cash" };
    const path = `/api/system/sagas/${saga.id}/abandon`;
    const both = await Promise.all([
      test.manager.send("POST", path, abandon),
      test.manager.send("POST", path, abandon),
    ]);
    expect(both.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(both.find((answer) => answer.status === 409)?.body).toMatchObject({
      code: "saga-not-parked",
      saga: { status: "abandoned", abandonedReason: abandon.reason },
    });
    expect((await test.cashier.get(`/api/orders/${placed.id}`)).body.payment.status).toBe(
      "refund-abandoned",
    );
    expect((await cancel(placed.id)).body.payment.status).toBe("refund-abandoned");
    const settled = await test.reconcile();
    expect(settled).toMatchObject({ quiet: true, differences: [] });
    expect(settled.accepted).toMatchObject([
      { subject: placed.id, detail: expect.stringContaining(abandon.reason) },
    ]);

    expect(await actionsOn(saga.id)).toMatchObject([
      { action: "system.sagas.resume", actor: { name: "Manager", role: "manager" } },
      { action: "system.sagas.abandon", reason: abandon.reason, details: { orderId: placed.id } },
    ]);
    expect(await actionsOn(placed.id)).toMatchObject([
      { action: "orders.cancel", subject: { type: "order", id: placed.id }, reason: "Wrong" },
    ]);
  });

  it("is found, shown and decided from the command line", async () => {
    const { body: placed } = await place("sim_refund_refused");
    await cancel(placed.id);
    const [saga] = await sagasOf(placed.id);
    const run = (...args: string[]) =>
      new Promise<{ status: number; output: string }>((resolve) => {
        const env = { ...process.env, DATA_DIR: test.tiffin.summary.dataDir };
        const command = ["--import", "tsx", "src/cli/sagas.ts", ...args];
        execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
          resolve({ status: Number(error?.code ?? 0), output: stdout + stderr }),
        );
      });
    const list = await run("list", "--status", "needs-attention");
    expect(list.output).toContain(saga.id);
    expect(list.output).toContain("refund failed");
    expect((await run("show", saga.id)).output).toMatch(/cancel \(pivot\) +done/);
    expect(await run("abandon", saga.id, "--reason", "Paid in cash")).toMatchObject({
      status: 0,
      output: expect.stringContaining("Given up: Paid in cash"),
    });
    expect(await run("resume", saga.id)).toMatchObject({
      status: 1,
      output: expect.stringContaining("does not wait for a person"),
    });
  });
});
