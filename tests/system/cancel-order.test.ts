// Cancelling over HTTP, with real stores: the money goes back once, the stock once, the order reads as it stands.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootTiffin, type Dish, eventually, line, mmk, order, type TestTiffin } from "./tiffin.js";

let test: TestTiffin;
let dish: Dish;
let tea: Dish;
beforeAll(async () => {
  test = await bootTiffin();
  dish = await test.cashier.dish("SMS-01");
  tea = await test.cashier.dish("TEA-01");
});
afterAll(() => test.stop());

const card = (token = "sim_approve") => ({ payment: { method: "card", token } });
const place = async (over: object = {}, lines = [line(dish, 3), line(tea)]) => {
  const { status, body } = await test.cashier.place(order(lines, over));
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
};
const cancel = (id: string, over: object = {}) =>
  test.manager.send("POST", `/api/orders/${id}/cancel`, {
    reason: "Ordered twice",
    stock: "restock",
    ...over,
  });
const stockOf = async (productId: string) =>
  (await test.manager.get(`/api/inventory/products/${productId}`)).body.stock;
const movementsOf = async (productId: string, orderId: string) => {
  const path = `/api/inventory/products/${productId}/movements?limit=100`;
  const { items } = (await test.manager.get(path)).body;
  return items
    .filter((movement: { reference: string }) => movement.reference === orderId)
    .map(({ type, quantity }: { type: string; quantity: number }) => `${type} ${quantity}`)
    .toReversed();
};
/** Nothing under way, nothing that does not add up. */
async function expectSound() {
  expect(await test.reconcile()).toMatchObject({ quiet: true, differences: [], reservations: 0 });
}

describe("cancelling an order", () => {
  it("gives cash and stock back, and keeps the lines as they were sold", async () => {
    const before = await stockOf(dish.productId);
    const placed = await place();
    const { status, body } = await cancel(placed.id, { version: 1 });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...placed,
      status: "cancelled",
      version: 2,
      payment: { ...placed.payment, status: "refunded" },
      cancellation: {
        reason: "Ordered twice",
        cancelledAt: expect.any(String),
        cancelledOn: placed.businessDate,
        cancelledBy: { id: expect.any(String), name: "Manager" },
        lineItems: placed.lineItems.map(({ id }: { id: string }) => ({ id, outcome: "restock" })),
      },
    });
    expect((await test.cashier.get(`/api/orders/${placed.id}`)).body).toEqual(body);
    const listed = (await test.cashier.get("/api/orders?status=cancelled")).body.items;
    expect(listed).toContainEqual(body);
    await expectSound();
    expect(await stockOf(dish.productId)).toEqual(before);
    expect(await movementsOf(dish.productId, placed.id)).toEqual(["sold -3", "restocked 3"]);
    const { items } = (await test.manager.get(`/api/payments?orderId=${placed.id}`)).body;
    expect(items).toMatchObject([{ captured: placed.totals.total, refunded: placed.totals.total }]);
  });

  it("counts as waste what was cooked, line by line", async () => {
    const before = await stockOf(dish.productId);
    const lines = [line(dish, 2), line(dish), line(tea)];
    const placed = await place(card(), lines);
    const { body } = await cancel(placed.id, {
      stock: "waste",
      lineItems: [{ id: lines[1]?.id, stock: "restock" }],
    });
    expect(body.cancellation.lineItems.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "waste",
      "restock",
      "waste",
    ]);
    await expectSound();
    expect((await stockOf(dish.productId)).onHand).toBe(before.onHand - 2);
    expect(await movementsOf(dish.productId, placed.id)).toEqual([
      "sold -3",
      "restocked 3",
      "waste -2",
    ]);
  });

  it("is the same cancellation for two tills at once, and ever after", async () => {
    const placed = await place(card());
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, till) => cancel(placed.id, { reason: `Till ${till}` })),
    );
    answers.push(await cancel(placed.id, { version: 1, stock: "waste" }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await expectSound();
    expect(await movementsOf(dish.productId, placed.id)).toEqual(["sold -3", "restocked 3"]);
    const { items } = (await test.manager.get(`/api/payments?orderId=${placed.id}`)).body;
    const { refunds } = (await test.manager.get(`/api/payments/${items[0].id}`)).body;
    expect(refunds).toHaveLength(1);
  });

  it("adds up though it comes before the sale has left the stock", async () => {
    const before = await stockOf(dish.productId);
    const raced = Array.from({ length: 25 }, async () => cancel((await place()).id));
    for (const { status } of await Promise.all(raced)) expect(status).toBe(200);
    await expectSound();
    expect(await stockOf(dish.productId)).toEqual(before);
  });

  it("tells the truth while the gateway's answer is lost, and refunds once", async () => {
    const placed = await place(card("sim_refund_unknown"));
    const { body } = await cancel(placed.id);
    expect(body.status).toBe("cancelled");
    const settled = await eventually(
      async () => (await test.cashier.get(`/api/orders/${placed.id}`)).body,
      (one) => one.payment.status !== "refund-pending",
    );
    expect(settled.payment.status).toBe("refunded");
    await expectSound();
  });

  it("takes a free order back too", async () => {
    const water = await test.cashier.dish("WTR-01");
    const free = { ...water, price: mmk(0) };
    const path = `/api/inventory/products/${water.productId}`;
    const { version } = (await test.manager.get(path)).body;
    const patched = await test.manager.send("PATCH", path, { version, price: mmk(0) });
    expect(patched.status).toBe(200);
    const placed = await place({}, [line(free)]);
    expect(placed.totals.total).toEqual(mmk(0));
    expect((await cancel(placed.id)).body.payment.status).toBe("refunded");
    await expectSound();
  });
});

