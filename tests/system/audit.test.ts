// The audit log of a running restaurant: what people do is in it with who, from where, with whose approval and why; and
// `npm run audit`, against the live server, finds what somebody with all rights in the database did to it.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Entry } from "#modules/audit";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { bootTiffin, type Dish, eventually, line, mmk, order, type TestTiffin } from "./tiffin.js";

let database: TestDatabase;
let test: TestTiffin;
let owner: Client;
let water: Dish;
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  test = await bootTiffin({ DATABASE_URL: database.url, TIFFIN_SECRET: TEST_SECRET });
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  water = await test.cashier.dish("WTR-01");
});
afterAll(async () => {
  await owner.end();
  await test.stop();
  await database.drop();
});

/** What was done to it, oldest first, once there are so many entries. */
async function entriesOn(subject: string, count = 1): Promise<Entry[]> {
  const { items } = await eventually(
    async () => (await test.manager.get(`/api/audit?subject=${subject}`)).body,
    (body: { items: Entry[] }) => body.items.length >= count,
  );
  return items.toReversed();
}

/** The cashier's own request, with the manager's yes for it. */
async function approved(
  permission: string,
  method: string,
  path: string,
  body: object,
  subject: string,
): Promise<{ status: number; body: { id?: string; order?: object; code?: string } }> {
  const refused = await test.cashier.send(method, path, body);
  expect([refused.status, refused.body.permission, refused.body.approvable]).toEqual([
    403,
    permission,
    true,
  ]);
  const given = await test.cashier.send("POST", "/api/approvals", {
    name: "Manager",
    pin: "1111",
    permission,
    subject,
  });
  return test.cashier.send(method, path, body, { approval: given.body.approval });
}

const BOTH = {
  actor: { name: "Cashier", role: "cashier" },
  approvedBy: { name: "Manager" },
  from: "127.0.0.1",
};
const MANAGER = { actor: { name: "Manager", role: "manager" }, from: "127.0.0.1" };

describe("what people do", () => {
  it("to the attributes that products may have", async () => {
    const path = "/api/inventory/attribute-schema";
    const { version, fields } = (await test.manager.get(path)).body;
    const field = { key: "wok", label: { en: "Wok" }, type: "text" };
    const put = (over: object) => test.manager.send("PUT", path, { version, fields, ...over });
    expect((await put({ fields: [...fields, field] })).status).toBe(200);
    expect((await put({ fields: [] })).status).toBe(409); // stale: refused
    const entries = await entriesOn("products");
    expect(entries).toMatchObject([{ ...MANAGER, details: { added: ["wok"], removed: [] } }]);
  });

  it("to a product and its stock, with what changed", async () => {
    const { body: made } = await test.manager.send("POST", "/api/inventory/products", {
      sku: "TEA-9",
      name: { en: "Tea" },
      price: mmk(500),
      stock: 10,
    });
    const path = `/api/inventory/products/${made.id}`;
    await test.manager.send("PATCH", path, {
      version: 1,
      price: mmk(600),
      attributes: { wok: "hot" },
    });
    await test.manager.send("PATCH", path, { version: 1, price: mmk(700) }); // stale: refused
    const movement = { type: "recount", quantity: 7, reason: "Counted twice" };
    await test.manager.send("POST", `${path}/movements`, movement);
    await approved(
      "inventory.adjust",
      "POST",
      `${path}/movements`,
      {
        id: randomUUID(),
        type: "waste",
        quantity: 2,
        reason: "Fell down",
      },
      made.id,
    );
    await approved("inventory.edit", "PATCH", path, { version: 2, archived: true }, made.id);
    // Who lets a dish be stopped has said nothing of its price.
    const dearer = { version: 3, archived: false, price: mmk(1) };
    expect(await approved("inventory.edit", "PATCH", path, dearer, made.id)).toMatchObject({
      status: 403,
      body: { code: "approval-too-narrow" },
    });
    const entries = await entriesOn(made.id, 5);
    expect(entries).toMatchObject([
      { ...MANAGER, action: "inventory.edit", details: { created: true, sku: "TEA-9", stock: 10 } },
      {
        ...MANAGER,
        action: "inventory.edit",
        details: { price: { from: 500, to: 600 }, attributes: ["wok"] },
      },
      {
        ...MANAGER,
        action: "inventory.adjust",
        reason: "Counted twice",
        details: { type: "recount", quantity: -3, onHand: 7 },
      },
      {
        ...BOTH,
        action: "inventory.adjust",
        reason: "Fell down",
        details: { type: "waste", quantity: -2, onHand: 5 },
      },
      { ...BOTH, action: "inventory.edit", details: { archived: { from: false, to: true } } },
    ]);
    expect(entries).toHaveLength(5);
  });

  it("to the restaurant and its menu, and nothing for an edit that changes nothing", async () => {
    const { version } = (await test.manager.get("/api/restaurant/settings")).body;
    const edit = (name: string, at: number) =>
      test.manager.send("PATCH", "/api/restaurant", { version: at, name: { en: name } });
    expect((await edit("Shwe Tiffin", version)).status).toBe(200);
    expect((await edit("Shwe Tiffin", version + 1)).status).toBe(200);
    const removed = await test.manager.send(
      "DELETE",
      `/api/restaurant/menu-items/${water.productId}?version=${version + 1}`,
    );
    expect(removed.status).toBe(200);
    expect(await entriesOn(water.productId)).toMatchObject([
      { ...MANAGER, action: "restaurant.edit", details: { removed: true } },
    ]);
    const entries = await entriesOn("restaurant");
    expect(entries).toMatchObject([
      { ...MANAGER, details: { profile: { name: { en: "Shwe Tiffin" } } } },
    ]);
    expect(entries).toHaveLength(1);
  });

  it("to orders and their money: a cashier's refund and cancellation name both people", async () => {
    const tea = await test.cashier.dish("MOH-01");
    const { body: placed } = await test.cashier.place(order([line(tea)]));
    const refund = { orderId: placed.id, amount: mmk(100), reason: "Cold", key: randomUUID() };
    const given = await approved(
      "payments.refund",
      "POST",
      "/api/payments/refunds",
      refund,
      placed.id,
    );
    expect(given).toMatchObject({ status: 200, body: { amount: mmk(100) } });
    const again = await test.manager.send("POST", "/api/payments/refunds", refund);
    expect(again.body.refundId).toBe((given.body as { refundId?: string }).refundId);
    expect((await test.reconcile()).differences).toEqual([]);
    const asked = { reason: "Guest left", stock: "restock" };
    const cancelled = await approved(
      "orders.cancel",
      "POST",
      `/api/orders/${placed.id}/cancel`,
      asked,
      placed.id,
    );
    expect([200, 202]).toContain(cancelled.status);
    const entries = await entriesOn(placed.id, 2);
    expect(entries).toMatchObject([
      { ...BOTH, action: "payments.refund", reason: "Cold", details: { amount: mmk(100) } },
      { ...BOTH, action: "orders.cancel", reason: "Guest left" },
    ]);
    expect(entries).toHaveLength(2);
    expect((await test.reconcile()).differences).toEqual([]);
  });

  it("to events, to reports, and with commands on this machine", async () => {
    const name = "orders.copy-products";
    const path = `/api/system/events/subscriptions/${name}`;
    for (const verb of ["pause", "resume"])
      await test.manager.send("POST", `${path}/${verb}`, { reason: "Looking" });
    expect(await entriesOn(name, 2)).toMatchObject([
      { ...MANAGER, action: "system.events.pause", reason: "Looking" },
      { ...MANAGER, action: "system.events.resume", reason: "Looking" },
    ]);
    const operator = { authorization: `Bearer ${test.tiffin.operatorToken}` };
    await test.nobody.send("POST", "/api/reports/rebuild", undefined, operator);
    expect(await entriesOn("reporting")).toMatchObject([
      { actor: { name: "Operator" }, from: "127.0.0.1", action: "reporting.rebuild" },
    ]);
  });
});

