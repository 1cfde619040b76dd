// The live stream of the whole application: who hears what, two processes on the same stores, and the kitchen's flow.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type DocumentStore, startDocumentStore } from "#platform/embedded";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { openScreen, type Screen } from "../../src/platform/stream/testing.js";
import { bootTiffin, eventually, line, mmk, order, type TestTiffin, type Till } from "./tiffin.js";

let folder: string;
let store: DocumentStore;
let database: TestDatabase;
let one: TestTiffin;
let other: TestTiffin;
let cook: Till;
const screens: Screen[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-stream-"));
  store = await startDocumentStore({ folder });
  database = await createEmptyDatabase(inject("databaseUrl"));
  const env = {
    DATABASE_URL: database.url,
    MONGODB_URL: store.url,
    TIFFIN_SECRET: TEST_SECRET,
  };
  one = await bootTiffin(env);
  other = await bootTiffin(env);
  cook = await one.signIn("Kitchen", "3333");
});
/** What the test before told has reached everybody. */
beforeEach(() =>
  eventually(
    async () => (await one.manager.get("/api/system/events/status")).body.outboxes,
    (outboxes) => outboxes.every(({ backlog }: { backlog: number }) => backlog === 0),
  ),
);
afterEach(() => {
  for (const screen of screens.splice(0)) screen.leave();
});
afterAll(async () => {
  await one?.stop();
  await other?.stop();
  await database?.drop();
  await store?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function listen(at: TestTiffin, till: Till, query = "", headers = {}): Promise<Screen> {
  const screen = await openScreen(`${at.url}/api/stream${query}`, {
    authorization: `Bearer ${till.token}`,
    ...headers,
  });
  screens.push(screen);
  if (screen.status === 200) await eventually(() => Promise.resolve(screen.heard.length), Boolean);
  return screen;
}
const topics = (screen: Screen) =>
  [...new Set(screen.events().map(({ event }) => event))].toSorted();
const about = (screen: Screen, event: string) =>
  screen
    .events()
    .filter((one) => one.event === event)
    .map(({ data }) => data.data);
const heard = (screen: Screen, event: string, count = 1) =>
  eventually(
    () => Promise.resolve(about(screen, event)),
    (found) => found.length >= count,
  );

async function place(at: TestTiffin, sku = "MOH-01") {
  const dish = await at.cashier.dish(sku);
  const { status, body } = await at.cashier.place(order([line(dish)]));
  expect(status, JSON.stringify(body)).toBe(201);
  return { id: body.id as string, dish };
}

describe("the stream", () => {
  it("tells each role what it may see, at whichever process the screen is", async () => {
    const manager = await listen(one, one.manager);
    const cashier = await listen(other, other.cashier);
    const kitchen = await listen(other, cook);
    const narrow = await listen(other, other.cashier, "?topics=order-placed");
    const { id, dish } = await place(one);
    await one.manager.send("PATCH", `/api/inventory/products/${dish.productId}`, {
      version: (await one.manager.get(`/api/inventory/products/${dish.productId}`)).body.version,
      price: mmk(4000),
    });
    for (const screen of [manager, cashier, kitchen]) {
      await heard(screen, "menu-changed");
      const [ticket] = await heard(screen, "ticket-changed");
      expect(ticket).toMatchObject({ change: "sent", ticket: { orderId: id, status: "new" } });
      expect((await heard(screen, "order-placed"))[0]).toMatchObject({ orderId: id });
    }
    // Who reads the menu because of what the stream told reads the new one, at this process too.
    expect((await other.cashier.dish("MOH-01")).price.amount).toBe(4000);
    for (const screen of [manager, cashier]) await heard(screen, "stock-changed", 2);
    await heard(manager, "payment-captured");
    expect(topics(manager)).toEqual([
      "menu-changed",
      "order-placed",
      "payment-captured",
      "stock-changed",
      "ticket-changed",
    ]);
    expect(topics(cashier)).toEqual(topics(manager).filter((one) => one !== "payment-captured"));
    expect(topics(kitchen)).toEqual(["menu-changed", "order-placed", "ticket-changed"]);
    expect(topics(narrow)).toEqual(["order-placed"]);
  });

  it("shows the kitchen's work to others, and a cancelled order to the kitchen", async () => {
    const screen = await listen(other, cook);
    const { id } = await place(one);
    const { ticket } = (await heard(screen, "ticket-changed"))[0];
    const list = await cook.get("/api/kitchen/tickets?station=" + ticket.station);
    expect(list.body.items).toContainEqual(ticket);
    const press = { version: ticket.version, to: "cooking" };
    const moved = await cook.send("POST", `/api/kitchen/tickets/${ticket.id}/advance`, press);
    expect(moved.body).toMatchObject({ status: "cooking", version: 2 });
    const again = await cook.send("POST", `/api/kitchen/tickets/${ticket.id}/advance`, press);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: "version-conflict", ticket: moved.body });
    const asked = await one.manager.get(`/api/kitchen/orders/${id}`);
    expect(asked.body.lines[0]).toMatchObject({ state: "cooking", suggestion: "waste" });
    const cancelled = await one.manager.send("POST", `/api/orders/${id}/cancel`, {
      reason: "The guest left",
      stock: asked.body.lines[0].suggestion,
    });
    expect(cancelled.status, JSON.stringify(cancelled.body)).toBeLessThan(300);
    await heard(screen, "order-cancelled");
    const changes = (await heard(screen, "ticket-changed", 3)).map(({ change }) => change);
    expect(changes).toEqual(["sent", "advanced", "cancelled"]);
    const struck = await cook.get(`/api/kitchen/tickets/${ticket.id}`);
    expect(struck.body.lines[0]).toMatchObject({ shown: 0, struck: 1 });
  });

  it("goes on at the other process where it broke off, also without the header", async () => {
    const first = await listen(one, cook, "?topics=order-placed");
    const { id } = await place(one);
    await eventually(
      () => Promise.resolve(about(first, "order-placed")),
      (found) => found.some(({ orderId }) => orderId === id),
    );
    const last = first.lastId() ?? "";
    first.leave();
    const missed = [await place(one), await place(other)].map(({ id }) => id);
    const resumed = [
      await listen(other, cook, "?topics=order-placed", { "last-event-id": last }),
      await listen(other, cook, `?topics=order-placed&lastEventId=${encodeURIComponent(last)}`),
    ];
    for (const screen of resumed) {
      expect(screen.heard[0]).toMatchObject({ event: "ready", data: { resumed: true } });
      const orders = await heard(screen, "order-placed", 2);
      expect(orders.map(({ orderId }) => orderId)).toEqual(missed);
    }
  });

  it("ends when its person signs out, and lets nobody in who may not listen", async () => {
    const leaving = await one.signIn("Kitchen", "3333");
    const screen = await listen(one, leaving);
    await leaving.send("DELETE", "/api/sessions/current");
    await screen.ended;
    expect(screen.heard.at(-1)).toMatchObject({
      event: "closing",
      data: { reason: "session-ended" },
    });
    expect((await listen(one, leaving)).status).toBe(401);
    expect((await one.cashier.get("/api/stream?topics=gossip")).status).toBe(422);
    expect((await one.cashier.send("POST", "/api/stream", {})).status).toBe(405);
  });

  it("is in the description of the interface", async () => {
    const { body } = await one.nobody.get("/openapi.json");
    const operation = body.paths["/api/stream"].get;
    expect(operation["x-permission"]).toBe("stream.listen");
    expect(Object.keys(operation.responses["200"].content)).toEqual(["text/event-stream"]);
    expect(operation.description).toContain("ticket-changed");
  });

  it("says goodbye when its server stops, and goes on at the other", async () => {
    const screen = await listen(one, cook);
    const id = screen.lastId() ?? "";
    await one.stop();
    expect(screen.heard.at(-1)).toMatchObject({ event: "closing", data: { reason: "draining" } });
    const placed = await place(other);
    const again = await listen(other, cook, "?topics=order-placed", { "last-event-id": id });
    expect((await heard(again, "order-placed"))[0]).toMatchObject({ orderId: placed.id });
  });
});
