// Sagas that another process holds, or that a person gave up: whoever asks about their orders is told what is so, and
// no order and no till waits for ever.
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { bootTiffin, line, order, type TestTiffin } from "./tiffin.js";

let database: TestDatabase;
let test: TestTiffin;
let client: Client;
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  test = await bootTiffin({ DATABASE_URL: database.url, TIFFIN_SECRET: TEST_SECRET });
  client = new Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await test?.stop();
  await database?.drop();
});

const CANCEL = { definition: "orders.cancel-order.v1", steps: ["cancel", "refund", "settle"] };
const PLACE = { definition: "orders.place-order.v1", steps: ["reserve", "charge", "record"] };
const parked = { status: "needs-attention", cause: "planted" };

/** As long as a lease can be; one that is longer is of a clock that was put back. */
const HELD_MS = 55_000;

/** A saga as another process left it; while it runs, that process holds it. */
async function plant(saga: { definition: string; steps: string[] }, over: object) {
  const row = {
    id: randomUUID(),
    fingerprint: "",
    input: {},
    status: "running",
    owner: randomUUID(),
    journal: [],
    attempts: 0,
    token: 1,
    started_at: new Date(),
    ...saga,
    ...over,
  };
  const all = { subject: row.id, idempotency_key: row.id, ...row };
  await client.query(
    "insert into orders.sagas select * from jsonb_populate_record(null::orders.sagas, $1)",
    [JSON.stringify(all)],
  );
  return row.id;
}
const place = async () => {
  const water = await test.cashier.dish("WTR-01");
  return (await test.cashier.place(order([line(water)]))).body;
};
const cancel = (id: string) =>
  test.manager.send("POST", `/api/orders/${id}/cancel`, { reason: "Wrong", stock: "restock" });
const abandon = async (id: string) => {
  const path = `/api/system/sagas/${id}/abandon`;
  const { status } = await test.manager.send("POST", path, { reason: "Settled by hand" });
  expect(status).toBe(200);
};

describe("a cancellation", () => {
  const input = ({ lineItems }: { lineItems: { id: string }[] }) => ({
    version: null,
    reason: "Wrong",
    outcomes: lineItems.map(({ id }) => ({ id, outcome: "restock" })),
    cancelledOn: "2026-11-23",
    cancelledAt: new Date().toISOString(),
    cancelledBy: { id: randomUUID(), name: "Manager", role: "manager" },
    approvedBy: null,
    from: null,
    trace: "0123456789abcdef0123456789abcdef",
  });

  it("that is under way is not told as undone: it may be done a moment later", async () => {
    const placed = await place();
    const id = await plant(CANCEL, {
      subject: placed.id,
      idempotency_key: `cancel ${placed.id} 1`,
      input: input(placed),
      lease_until: new Date(Date.now() + HELD_MS),
    });
    const waiting = await cancel(placed.id);
    expect([waiting.status, waiting.body.code]).toEqual([409, "order-being-cancelled"]);
    await client.query("update orders.sagas set lease_until = now() where id = $1", [id]);
    let answer = await cancel(placed.id);
    if (answer.status === 409) answer = await cancel(placed.id);
    expect(answer).toMatchObject({ status: 200, body: { status: "cancelled" } });
  });

  it("that a person gave up before it cancelled does not bar the next one", async () => {
    const placed = await place();
    const key = `cancel ${placed.id} 1`;
    const over = { ...parked, subject: placed.id, idempotency_key: key, parked_from: "running" };
    await abandon(await plant(CANCEL, { ...over, input: input(placed) }));
    expect(await cancel(placed.id)).toMatchObject({
      status: 200,
      body: { status: "cancelled", payment: { status: "refunded" } },
    });
  });
});

describe("a placement", () => {
  it.each([
    ["is being undone", "compensating", null],
    ["cannot be undone", "needs-attention", "compensating"],
  ])("that %s is not told as undone: its money may be taken", async (_how, status, parkedFrom) => {
    const key = randomUUID();
    const water = await test.cashier.dish("WTR-01");
    const body = order([line(water)], { payment: { method: "card", token: "sim_decline" } });
    expect((await test.cashier.place(body, key)).status).toBe(402);
    const { rows } = await client.query(
      `update orders.sagas set status = $2, parked_from = $3, lease_until = $4, owner = $5, ended_at = null,
         refusal = '{"code": "PLACEMENT_TIMED_OUT", "status": 503, "message": "Nothing was taken."}'
       where idempotency_key = $1 returning id`,
      [key, status, parkedFrom, new Date(Date.now() + HELD_MS), randomUUID()],
    );
    const [{ id }] = rows;
    const answer = await test.cashier.place(body, key);
    expect([answer.status, answer.body]).toEqual([202, { id, status: "placing" }]);
    const standing = (await test.cashier.get(`/api/orders/${id}/placement`)).body;
    expect(standing).not.toHaveProperty("problem");
    expect(standing.status).not.toBe("refused");
  });

  it.each(["running", "compensating"])(
    "that a person gave up (%s) is refused, so that no till follows it for ever",
    async (parkedFrom) => {
      const id = await plant(PLACE, { ...parked, parked_from: parkedFrom });
      const standing = async () => (await test.cashier.get(`/api/orders/${id}/placement`)).body;
      expect((await standing()).status).toBe("needs-attention");
      await abandon(id);
      expect(await standing()).toMatchObject({
        status: "refused",
        problem: { code: "abandoned", status: 503 },
      });
    },
  );
});
