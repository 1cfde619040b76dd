// What the System page is drawn from: the live map of the modules with the boundaries between them, and an order's story.
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { manifest } from "#modules/manifest";
import { newId } from "#platform/kernel";
import { renderStory } from "../../src/cli/story-view.js";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { LAYERS, type SystemPicture } from "../../src/system/modules-contract.js";
import type { Story } from "../../src/system/story/contract.js";
import { bootTiffin, eventually, line, order, type TestTiffin } from "./tiffin.js";

let database: TestDatabase;
let test: TestTiffin;
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  test = await bootTiffin({ DATABASE_URL: database.url, TIFFIN_SECRET: TEST_SECRET });
});
afterAll(async () => {
  await test?.stop();
  await database?.drop();
});

const card = (token: string) => ({ payment: { method: "card", token } });
const place = async (over: object) =>
  test.cashier.place(order([line(await test.cashier.dish("MOH-01"), 2)], over));

const pathOf = (id: string) => `/api/system/orders/${id}/story`;
/** Once these are told, and nothing waits. */
const storyOf = (id: string, ...titles: string[]) =>
  eventually(
    async () => {
      const { status, body } = await test.manager.get(pathOf(id));
      expect(status, JSON.stringify(body)).toBe(200);
      return body as Story;
    },
    ({ entries }) =>
      titles.every((title) => entries.some((entry) => entry.title === title)) &&
      entries.every(({ outcome }) => outcome !== "waiting"),
  );
const told = ({ entries }: Story, ...kinds: string[]) =>
  entries
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ module, title, outcome }) => `${outcome} ${module}: ${title}`);

describe("an order's story", () => {
  it("tells a placed order from its saga to its tickets, in order of time, and what each listener did", async () => {
    const { body: placed } = await place(card("sim_approve"));
    const story = await storyOf(placed.id, "kitchen.make-tickets", "Mohinga -2 sold");
    expect(story).toMatchObject({
      orderId: placed.id,
      number: placed.number,
      total: placed.totals.total,
      missing: [],
    });
    expect(told(story, "saga", "step")).toEqual([
      "done orders: orders.place-order.v1 started",
      "done orders: reserve",
      "done orders: charge",
      "done orders: record",
      "done orders: orders.place-order.v1 completed",
    ]);
    expect(told(story, "gateway", "payment")).toEqual([
      expect.stringMatching(/^done payments: [\d,]+ MMK by card: captured$/),
      "done payments: charge: captured",
    ]);
    expect(told(story, "movement")).toEqual(["done inventory: Mohinga -2 sold"]);
    expect(told(story, "ticket")).toEqual(["done kitchen: noodle: sent, new"]);
    expect(told(story, "event")).toEqual(
      expect.arrayContaining([
        "done payments: payments.payment-captured.v1",
        "done orders: orders.order-placed.v1",
        "done inventory: inventory.stock-changed.v1",
      ]),
    );
    expect(told(story, "delivery")).toEqual(
      expect.arrayContaining([
        "done kitchen: kitchen.make-tickets",
        "done inventory: inventory.settle-sold-stock",
      ]),
    );
    const times = story.entries.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    const ids = new Set(story.entries.map(({ id }) => id));
    expect(ids.size).toBe(story.entries.length);
    for (const { parent } of story.entries)
      expect(parent === undefined || ids.has(parent)).toBe(true);
    expect(renderStory(story)).toContain(`Order ${placed.number} (${placed.id})`);
  });

  it("goes on with the cancelling, the money and the stock that went back, and who did it", async () => {
    const { body: placed } = await place(card("sim_approve"));
    const cancelled = await test.manager.send("POST", `/api/orders/${placed.id}/cancel`, {
      reason: "The guest left",
      stock: "restock",
    });
    expect(cancelled.status, JSON.stringify(cancelled.body)).toBe(200);
    const story = await storyOf(placed.id, "orders.cancel", "noodle: cancelled, new");
    expect(story.status).toBe("cancelled");
    expect(told(story, "saga")).toHaveLength(4);
    expect(told(story, "refund")).toEqual([
      expect.stringMatching(/^done payments: [\d,]+ MMK back: refunded$/),
    ]);
    expect(told(story, "movement")).toEqual([
      "done inventory: Mohinga -2 sold",
      "done inventory: Mohinga +2 restocked",
    ]);
    expect(told(story, "action")).toEqual(["done orders: orders.cancel"]);
    expect(story.entries.find(({ kind }) => kind === "action")?.detail).toBe(
      "Manager: The guest left",
    );
    expect(told(story, "ticket")).toContain("done kitchen: noodle: cancelled, new");
  });

  it("also tells of an order that was refused and never recorded, and how it was undone", async () => {
    expect((await place(card("sim_decline"))).status).toBe(402);
    const { body } = await test.manager.get("/api/system/sagas?status=rolled-back&limit=1");
    const story = await storyOf(body.items[0].orderId);
    expect(story).not.toHaveProperty("number");
    expect(told(story, "saga", "step")).toEqual([
      "done orders: orders.place-order.v1 started",
      "done orders: reserve",
      "failed orders: charge",
      "done orders: undo reserve",
      "failed orders: orders.place-order.v1 rolled-back",
    ]);
    expect(told(story, "gateway")).toEqual(["failed payments: charge: declined"]);
    expect(told(story, "movement", "ticket")).toEqual([]);
  });

  it("is not to be had of an order that nobody knows, nor by those who may not", async () => {
    const unknown = await test.manager.get(pathOf(newId()));
    expect(unknown.status).toBe(404);
    expect(unknown.body.detail).toContain("Check the id");
    expect((await test.manager.get(pathOf("1"))).status).toBe(422);
    expect((await test.cashier.get(pathOf(newId()))).status).toBe(403);
    expect((await test.nobody.get(pathOf(newId()))).status).toBe(401);
  });
});

