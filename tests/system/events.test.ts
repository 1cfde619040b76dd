// People and events, over HTTP and by command: a poisoned listener, its retries and causes, the dead letter, the replay
// after mending, the discard; who may, and what is written down of it.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import mongoose from "mongoose";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { encodeCursor } from "#platform/contract";
import { type DocumentStore, startDocumentStore } from "#platform/embedded";
import { newId } from "#platform/kernel";
import { readCommand } from "../../src/cli/events-command.js";
import { createApi } from "../../src/cli/server.js";
import { createEmptyDatabase, type TestDatabase } from "../../src/platform/db/testing.js";
import type { EventDetail, EventsStatus, StoredEvent } from "../../src/system/events-contract.js";
import { bootTiffin, eventually, type TestTiffin } from "./tiffin.js";

const ATTEMPTS = 3;
const LISTENER = "orders.copy-products";
const SETTLES = "inventory.settle-sold-stock";

let folder: string;
let store: DocumentStore;
let database: TestDatabase;
let owner: Client;
let test: TestTiffin;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
  store = await startDocumentStore({ folder });
  database = await createEmptyDatabase(inject("databaseUrl"));
  test = await bootTiffin({
    DATABASE_URL: database.url,
    MONGODB_URL: store.url,
    EVENT_MAX_ATTEMPTS: String(ATTEMPTS),
  });
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  // What the listener writes goes through this trigger: poisoned, it refuses; mended, it counts.
  await owner.query(`
    create table orders.poison (broken boolean, written integer);
    insert into orders.poison values (false, 0);
    grant all on orders.poison to tiffin_orders;
    create function orders.taste() returns trigger language plpgsql as $$ begin
      if (select broken from orders.poison) then raise exception 'The oven is cold'; end if;
      update orders.poison set written = written + 1;
      return new;
    end $$;
    create trigger taste after insert or update of price on orders.catalogue
      for each row execute function orders.taste();`);
});
afterAll(async () => {
  await owner.end();
  await test.stop();
  await database.drop();
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

const poison = (broken: boolean) =>
  owner.query("update orders.poison set broken = $1, written = 0", [broken]);
const written = async () =>
  (await owner.query<{ written: number }>("select written from orders.poison")).rows[0]?.written;

const events = async (query: Record<string, string> = {}) => {
  const { status, body } = await test.manager.get(
    `/api/system/events?${new URLSearchParams(query).toString()}`,
  );
  expect(status, JSON.stringify(body)).toBe(200);
  return body as { items: StoredEvent[]; nextCursor: string | null };
};
const show = async (id: string) =>
  (await test.manager.get(`/api/system/events/${id}`)).body as EventDetail;
const status = async () =>
  (await test.manager.get("/api/system/events/status")).body as EventsStatus;

/** Changes prices of these dishes, which the poisoned listener cannot copy, and waits for the dead letters. */
async function killLetters(...skus: string[]): Promise<StoredEvent[]> {
  await poison(true);
  for (const sku of skus) {
    const { productId, price } = await test.cashier.dish(sku);
    const { body: product } = await test.manager.get(`/api/inventory/products/${productId}`);
    const raised = { ...price, amount: price.amount + 100 };
    const changed = await test.manager.send("PATCH", `/api/inventory/products/${productId}`, {
      version: product.version,
      price: raised,
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  }
  const { items } = await eventually(
    () => events({ subscription: LISTENER, status: "dead" }),
    (page) => page.items.length === skus.length,
  );
  await poison(false);
  return items;
}

/** What the module told of it, as it stands in its archive. */
async function actions(eventId: string): Promise<object[]> {
  const { rows } = await owner.query<{ data: object }>(
    `select data from orders.outbox_archive
     where name = 'orders.action-taken.v1' and key = $1 order by position`,
    [eventId],
  );
  return rows.map((row) => row.data);
}

describe("a listener that is poisoned", () => {
  it("is retried, leaves a dead letter with its causes, and applies it once after mending", async () => {
    const [letter] = await killLetters("MOH-01");
    if (!letter) throw new Error("no dead letter");
    expect(letter).toMatchObject({
      subscription: LISTENER,
      status: "dead",
      attempts: ATTEMPTS,
      causeCount: ATTEMPTS,
      event: { name: "inventory.product-changed.v1", publisher: "inventory" },
      discarded: null,
    });
    expect(letter.causes.map(({ message }) => message)).toEqual(
      Array(ATTEMPTS).fill(expect.stringContaining("The oven is cold")),
    );

    const before = await show(letter.event.id);
    const byName = Object.fromEntries(before.deliveries.map((one) => [one.subscription, one]));
    expect(byName[LISTENER]).toMatchObject({ status: "dead", attempts: ATTEMPTS });
    expect(byName[LISTENER]?.causes[0]?.stack).toContain("listeners.ts");
    // Others had the same event all along.
    expect(byName["restaurant.copy-products"]).toMatchObject({ status: "applied" });
    expect(before).toMatchObject({ delivered: true, event: { data: { sku: "MOH-01" } } });

    const { body: replayed } = await test.manager.send("POST", "/api/system/events/replay", {
      eventId: letter.event.id,
      reason: "The oven is warm again",
    });
    expect(replayed).toEqual({ replayed: 1 });
    const after = await eventually(
      () => show(letter.event.id),
      ({ deliveries }) => deliveries.every((one) => one.status === "applied"),
    );
    expect(after.deliveries.map((one) => one.subscription)).toContain(LISTENER);
    expect(await written()).toBe(1);
    const again = await test.manager.send("POST", "/api/system/events/replay", {
      eventId: letter.event.id,
    });
    expect(again.body).toEqual({ replayed: 0 });
    expect(await written()).toBe(1);
    expect(
      await eventually(
        () => actions(letter.event.id),
        (told) => told.length > 0,
      ),
    ).toEqual([
      expect.objectContaining({
        action: "system.events.replay",
        actor: expect.objectContaining({ name: "Manager", role: "manager" }),
        subject: { type: "event", id: letter.event.id, name: "inventory.product-changed.v1" },
        reason: "The oven is warm again",
        details: { subscription: LISTENER },
      }),
    ]);
  });

  it("gives an event up when a manager discards it with a reason, once, and both are written down", async () => {
    const [letter] = await killLetters("TEA-01");
    if (!letter) throw new Error("no dead letter");
    const path = `/api/system/events/${letter.event.id}/discard`;
    const body = { subscription: LISTENER, reason: "A test price" };
    expect((await test.manager.send("POST", path, { subscription: LISTENER })).status).toBe(422);
    const first = await test.manager.send("POST", path, body);
    expect(first.body).toMatchObject({
      status: "discarded",
      discarded: { by: "Manager", reason: "A test price" },
    });
    const second = await test.manager.send("POST", path, { ...body, reason: "Again" });
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(
      await eventually(
        () => actions(letter.event.id),
        (told) => told.length > 0,
      ),
    ).toEqual([
      expect.objectContaining({ action: "system.events.discard", reason: "A test price" }),
    ]);
    expect((await events({ status: "dead" })).items).toEqual([]);
    expect(await written()).toBe(0);
  });

  it("is seen in pages, by subscription and time, and all of it is replayed by one command", async () => {
    const letters = await killLetters("MOH-01", "TEA-01", "SMS-01");
    const query = { subscription: LISTENER, status: "dead" };
    const first = await events({ ...query, limit: "2" });
    const rest = await events({ ...query, limit: "2", cursor: first.nextCursor ?? "" });
    expect([...first.items, ...rest.items]).toEqual(letters);
    expect(rest.nextCursor).toBeNull();
    const from = letters[1]?.event.occurredAt ?? "";
    expect((await events({ ...query, from })).items).toHaveLength(2);
    expect((await events({ ...query, to: from })).items).toHaveLength(1);

    expect(await command("list", "--subscription", LISTENER)).toContain("The oven is cold");
    expect(await command("show", letters[0]?.event.id ?? "")).toMatch(
      /✗ orders\.copy-products: dead/,
    );
    expect(await command("replay", "--subscription", LISTENER, "--from", from)).toContain(
      "2 events are tried again",
    );
    await eventually(written, (count) => count === 2);
    expect(await command("replay", "--all")).toContain("1 event is tried again");
    await eventually(written, (count) => count === 3);
    expect(JSON.parse(await command("list", "--status", "dead", "--json"))).toEqual({
      items: [],
      more: false,
    });
  });
});

/** What the command prints; the operator runs it. */
const command = (...args: string[]) =>
  readCommand(args)(createApi(test.url, test.tiffin.operatorToken));

describe("an event that no listener can read", () => {
  it("is a dead letter of a module on MongoDB; to discard it is told in the same update", async () => {
    const id = newId();
    await owner.query(
      `insert into orders.outbox (id, name, key, occurred_at, data)
       values ($1, 'orders.order-placed.v1', 'nobody', now(), '{"orderId": 1}')`,
      [id],
    );
    const detail = await eventually(
      () => show(id),
      (found: Partial<EventDetail>) =>
        found.deliveries?.some((one) => one.subscription === SETTLES && one.status === "dead") ===
        true,
    );
    const delivery = detail.deliveries.find((one) => one.subscription === SETTLES);
    expect(delivery?.causes[0]?.message).toContain("does not fit its schema");
    expect(
      await command("discard", id, "--subscription", SETTLES, "--reason", "Planted"),
    ).toContain("is given up for inventory.settle-sold-stock (Operator: Planted)");
    // Other modules that hear orders gave it up for the same reason.
    for (const { subscription, status: end } of detail.deliveries) {
      if (subscription !== SETTLES && end === "dead")
        await command("discard", id, "--subscription", subscription, "--reason", "Planted");
    }
    const connection = await mongoose
      .createConnection(store.url, { dbName: "tiffin_inventory" })
      .asPromise();
    const told = await eventually(
      async () => connection.collection("outbox_archive").find({ key: id }).toArray(),
      (rows) => rows.length > 0,
    );
    await connection.close();
    expect(told).toMatchObject([
      {
        name: "inventory.action-taken.v1",
        data: { action: "system.events.discard", actor: { name: "Operator" }, reason: "Planted" },
      },
    ]);
  });
});

describe("npm run events", () => {
  const CLI = join(import.meta.dirname, "../../src/cli/events.ts");
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["--import", "tsx", CLI, ...args], {
      env: { ...process.env, DATA_DIR: test.dataDir },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
    );

  it("finds the running server, and tells success from refusal and from a wrong command by its exit code", async () => {
    const [shown, refused, wrong] = await Promise.all([
      run("status"),
      run("show", newId()),
      run("destroy"),
    ]);
    expect(shown).toMatchObject({ code: 0, text: expect.stringContaining(LISTENER) });
    expect(refused).toMatchObject({ code: 1, text: expect.stringContaining("no such event") });
    expect(wrong).toMatchObject({ code: 2, text: expect.stringContaining("npm run events --") });
  });
});

describe("events as a whole", () => {
  it("are shown with backlog, relay and lag, and as figures for alarms, which nobody needs to ask for first", async () => {
    const { outboxes, subscriptions } = await status();
    expect(outboxes.map(({ publisher }) => publisher)).toEqual(
      expect.arrayContaining(["inventory", "orders", "payments", "restaurant"]),
    );
    for (const outbox of outboxes) expect(outbox).toMatchObject({ relay: "here", stalled: null });
    expect(subscriptions.find(({ name }) => name === LISTENER)).toMatchObject({
      module: "orders",
      outboxes: [{ publisher: "inventory", status: "live", backlog: 0 }],
      dead: 0,
    });
    const { body: flow } = await test.manager.get("/api/system/events/flow");
    expect(flow.line).toHaveLength(120);
    expect(flow.heard).toContainEqual(
      expect.objectContaining({ from: "inventory", to: "orders", subscription: LISTENER }),
    );
    await killLetters("MOH-01");
    const metrics = (await test.manager.get("/metrics")).body as unknown as string;
    for (const line of [
      `tiffin_event_failures{subscription="${LISTENER}",status="dead"} 1`,
      `tiffin_event_failures{subscription="${SETTLES}",status="dead"} 0`,
      'tiffin_outbox_backlog{outbox="orders"} 0',
      `tiffin_event_subscription_backlog{outbox="inventory",subscription="${LISTENER}"} 0`,
    ]) {
      expect(metrics).toContain(line);
    }
    expect(metrics).toMatch(
      /tiffin_event_lag_seconds_bucket\{le="\+Inf",publisher="inventory",subscription="restaurant\.copy-products"\} [1-9]/,
    );
    expect(metrics).toMatch(
      /tiffin_event_attempts_failed_total\{subscription="orders\.copy-products"\} [1-9]/,
    );
    expect(metrics).toMatch(
      /tiffin_events_dead_total\{subscription="orders\.copy-products"\} [1-9]/,
    );
    await command("replay", "--all", "--reason", "Tidying up");
    await eventually(written, (count) => count === 1);
  });

  it("are not delivered to a subscription that a person paused, and are when it is resumed", async () => {
    await eventually(status, ({ outboxes }) => outboxes.every(({ backlog }) => backlog === 0));
    expect(await command("pause", LISTENER, "--reason", "Mending")).toBe(
      `${LISTENER}: paused at inventory.`,
    );
    await poison(false);
    const { productId } = await test.cashier.dish("WTR-01");
    const path = `/api/inventory/products/${productId}`;
    const { body: product } = await test.manager.get(path);
    await test.manager.send("PATCH", path, {
      version: product.version,
      price: { ...product.price, amount: product.price.amount + 100 },
    });
    await eventually(
      status,
      ({ subscriptions }) =>
        (subscriptions.find(({ name }) => name === LISTENER)?.behind ?? 0) >= 1,
    );
    expect(await written()).toBe(0);
    expect(await command("status")).toMatch(/orders\.copy-products +paused +[1-9]/);
    await command("resume", LISTENER);
    await eventually(written, (count) => count === 1);
    const told = (await eventually(
      () => actions(LISTENER),
      (rows) => rows.length === 2,
    )) as {
      action: string;
    }[];
    expect(told.map(({ action }) => action)).toEqual([
      "system.events.pause",
      "system.events.resume",
    ]);
  });

  it("make the server not ready while a relay stands still, and say which and why", async () => {
    const { rows } = await owner.query<{ pid: number; key: string }>(
      `select pid, hashtextextended('outbox:restaurant', 0)::text as key from pg_stat_activity
       where application_name = 'tiffin:restaurant:relay' and datname = current_database()`,
    );
    const { pid, key } = rows[0] ?? {};
    // First in the queue for the lock, and then the relay loses it. Nobody may end an owner's connection.
    const taken = owner.query("select pg_advisory_lock($1)", [key]);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query("select pg_terminate_backend($1)", [pid]);
    await taken;
    await other.query(
      `insert into restaurant.outbox (id, name, key, occurred_at, data)
       values ($1, 'restaurant.settings-changed.v1', 'restaurant', now() - interval '1 minute', '{"revision": 0}')`,
      [newId()],
    );
    const stalled = await eventually(
      () => test.nobody.get("/readyz"),
      (answer) => answer.status === 503,
    );
    expect(stalled.body.checks.events).toMatchObject({
      ok: false,
      detail: {
        stalled: [
          {
            outbox: "restaurant",
            why: expect.stringMatching(/^1 event waits, the oldest for 6\d s: /),
          },
        ],
      },
    });
    await owner.query("select pg_advisory_unlock($1)", [key]);
    await other.end();
    const ready = await eventually(
      () => test.nobody.get("/readyz"),
      (answer) => answer.status === 200,
    );
    expect(ready.body).toMatchObject({ status: "ready" });
  });

  it("are for those who may: others read nothing and change nothing", async () => {
    const id = newId();
    const requests: [string, string, object?][] = [
      ["GET", "/api/system/events"],
      ["GET", "/api/system/events/status"],
      ["GET", "/api/system/events/flow"],
      ["GET", `/api/system/events/${id}`],
      ["POST", "/api/system/events/replay", { all: true }],
      ["POST", `/api/system/events/${id}/discard`, { subscription: LISTENER, reason: "No" }],
      ["POST", `/api/system/events/subscriptions/${LISTENER}/pause`, {}],
      ["POST", `/api/system/events/subscriptions/${LISTENER}/resume`, {}],
    ];
    for (const [method, path, body] of requests) {
      expect([path, (await test.cashier.send(method, path, body)).status]).toEqual([path, 403]);
      expect([path, (await test.nobody.send(method, path, body)).status]).toEqual([path, 401]);
    }
  });

  it("refuse what names nothing, and say so", async () => {
    const send = async (path: string, body?: object) => {
      const { status: code, body: answer } = body
        ? await test.manager.send("POST", path, body)
        : await test.manager.get(path);
      return [code, answer.code];
    };
    const id = newId();
    const nobody = { subscription: "orders.nobody" };
    expect(await send(`/api/system/events/${id}`)).toEqual([404, "not-found"]);
    expect(await send("/api/system/events/replay", {})).toEqual([422, "invalid-input"]);
    expect(await send("/api/system/events/replay", nobody)).toEqual([404, "unknown-subscription"]);
    expect(await send(`/api/system/events/${id}/discard`, { ...nobody, reason: "x" })).toEqual([
      404,
      "unknown-subscription",
    ]);
    expect(
      await send(`/api/system/events/${id}/discard`, { subscription: LISTENER, reason: "x" }),
    ).toEqual([404, "not-stored"]);
    expect(await send("/api/system/events/subscriptions/orders.nobody/pause", {})).toEqual([
      404,
      "unknown-subscription",
    ]);
    const mangled = [
      { eventId: "1", subscription: LISTENER },
      { eventId: id, subscription: "a\0" },
    ];
    for (const cursor of ["abc", ...mangled.map(encodeCursor)])
      expect(await send(`/api/system/events?cursor=${cursor}`)).toEqual([422, "invalid-input"]);
  });
});