const COLUMNS = "position, event_id, entry, previous_hash, hash";

describe("npm run audit", () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = { ...process.env, DATA_DIR: test.dataDir };
      const command = ["--import", "tsx", "src/cli/audit.ts", ...args];
      execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      );
    });

  beforeEach(async () => {
    await eventually(
      async () => (await test.manager.get("/api/audit")).body.items.length as number,
      (count) => count > 5,
    );
    await owner.query("alter table audit.entries disable trigger all");
  });

  it("lists who did what, from where and with whose yes", async () => {
    const { code, output } = await run("list", "--action", "payments.refund");
    expect(code).toBe(0);
    expect(output).toMatch(/Cashier +payments\.refund +order \S+ +127\.0\.0\.1 +Manager +Cold/);
  });

  it("finds an altered, a removed and an inserted row of the live log, and is content without", async () => {
    expect(await run("verify")).toMatchObject({ code: 0, output: expect.stringContaining("fit") });
    await owner.query(`create table audit.kept as select ${COLUMNS} from audit.entries`);

    await owner.query(
      `update audit.entries set entry = replace(entry, 'Cold', 'Kind') where entry like '%"reason":"Cold"%'`,
    );
    expect(await run("verify")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/entry \d+: altered/),
    });
    await owner.query(
      `delete from audit.entries; insert into audit.entries (${COLUMNS}) select * from audit.kept`,
    );
    expect((await run("verify")).code).toBe(0);

    await owner.query("delete from audit.entries where position = 3");
    expect(await run("verify")).toMatchObject({
      code: 1,
      output: expect.stringContaining("entry 3: missing: entry 3 was removed"),
    });
    await owner.query(
      `insert into audit.entries (${COLUMNS}) select * from audit.kept where position = 3`,
    );

    await owner.query(
      `insert into audit.entries (position, event_id, entry, previous_hash, hash)
       select position + 1, gen_random_uuid(), entry, hash, sha256(hash || convert_to(entry, 'UTF8'))
       from audit.entries order by position desc limit 1`,
    );
    expect(await run("verify")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/entry \d+: put in/),
    });
    await owner.query(
      "delete from audit.entries where position > (select max(position) from audit.kept)",
    );
    expect((await run("verify")).code).toBe(0);
  });
});