describe("the picture of the modules", () => {
  const read = async () => (await test.manager.get("/api/system/modules")).body as SystemPicture;

  it("counts calls and events of each pair, since the start and in the last minute", async () => {
    const before = await read();
    expect(before.modules.map(({ name }) => name)).toEqual(Object.keys(manifest));
    const of = (picture: SystemPicture, name: string) => {
      const module = picture.modules.find((one) => one.name === name);
      if (!module) throw new Error(`${name} is not in the picture`);
      return module;
    };
    const callsOf = (picture: SystemPicture) =>
      of(picture, "orders").calls.find(({ to }) => to === "payments");
    const heardBy = (picture: SystemPicture) =>
      of(picture, "kitchen").hears.find(({ from }) => from === "orders");
    await place({});
    const after = await eventually(
      read,
      (picture) => (heardBy(picture)?.count ?? 0) > (heardBy(before)?.count ?? 0),
    );
    expect(callsOf(after)?.count).toBe((callsOf(before)?.count ?? 0) + 1);
    expect(callsOf(after)?.perMinute).toBeGreaterThan(0);
    expect(heardBy(after)?.perMinute).toBeGreaterThan(0);
    expect(heardBy(after)?.lagMs?.p50).toBeGreaterThan(0);
    expect(of(after, "orders").published.count).toBeGreaterThan(0);
    expect(of(after, "orders").tables.find(({ name }) => name === "orders")?.rows).toBeGreaterThan(
      0,
    );
    expect(of(after, "inventory").tables.map(({ name }) => name)).toContain("products");
    expect(after.modules.every(({ answers }) => answers)).toBe(true);
    expect(Date.parse(after.since)).toBeLessThan(Date.parse(after.at));
  });

  it("says of each boundary what was checked last, and finds a right that an administrator gave", async () => {
    const { layers } = await read();
    expect(layers.map(({ layer }) => layer)).toEqual([...LAYERS]);
    const now = layers.filter(({ layer }) => layer === "roles" || layer === "documents");
    for (const { state, at } of now) expect([state, at]).toEqual(["holds", expect.any(String)]);
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    await owner.query("grant usage on schema orders to tiffin_reporting");
    const broken = (await read()).layers.find(({ layer }) => layer === "roles");
    await owner.query("revoke usage on schema orders from tiffin_reporting");
    await owner.end();
    expect(broken).toMatchObject({
      state: "broken",
      notes: ["tiffin_reporting may use the schema orders"],
    });
  });
});
