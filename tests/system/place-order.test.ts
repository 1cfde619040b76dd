// The main job over HTTP, with real stores: place an order, refuse one, repeat one, and keep history as it was.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootTiffin, eventually, line, mmk, order, type TestTiffin } from "./tiffin.js";

let test: TestTiffin;
beforeAll(async () => {
  test = await bootTiffin();
});
afterAll(() => test.stop());

const stockOf = async (productId: string) => {
  const { body } = await test.manager.get(`/api/inventory/products/${productId}`);
  return body.stock as { onHand: number; reserved: number; available: number };
};

describe("placing an order", () => {
  it("answers 201 with the order, its totals and its change", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const asked = line(mohinga, 2, { modifiers: [{ code: "boiled-egg" }], note: "no onion" });
    const { status, headers, body } = await test.cashier.place(
      order([asked], { payment: { method: "cash", tendered: mmk(10_000) } }),
    );
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/api/orders/${body.id}`);
    expect(body).toMatchObject({
      status: "placed",
      version: 1,
      serviceType: "takeaway",
      lineItems: [
        {
          id: asked.id,
          sku: "MOH-01",
          name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
          quantity: 2,
          unitPrice: mmk(3500),
          modifiers: [{ code: "boiled-egg", price: mmk(500) }],
          note: "no onion",
          total: mmk(8000),
        },
      ],
      totals: { subtotal: mmk(8000), serviceCharge: mmk(0), tax: mmk(400), total: mmk(8400) },
      payment: { method: "cash", status: "captured", tendered: mmk(10_000), change: mmk(1600) },
    });
    expect(body.number).toBeGreaterThan(0);
    const read = await test.cashier.get(`/api/orders/${body.id}`);
    expect(read.body).toEqual(body);
  });

  it("adds the service charge to dine-in at a table", async () => {
    const { body: restaurant } = await test.cashier.get("/api/restaurant");
    const tea = await test.cashier.dish("TEA-01");
    const placed = await test.cashier.place(
      order([line(tea, 2)], { serviceType: "dine-in", tableId: restaurant.tables[0].id }),
    );
    expect(placed.body.totals).toMatchObject({
      subtotal: mmk(3000),
      serviceCharge: mmk(300),
      tax: mmk(165),
      total: mmk(3465),
    });
  });

  it("takes the stock, first as a reservation and then as a movement", async () => {
    const samusa = await test.cashier.dish("SMS-01");
    const before = await stockOf(samusa.productId);
    await test.cashier.place(order([line(samusa, 3)]));
    const after = await eventually(
      () => stockOf(samusa.productId),
      (stock) => stock.reserved === 0,
    );
    expect(after).toEqual({
      onHand: before.onHand - 3,
      reserved: 0,
      available: before.available - 3,
    });
    const item = await eventually(
      () => test.cashier.dish("SMS-01"),
      (dish) => dish.availability.available === before.available - 3,
    );
    expect(item.availability.status).toBe("quantity");
  });

  it("takes a card, and waits for a slow gateway", async () => {
    const water = await test.cashier.dish("WTR-01");
    const card = (token: string) => order([line(water)], { payment: { method: "card", token } });
    expect((await test.cashier.place(card("sim_approve"))).body.payment).toMatchObject({
      method: "card",
      status: "captured",
    });
    expect((await test.cashier.place(card("sim_slow_300"))).status).toBe(201);
  });

  it("charges once when the gateway's answer is lost after it took the money", async () => {
    const water = await test.cashier.dish("WTR-01");
    const placed = await test.cashier.place(
      order([line(water)], { payment: { method: "card", token: "sim_unknown_captured" } }),
    );
    expect(placed.status).toBe(201);
    expect((await test.reconcile()).differences).toEqual([]);
  });

  it("lists orders newest first, in pages, by business date", async () => {
    const water = await test.cashier.dish("WTR-01");
    const placed = [];
    for (let count = 0; count < 3; count++)
      placed.push((await test.cashier.place(order([line(water)]))).body);
    const first = (await test.cashier.get("/api/orders?limit=2")).body;
    expect(first.items.map((one: { id: string }) => one.id)).toEqual([placed[2].id, placed[1].id]);
    const second = (await test.cashier.get(`/api/orders?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.items[0].id).toBe(placed[0].id);
    const day = await test.cashier.get(
      `/api/orders?businessDate=${placed[0].businessDate}&status=placed&limit=100`,
    );
    expect(day.body.items.length).toBeGreaterThanOrEqual(3);
    expect((await test.cashier.get("/api/orders?businessDate=2001-01-01")).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it("previews a line that the guest has seen by the price that was seen, as it would be placed", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const { status, body } = await test.cashier.send("POST", "/api/orders/calculate", {
      serviceType: "takeaway",
      lineItems: [line(mohinga, 2, { unitPrice: mmk(3000) })],
    });
    expect(status).toBe(200);
    expect(body.totals).toMatchObject({ subtotal: mmk(6000), total: mmk(6300) });
  });

  it("previews totals without taking anything", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const before = await stockOf(mohinga.productId);
    const { id, productId, quantity } = line(mohinga, 2);
    const { status, body } = await test.cashier.send("POST", "/api/orders/calculate", {
      serviceType: "dine-in",
      lineItems: [{ id, productId, quantity }],
    });
    expect(status).toBe(200);
    expect(body.totals).toMatchObject({
      subtotal: mmk(7000),
      serviceCharge: mmk(700),
      tax: mmk(385),
      total: mmk(8085),
    });
    expect(await stockOf(mohinga.productId)).toEqual(before);
  });
});

