// What invariants.ts asks of the stores after every death: each question finds nothing where all is well, and what it is
// about once that is planted. A question that can only be answered with "nothing" would let every death pass.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startDocumentStore } from "#platform/embedded";
import { createEmptyDatabase } from "../../src/platform/db/testing.js";
import { bootTiffin, line, order } from "../system/tiffin.js";
import { brokenInvariants, FAULTS } from "./invariants.js";
import type { Stores } from "./stores.js";

const RECORD = "id, name, key, occurred_at, trace, data";

/** By the question that must find it; as somebody with all rights in the database can do. */
const PLANTED: Readonly<Record<string, string>> = {
  "an order's parts sum to its total":
    "update orders.orders set subtotal = subtotal + 1, total = total + 1",
  "a line is quantity × (price + modifiers)": "update orders.line_items set total = total + 1",
  "an order is paid exactly once":
    "update payments.payments set captured = captured - 1 where status = 'captured' and refunded = 0",
  "no money without an order":
    "update payments.payments set order_id = gen_random_uuid() where refunded = 0",
  "change is what was tendered above the total":
    "update orders.orders set change = change + 1 where payment_method = 'cash'",
  "a saga has ended as its order says":
    "update orders.sagas set status = 'rolled-back' where id in (select id from orders.orders)",
  "every saga has ended": "update orders.sagas set ended_at = null",
  "an order is cancelled by one saga": "delete from orders.sagas where subject <> id",
  "an order has its saga": "delete from orders.sagas where subject = id",
  "no card token is kept": `update orders.sagas set input = input || '{"secret": {}}'`,
  "receipt numbers have no gap": "update orders.counters set last = last + 1",
  "never more captured than authorised, or refunded than captured":
    "update payments.refunds set amount = amount - 1",
  "nothing is pending at the gateway": "update payments.refunds set status = 'pending'",
  "the gateway took and gave back what the payments say":
    "update payments.simulator_charges set amount = amount + 1 where status = 'captured'",
  "an order is told exactly once":
    "delete from orders.outbox_archive where name = 'orders.order-cancelled.v1'",
  "a capture is told exactly once":
    "delete from payments.outbox_archive where name = 'payments.payment-captured.v1'",
  "a refund is told exactly once":
    "delete from payments.outbox_archive where name = 'payments.payment-refunded.v1'",
  "each line is on one ticket, of its station, and struck through where it was cancelled":
    "update kitchen.ticket_lines set acknowledged = 0, cancelled = 0",
  "the reports count each order, and all the money, once":
    "update reporting.money_figures set captured = captured + 1",
  "what people did is in the log, once, and the log is one chain":
    "update audit.entries set previous_hash = hash where position = 2",
  "nothing waits in an outbox": `insert into kitchen.outbox (${RECORD}) select ${RECORD} from kitchen.outbox_archive limit 1`,
  "no listener has kept an event aside": `insert into kitchen.inbox_failures (subscription, event_id, name, key, event, status)
    select 'kitchen.make-tickets', id, name, key, data, 'dead' from kitchen.outbox_archive limit 1`,
};

let client: Client;
let products: Record<string, unknown>[];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await createEmptyDatabase(inject("databaseUrl"));
  const folder = await mkdtemp(join(tmpdir(), "tiffin-invariants-"));
  const store = await startDocumentStore({ folder });
  ends.push(
    () => database.drop(),
    () => rm(folder, { recursive: true }),
    () => store.stop(),
  );
  const tiffin = await bootTiffin({ DATABASE_URL: database.url, MONGODB_URL: store.url });
  const [samusa, water] = [
    await tiffin.cashier.dish("SMS-01"),
    await tiffin.cashier.dish("WTR-01"),
  ];
  const card = (token: string) => ({ payment: { method: "card", token } });
  const placed = [];
  for (const paid of [{}, card("sim_approve"), card("sim_approve"), card("sim_decline")])
    placed.push(await tiffin.cashier.place(order([line(samusa, 2), line(water)], paid)));
  expect(placed.map(({ status }) => status)).toEqual([201, 201, 201, 402]);
  for (const { body } of placed.slice(1, 3))
    await tiffin.manager.send("POST", `/api/orders/${body.id}/cancel`, {
      reason: "The guest left",
      stock: "restock",
    });
  expect(await tiffin.reconcile()).toMatchObject({ quiet: true, differences: [] });
  await tiffin.stop();

  client = new Client({ connectionString: database.url });
  await client.connect();
  ends.push(() => client.end());
  const documents = new mongo.MongoClient(store.url);
  ends.push(() => documents.close());
  const inventory = documents.db("tiffin_inventory");
  products = await inventory.collection("products").find().toArray();
  const movements = await inventory.collection("stock_movements").find().toArray();
  find = (name) => (name === "products" ? products : movements);
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

let find: (name: string) => unknown[];
const broken = () =>
  brokenInvariants({
    read: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, [...values])).rows as Row[],
    collection: ((name: string) => ({
      find: () => ({ toArray: () => Promise.resolve(find(name)) }),
    })) as unknown as Stores["collection"],
  });

describe("What must hold after every death", () => {
  it("holds after an evening on which nobody died", async () => {
    expect(await broken()).toEqual({});
  });

  it("is asked with a question that was seen to find something, each", () => {
    expect(Object.keys(PLANTED)).toEqual(Object.keys(FAULTS));
  });

  it.each(Object.entries(PLANTED))("%s", async (what, plant) => {
    await client.query("begin; set local session_replication_role = replica");
    try {
      expect((await client.query(plant)).rowCount).toBeGreaterThan(0);
      expect(Object.keys(await broken())).toContain(what);
    } finally {
      await client.query("rollback");
    }
  });

  it.each([
    ["something is on hand that never moved", { onHand: 1 }],
    ["something is still held", { reserved: 1 }],
    ["a movement is lost", { moves: 1 }],
    ["orders believe in another stock", { onHand: 1, available: 1 }],
  ])("stock adds up: %s", async (_what, change) => {
    const before = products;
    products = products.map((product) =>
      product["tracked"] === true
        ? {
            ...product,
            ...Object.fromEntries(
              Object.entries(change).map(([name, by]) => [name, Number(product[name]) + by]),
            ),
          }
        : product,
    );
    try {
      expect(Object.keys(await broken())).toEqual(["stock adds up"]);
    } finally {
      products = before;
    }
  });
});
