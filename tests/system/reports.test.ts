// Reports over HTTP against the orders and payments that they are about; and a rebuild while orders come in.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootTiffin, type Dish, eventually, line, mmk, order, type TestTiffin } from "./tiffin.js";

let test: TestTiffin;
let menu: Dish[];
beforeAll(async () => {
  test = await bootTiffin();
  menu = (await test.cashier.menu()).filter((dish) => (dish.availability.available ?? 99) > 20);
});
afterAll(() => test.stop());

const KINDS = ["date", "hour", "dish", "category", "server", "service-type"];
const report = async (by: string) => (await test.manager.get(`/api/reports/sales?by=${by}`)).body;
const all = async (path: string) => {
  const items = [];
  for (let cursor = ""; ;) {
    const { body } = await test.manager.get(`${path}&limit=100${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === null) return items;
    cursor = `&cursor=${body.nextCursor}`;
  }
};

/** Of all kinds: cash and card, at a table and to go, some cancelled. */
async function sell(count: number): Promise<void> {
  const { body: restaurant } = await test.cashier.get("/api/restaurant");
  const at = { serviceType: "dine-in", tableId: restaurant.tables[0].id };
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const dishes = [menu[index % menu.length], menu[(index * 3 + 1) % menu.length]] as Dish[];
      const lines = dishes.map((dish, place) => line(dish, 1 + ((index + place) % 2)));
      const card = { payment: { method: "card", token: "sim_approve" } };
      const { status, body } = await test.cashier.place(
        order(lines, { ...(index % 2 && card), ...(index % 3 === 0 && at) }),
      );
      expect(status, JSON.stringify(body)).toBe(201);
      if (index % 4 > 0) return;
      const cancelled = await test.manager.send("POST", `/api/orders/${body.id}/cancel`, {
        reason: "The guest left",
        stock: "restock",
      });
      expect([200, 202]).toContain(cancelled.status);
    }),
  );
}

/** Figures by every kind against the order book and the payments, summed up here. */
async function expectEqualToTheBooks(): Promise<string> {
  expect((await test.reconcile()).differences).toEqual([]);
  const orders = await all("/api/orders?");
  const standing = orders.filter(({ status }) => status === "placed");
  const sum = (list: { totals: Record<string, { amount: number }> }[], part: string) =>
    list.reduce((total, one) => total + (one.totals[part]?.amount ?? 0), 0);
  const reports = [];
  for (const by of KINDS) {
    const { totals, rows } = await report(by);
    expect([by, totals.net]).toEqual([by, mmk(sum(standing, "subtotal"))]);
    expect(
      rows.reduce((net: number, row: { net: { amount: number } }) => net + row.net.amount, 0),
    ).toBe(totals.net.amount);
    reports.push(totals, rows);
  }
  const { totals } = await report("date");
  expect(totals).toMatchObject({
    orders: orders.length,
    cancelledOrders: orders.length - standing.length,
    sales: mmk(sum(orders, "subtotal")),
    serviceCharge: mmk(sum(standing, "serviceCharge")),
    tax: mmk(sum(standing, "tax")),
    total: mmk(sum(standing, "total")),
  });
  const methods = await report("method");
  const payments = await all("/api/payments?");
  for (const { method, net } of methods.rows) {
    const own = payments.filter((payment) => payment.method === method);
    expect([method, net.amount]).toEqual([
      method,
      own.reduce((kept, one) => kept + one.captured.amount - one.refunded.amount, 0),
    ]);
  }
  expect(methods).toMatchObject({ totals: { net: totals.total }, withoutSale: mmk(0) });
  const behind = await all("/api/reports/orders?");
  expect(behind.reduce((net, { amount }) => net + amount.amount, 0)).toBe(totals.net.amount);
  return JSON.stringify([...reports, methods]);
}

describe("reports", () => {
  it("equal the order book and the payments, also after a rebuild during live orders", async () => {
    await sell(40);
    await expectEqualToTheBooks();
    const started = await test.manager.send("POST", "/api/reports/rebuild");
    expect(started.status).toBe(202);
    await sell(40);
    const done = await eventually(
      async () => (await test.manager.get("/api/reports/rebuild")).body,
      ({ status }) => status !== "running",
    );
    expect(done).toMatchObject({ status: "done", changed: 0, startedBy: "Manager" });
    const before = await expectEqualToTheBooks();
    await test.manager.send("POST", "/api/reports/rebuild");
    await eventually(
      async () => (await test.manager.get("/api/reports/rebuild")).body,
      ({ status, done: events }) => status === "done" && events > done.done,
    );
    expect(await expectEqualToTheBooks()).toBe(before);
  });

  it("name dishes in both languages, and tell what the stock is worth", async () => {
    const { businessDate, dishes, stock } = (await test.manager.get("/api/reports/today")).body;
    expect(businessDate).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(dishes[0].name).toEqual({ en: expect.any(String), my: expect.stringMatching(/[က-႟]/) });
    expect(stock).toEqual({ low: expect.any(Number), soldOut: 0 });
    const { value, items } = (await test.manager.get("/api/reports/stock")).body;
    let worth = 0;
    for (const { productId, onHand } of items) {
      const { body } = await test.manager.get(`/api/inventory/products/${productId}`);
      expect(onHand).toBe(body.stock.onHand);
      worth += onHand * body.price.amount;
    }
    expect(value).toEqual(mmk(worth));
  });

  it("are for managers, and refuse what they cannot report on", async () => {
    for (const path of ["sales?by=hour", "today", "stock", "orders", "payments", "rebuild"]) {
      expect([path, (await test.cashier.get(`/api/reports/${path}`)).status]).toEqual([path, 403]);
    }
    expect((await test.cashier.send("POST", "/api/reports/rebuild")).status).toBe(403);
    for (const asked of [
      "sales",
      "sales?by=colour",
      "sales?by=hour&from=2026-02-30",
      "sales?by=hour&from=2026-03-01&to=2026-02-01",
      "orders?cursor=nonsense",
      "orders?hour=24",
      "orders?unknown=1",
    ]) {
      const { status, body } = await test.manager.get(`/api/reports/${asked}`);
      expect([asked, status, body.code]).toEqual([asked, 422, "invalid-input"]);
    }
  });
});