describe("refusing an order", () => {
  /** Places what must be refused, and proves that stock, money and orders are exactly as before. */
  async function refused(body: object, key = randomUUID()) {
    const before = await test.reconcile();
    const answer = await test.cashier.place(body, key);
    const after = await test.reconcile();
    expect({ ...after, checkedAt: "" }).toEqual({ ...before, checkedAt: "" });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    return answer;
  }

  it("names every dish that is short, and takes none", async () => {
    const [fish, prawn, tea] = await Promise.all(
      ["FSH-01", "PRW-01", "TEA-01"].map((sku) => test.cashier.dish(sku)),
    );
    const { status, body } = await refused(
      order([line(fish!, 31), line(prawn!, 26), line(tea!, 1)]),
    );
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "insufficient-stock", status: 409 });
    expect(body.type).toMatch(/insufficient-stock$/);
    expect(body.items).toEqual(
      expect.arrayContaining([
        { productId: fish!.productId, name: fish!.name, requested: 31, available: 30 },
        { productId: prawn!.productId, name: prawn!.name, requested: 26, available: 25 },
      ]),
    );
    expect(body.items).toHaveLength(2);
  });

  it("asks again when a price moved", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const { status, body } = await refused(order([line(mohinga, 1, { unitPrice: mmk(3000) })]));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "price-changed",
      items: [{ productId: mohinga.productId, seen: mmk(3000), current: mmk(3500) }],
    });
  });

  it("asks again when a choice or a tax makes it cost something else than the guest was told", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const egg = line(mohinga, 2, { modifiers: [{ code: "boiled-egg" }] });
    const told = { expectedTotal: mmk(8400), payment: { method: "cash", tendered: mmk(8400) } };
    const key = randomUUID();
    const placed = await test.cashier.place(order([egg], told), key);
    expect(placed.status).toBe(201);
    const seen = order([{ ...egg, id: randomUUID() }], told);

    await dearerEgg(700);
    const refusedKey = randomUUID();
    const choice = await refused(seen, refusedKey);
    expect(choice.status).toBe(409);
    expect(choice.body).toMatchObject({
      code: "price-changed",
      items: [],
      total: { seen: mmk(8400), current: mmk(8820) },
      lineItems: [{ unitPrice: mmk(3500), modifiers: [{ code: "boiled-egg", price: mmk(700) }] }],
    });
    expect(choice.body.lineItems[0]).not.toHaveProperty("station");
    // The key is of the whole body, and what was answered once stays so whatever it costs now.
    expect(await test.cashier.place(order([egg], told), key)).toMatchObject({
      status: 201,
      body: { id: placed.body.id },
    });
    const other = await test.cashier.place(order([egg], { ...told, expectedTotal: mmk(1) }), key);
    expect(other.body.code).toBe("idempotency-key-reused");

    await dearerEgg(500);
    // So does a refusal: an earlier try that is late must find the key taken.
    const { detail, total, lineItems } = choice.body;
    expect((await refused(seen, refusedKey)).body).toMatchObject({ detail, total, lineItems });
    const dollars = { expectedTotal: { amount: 8400, currency: "USD" } };
    expect((await refused({ ...seen, ...dollars })).body.code).toBe("price-changed");
    expect((await test.cashier.place(seen)).status).toBe(201);
  });

  it("gives everything back when the card is declined", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const { status, body } = await refused(
      order([line(mohinga)], { payment: { method: "card", token: "sim_decline" } }),
    );
    expect(status).toBe(402);
    expect(body).toMatchObject({ type: "/problems/payment-declined", code: expect.any(String) });
  });

  it("lets the guest try again at once with a new key", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const cart = [line(mohinga)];
    await refused(order(cart, { payment: { method: "card", token: "sim_decline" } }));
    expect((await test.cashier.place(order(cart))).status).toBe(201);
  });

  it("says so when the cash is of another currency", async () => {
    const cart = [line(await test.cashier.dish("MOH-01"))];
    const tendered = { amount: 1_000_000, currency: "USD" };
    const { status, body } = await refused(order(cart, { payment: { method: "cash", tendered } }));
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: "tender-too-small",
      detail: expect.stringContaining("MMK only"),
    });
  });

  it("refuses cash that does not reach", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const { status, body } = await refused(
      order([line(mohinga)], { payment: { method: "cash", tendered: mmk(3674) } }),
    );
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "tender-too-small", due: mmk(3675) });
  });
});