it("lets a cashier cancel with a manager's approval, and names both", async () => {
  const placed = await place();
  const { body: given } = await test.cashier.send("POST", "/api/approvals", {
    name: "Manager",
    pin: "1111",
    permission: "orders.cancel",
    subject: placed.id,
  });
  const asked = { reason: "Ordered twice", stock: "restock" };
  const path = `/api/orders/${placed.id}/cancel`;
  const { status, body } = await test.cashier.send("POST", path, asked, {
    approval: given.approval,
  });
  expect(status).toBe(200);
  expect(body.cancellation).toMatchObject({
    cancelledBy: { name: "Cashier" },
    approvedBy: { name: "Manager" },
  });
});

it("takes an approval for the order that it was given for, and for no other one", async () => {
  const [first, second] = [await place(), await place()];
  const approve = async (permission: string) => {
    const asked = { name: "Manager", pin: "1111", permission, subject: first.id };
    const { approval } = (await test.cashier.send("POST", "/api/approvals", asked)).body;
    return (path: string, body: object) =>
      test.cashier.send("POST", path, body, { approval: String(approval) });
  };
  const forbidden = { status: 403, body: { code: "forbidden", approvable: true } };

  const refunds = "/api/payments/refunds";
  const refund = { amount: mmk(100), reason: "Cold", key: randomUUID() };
  const refunding = await approve("payments.refund");
  expect(await refunding(refunds, { ...refund, orderId: second.id })).toMatchObject(forbidden);
  expect(await refunding(refunds, refund)).toMatchObject(forbidden);
  const given = await refunding(refunds, { ...refund, orderId: first.id });
  expect(given.status).toBe(200);
  // The answer was lost: asked again by the same key, it is the same refund.
  expect(await refunding(refunds, { ...refund, orderId: first.id })).toMatchObject(forbidden);
  const again = await (await approve("payments.refund"))(refunds, { ...refund, orderId: first.id });
  expect(again.body).toEqual(given.body);

  const asked = { reason: "Ordered twice", stock: "restock" };
  const cancelling = await approve("orders.cancel");
  const other = await cancelling(`/api/orders/${second.id}/cancel`, { ...asked, id: first.id });
  expect(other).toMatchObject(forbidden);
  expect((await test.cashier.get(`/api/orders/${second.id}`)).body).toEqual(second);
  expect((await cancelling(`/api/orders/${first.id}/cancel`, asked)).status).toBe(200);
  const repeated = await (await approve("orders.cancel"))(`/api/orders/${first.id}/cancel`, asked);
  expect([repeated.status, repeated.body.status]).toEqual([200, "cancelled"]);
  await expectSound();
});

describe("refusing to cancel", () => {
  it("changes nothing at a stale version, and answers with the order as it is", async () => {
    const placed = await place();
    const { status, body } = await cancel(placed.id, { version: 7 });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "version-conflict", currentVersion: 1, order: placed });
    expect((await test.cashier.get(`/api/orders/${placed.id}`)).body).toEqual(placed);
    // A refused attempt does not stand in the way of the next.
    expect((await cancel(placed.id, { version: 1 })).status).toBe(200);
    await expectSound();
  });

  it("names lines that the order does not have", async () => {
    const placed = await place();
    const stranger = randomUUID();
    const { status, body } = await cancel(placed.id, {
      lineItems: [{ id: stranger, stock: "waste" }],
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "unknown-lines", lineIds: [stranger] });
  });

  it("needs a reason and the permission", async () => {
    const placed = await place();
    expect((await cancel(placed.id, { reason: " " })).status).toBe(422);
    const path = `/api/orders/${placed.id}/cancel`;
    const asked = { reason: "No", stock: "restock" };
    expect((await test.cashier.send("POST", path, asked)).body.permission).toBe("orders.cancel");
    expect((await test.nobody.send("POST", path, asked)).status).toBe(401);
  });

  it("knows no order that was never placed", async () => {
    expect((await cancel(randomUUID())).body.code).toBe("not-found");
    const placing = test.cashier.place(order([line(dish)], card("sim_slow_1500")));
    const pending = await eventually(
      async () => (await test.manager.get("/api/payments?status=pending")).body.items,
      (items) => items.length === 1,
    );
    const { status, body } = await cancel(pending[0].orderId);
    expect(status).toBe(409);
    expect(body.code).toBe("order-being-placed");
    expect((await placing).status).toBe(201);
    expect((await cancel(pending[0].orderId)).status).toBe(200);
    await expectSound();
  });
});
