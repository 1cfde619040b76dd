// Stock that orders hold, looked through by another process while the first one sells: what may still be placed keeps
// its stock, whatever races; what cannot be placed any more gives it back.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "mongoose";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createInventory, type InventoryFace, type contract } from "#modules/inventory";
import { manifest } from "#modules/manifest";
import type { OrdersTables } from "#modules/orders";
import { openPostgres } from "#platform/db";
import { openDocuments } from "#platform/documents";
import { startDocumentStore } from "#platform/embedded";
import { createFace, systemPrincipal } from "#platform/http";
import { releaseLeftovers } from "../../src/modules/orders/commands/release-leftovers.js";
import { createEmptyDatabase, TEST_SECRET } from "../../src/platform/db/testing.js";
import { bootTiffin, type Dish, line, order, type TestTiffin } from "./tiffin.js";

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ends: (() => Promise<unknown>)[] = [];

let test: TestTiffin;
let connection: Connection;
let inventory: InventoryFace;
let sweep: (over?: { laterMs?: number }) => Promise<number>;
let dish: Dish;

beforeAll(async () => {
  const server = await createEmptyDatabase(inject("databaseUrl"));
  const folder = await mkdtemp(join(tmpdir(), "tiffin-left-over-"));
  const store = await startDocumentStore({ folder });
  ends.push(
    () => server.drop(),
    () => rm(folder, { recursive: true }),
    () => store.stop(),
  );
  test = await bootTiffin({
    DATABASE_URL: server.url,
    MONGODB_URL: store.url,
    TIFFIN_SECRET: TEST_SECRET,
  });
  ends.push(() => test.stop());
  const secret = TEST_SECRET;
  const postgres = await openPostgres({
    url: server.url,
    secret,
    roles: "own",
    manifest,
    logger: quiet,
  });
  const documents = await openDocuments({ url: store.url, logger: quiet, manifest });
  ends.push(
    () => postgres.close(),
    () => documents.close(),
  );
  connection = await documents.connect("inventory");
  const outbox = { wake: () => undefined };
  const clock = () => new Date();
  const module = createInventory({ connection, outbox, logger: quiet, clock });
  inventory = createFace<typeof contract>(module.router, { principal: systemPrincipal });
  const database = postgres.connect<OrdersTables>("orders");
  sweep = ({ laterMs = 0 } = {}) =>
    releaseLeftovers(
      { database, inventory, clock: () => new Date(Date.now() + laterMs) },
      laterMs === 0 ? -1_000 : 0, // whatever its age
    );
  dish = await test.cashier.dish("SMS-01");
}, 90_000);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const stock = async () => {
  const { body } = await test.manager.get(`/api/inventory/products/${dish.productId}`);
  return body.stock;
};
const card = (token: string) => order([line(dish)], { payment: { method: "card", token } });
/** As a request does that was delayed until its bar was forgotten. */
async function reserveLate(orderId: string) {
  await connection.db?.collection("products").updateMany({}, { $set: { closed: [] } });
  const lines = [{ productId: dish.productId, quantity: 2, unitPrice: dish.price }];
  await inventory.reservations.reserve({ orderId, lines });
}

it("never takes the stock of an order that is still being placed", async () => {
  let selling = true;
  let sweeps = 0;
  let released = 0;
  const sweeping = (async () => {
    for (; selling; sweeps++) released += await sweep();
  })();
  const tokens = ["sim_slow_600", "sim_slow_900", "sim_unknown_captured", "sim_approve"];
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, turn) =>
      test.cashier.place(card(tokens[turn % tokens.length] ?? "")),
    ),
  );
  selling = false;
  await sweeping;
  expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(201));
  expect(sweeps).toBeGreaterThan(5);
  expect(released).toBe(0);
  expect(await test.reconcile()).toMatchObject({ quiet: true, differences: [], reservations: 0 });
});

it("gives back what a late request holds for an order that was undone", async () => {
  expect((await test.cashier.place(card("sim_decline"))).status).toBe(402);
  const { items } = (await test.manager.get("/api/system/sagas?status=rolled-back&limit=1")).body;
  const before = await stock();
  await reserveLate(items[0].id);
  expect((await stock()).reserved).toBe(before.reserved + 2);
  expect(await Promise.all([sweep(), sweep()])).toContain(1);
  expect(await stock()).toEqual(before);
  expect(await sweep()).toBe(0);
  // It is barred again, so it cannot come back.
  const lines = [{ productId: dish.productId, quantity: 2, unitPrice: dish.price }];
  await expect(
    inventory.reservations.reserve({ orderId: items[0].id, lines }),
  ).rejects.toMatchObject({ code: "RESERVATION_BARRED" });
});

it("waits until nobody can know an order any more", async () => {
  const before = await stock();
  await reserveLate(randomUUID());
  expect(await sweep()).toBe(0);
  expect(await sweep({ laterMs: 16 * 60_000 })).toBe(1);
  expect(await stock()).toEqual(before);
});