describe("the idempotency key", () => {
  it("gives fifty parallel requests one order and one charge", async () => {
    const before = await test.reconcile();
    const body = order([line(await test.cashier.dish("RIC-01"))]);
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => test.cashier.place(body, key)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    const after = await test.reconcile();
    expect(after.orders).toBe(before.orders + 1);
    expect(after.captured - before.captured).toBe(answers[0]!.body.totals.total.amount);
  });

  it("gives the same answer before, at and after the end of the order, and has one effect", async () => {
    const before = await test.reconcile();
    const token = "sim_slow_700";
    const body = order([line(await test.cashier.dish("WTR-01"))], {
      payment: { method: "card", token },
    });
    const key = randomUUID();
    const many = () => Array.from({ length: 25 }, () => test.cashier.place(body, key));
    const early = many();
    await eventually(
      async () => (await test.manager.get("/api/payments?status=pending")).body.items,
      (items) => items.length === 1,
    );
    const answers = await Promise.all([...early, ...many()]);
    answers.push(...(await Promise.all(many())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect((await test.reconcile()).orders).toBe(before.orders + 1);
  });

  it("tells a refused order the same again, and is free for nothing else", async () => {
    const water = await test.cashier.dish("WTR-01");
    const declined = order([line(water)], { payment: { method: "card", token: "sim_decline" } });
    const key = randomUUID();
    const first = await test.cashier.place(declined, key);
    const again = await test.cashier.place(declined, key);
    expect([first.status, again.status]).toEqual([402, 402]);
    expect({ ...again.body, requestId: "" }).toEqual({ ...first.body, requestId: "" });
    expect((await test.cashier.place(order([line(water)]), key)).status).toBe(422);
    expect((await test.cashier.place(order([line(water)]))).status).toBe(201);
  });

  it("is refused with another body", async () => {
    const rice = await test.cashier.dish("RIC-01");
    const key = randomUUID();
    await test.cashier.place(order([line(rice)]), key);
    const { status, body } = await test.cashier.place(order([line(rice, 2)]), key);
    expect(status).toBe(422);
    expect(body.code).toBe("idempotency-key-reused");
  });

  it("gives the same answer when the menu has changed since", async () => {
    const semolina = await test.cashier.dish("SWM-01");
    const body = order([line(semolina)]);
    const key = randomUUID();
    const first = await test.cashier.place(body, key);
    await changeProduct("SWM-01", { price: mmk(2100) });
    const again = await test.cashier.place(body, key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });
});

/** Changes what a boiled egg costs, and waits until orders are priced by it. */
async function dearerEgg(amount: number) {
  const { version, modifierGroups } = (await test.manager.get("/api/restaurant/settings")).body;
  type Group = { code: string; modifiers: { code: string; price: number }[] };
  const group = (modifierGroups as Group[]).find(({ modifiers }) =>
    modifiers.some(({ code }) => code === "boiled-egg"),
  )!;
  const modifiers = group.modifiers.map((one) =>
    one.code === "boiled-egg" ? { ...one, price: amount } : one,
  );
  const path = `/api/restaurant/modifier-groups/${group.code}`;
  const changed = await test.manager.send("PUT", path, { ...group, modifiers, version });
  expect(changed.status).toBe(200);
  const { id, productId } = line(await test.cashier.dish("MOH-01"));
  const asked = { id, productId, quantity: 1, modifiers: [{ code: "boiled-egg" }] };
  await eventually(
    () =>
      test.cashier.send("POST", "/api/orders/calculate", {
        serviceType: "takeaway",
        lineItems: [asked],
      }),
    ({ body }) => body.lineItems[0].modifiers[0].price.amount === amount,
  );
}

async function changeProduct(sku: string, change: object) {
  const { productId } = await test.cashier.dish(sku);
  const { body: product } = await test.manager.get(`/api/inventory/products/${productId}`);
  const patched = await test.manager.send("PATCH", `/api/inventory/products/${productId}`, {
    version: product.version,
    ...change,
  });
  expect(patched.status).toBe(200);
  return productId;
}

describe("history", () => {
  it("keeps the price and the name as sold, for ever", async () => {
    const mohinga = await test.cashier.dish("MOH-01");
    const { body: placed } = await test.cashier.place(order([line(mohinga)]));
    await changeProduct("MOH-01", {
      price: mmk(4000),
      name: { en: "Mohinga, large", my: "မုန့်ဟင်းခါး" },
    });
    await eventually(
      () => test.cashier.dish("MOH-01"),
      (dish) => dish.price.amount === 4000,
    );

    const read = (await test.cashier.get(`/api/orders/${placed.id}`)).body;
    expect(read).toEqual(placed);
    expect(read.lineItems[0]).toMatchObject({ unitPrice: mmk(3500), name: { en: "Mohinga" } });
    const listed = (await test.cashier.get("/api/orders?limit=100")).body.items.find(
      (one: { id: string }) => one.id === placed.id,
    );
    expect(listed).toEqual(placed);
  });

  it("charges the new price once it is known, and asks the guest who saw the old one", async () => {
    const before = await test.cashier.dish("LMY-01");
    await changeProduct("LMY-01", { price: mmk(2600) });
    expect((await test.cashier.place(order([line(before)]))).body.code).toBe("price-changed");
    const after = await eventually(
      () => test.cashier.dish("LMY-01"),
      (dish) => dish.price.amount === 2600,
    );
    const placed = await test.cashier.place(order([line(after)]));
    expect(placed.body.lineItems[0].unitPrice).toEqual(mmk(2600));
  });
});

describe("concurrency", () => {
  it("never sells more than there is", async () => {
    const prawn = await test.cashier.dish("PRW-01");
    const available = prawn.availability.available ?? 0;
    const answers = await Promise.all(
      Array.from({ length: available + 15 }, () => test.cashier.place(order([line(prawn)]))),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(available);
    expect(answers.filter((answer) => answer.body.code === "insufficient-stock")).toHaveLength(15);
    const result = await test.reconcile();
    expect(result).toMatchObject({ quiet: true, reservations: 0, differences: [] });
    expect((await test.cashier.dish("PRW-01")).availability.status).toBe("out-of-stock");
  });
});
