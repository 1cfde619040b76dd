// Input that is wrong, hostile or absurd: a clear problem, no change, no crash.
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootTiffin, type Dish, line, mmk, order, type TestTiffin } from "./tiffin.js";

let test: TestTiffin;
let mohinga: Dish;
let before: object;
beforeAll(async () => {
  test = await bootTiffin();
  mohinga = await test.cashier.dish("MOH-01");
  before = { ...(await test.reconcile()), checkedAt: "" };
});
afterAll(async () => {
  // After all of it: nothing was sold, taken or reserved.
  expect({ ...(await test.reconcile()), checkedAt: "" }).toEqual(before);
  await test.stop();
});

const one = (over: object) => order([line(mohinga, 1, over)]);

describe("POST /api/orders", () => {
  it.each<[string, () => unknown]>([
    ["no lines", () => order([])],
    ["101 lines", () => order(Array.from({ length: 101 }, () => line(mohinga)))],
    ["quantity 0", () => one({ quantity: 0 })],
    ["quantity -1", () => one({ quantity: -1 })],
    ["quantity 1.5", () => one({ quantity: 1.5 })],
    ["quantity 1e9", () => one({ quantity: 1e9 })],
    ["quantity as text", () => one({ quantity: "1" })],
    ["an unknown product", () => one({ productId: randomUUID() })],
    ["a product id that is SQL", () => one({ productId: "1'; drop table orders; --" })],
    ["a product id that is a Mongo operator", () => one({ productId: { $gt: "" } })],
    ["a product id that is a path", () => one({ productId: "../../etc/passwd" })],
    [
      "two lines with one id",
      () =>
        order([
          line(mohinga, 1, { id: "0191d7a0-0000-7000-8000-000000000001" }),
          line(mohinga, 1, { id: "0191d7a0-0000-7000-8000-000000000001" }),
        ]),
    ],
    ["a foreign currency", () => one({ unitPrice: { amount: 3500, currency: "USD" } })],
    ["an amount as text", () => one({ unitPrice: { amount: "3500", currency: "MMK" } })],
    ["an amount as a float", () => one({ unitPrice: { amount: 3500.5, currency: "MMK" } })],
    ["a negative price", () => one({ unitPrice: mmk(-1) })],
    [
      "too little cash",
      () => order([line(mohinga)], { payment: { method: "cash", tendered: mmk(1) } }),
    ],
    [
      "cash in a foreign currency",
      () =>
        order([line(mohinga)], {
          payment: { method: "cash", tendered: { amount: 1e6, currency: "USD" } },
        }),
    ],
    ["no payment", () => order([line(mohinga)], { payment: undefined })],
    ["an unknown field", () => order([line(mohinga)], { discount: 100 })],
    ["an unknown field in a line", () => one({ total: mmk(1) })],
    ["an unknown modifier", () => one({ modifiers: [{ code: "gold" }] })],
    ["too many of a modifier group", () => one({ modifiers: [{ code: "mild" }, { code: "hot" }] })],
    [
      "an unknown table",
      () => order([line(mohinga)], { serviceType: "dine-in", tableId: randomUUID() }),
    ],
    ["a note with NUL", () => one({ note: "a\u0000b" })],
    ["a note with a right-to-left override", () => one({ note: "\u202Eevil" })],
    ["a note of 10,000 characters", () => one({ note: "x".repeat(10_000) })],
    ["an array", () => []],
    ["null", () => null],
    ["a number", () => 7],
  ])("refuses %s with 4xx and a problem", async (_what, body) => {
    const { status, headers, body: problem } = await test.cashier.place(body());
    expect([400, 409, 422]).toContain(status);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(problem).toMatchObject({
      status,
      type: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:|select |insert /i);
  });

  it.each<[string, string | undefined]>([
    ["a missing key", undefined],
    ["an empty key", ""],
    ["a key of 1,000 characters", "k".repeat(1_000)],
    ["a key with spaces", "a b"],
  ])("refuses %s", async (_what, key) => {
    const headers = key === undefined ? {} : { "idempotency-key": key };
    const { status, body } = await test.cashier.send(
      "POST",
      "/api/orders",
      order([line(mohinga)]),
      headers,
    );
    expect([400, 422]).toContain(status);
    expect(JSON.stringify(body)).toMatch(/idempotency-key/i);
  });

  it.each<[string, string, number[]]>([
    ["broken JSON", '{"serviceType": ', [400]],
    ["a body of 10 MB", `{"serviceType":"${"x".repeat(10_000_000)}"}`, [413]],
    ["deep nesting", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, [400, 413, 422]],
    [
      "a prototype in disguise",
      '{"__proto__":{"admin":true},"serviceType":"takeaway"}',
      [400, 422],
    ],
  ])("refuses %s", async (_what, body, statuses) => {
    const answer = await test.cashier.place(body).catch((error: unknown) => {
      // A server may close the connection on a body that it will not read.
      if (statuses.includes(413)) return { status: 413 };
      throw error;
    });
    expect(statuses).toContain(answer.status);
  });

  it("refuses another content type", async () => {
    const { status } = await test.cashier.send("POST", "/api/orders", "serviceType=takeaway", {
      "idempotency-key": randomUUID(),
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(status).toBe(415);
  });

  it("accepts emoji and Zawgyi text in a note, and keeps them", async () => {
    const note = "🌶️ မုန႔္ဟင္းခါး";
    const { status, body } = await test.cashier.send("POST", "/api/orders/calculate", {
      serviceType: "takeaway",
      lineItems: [{ id: randomUUID(), productId: mohinga.productId, quantity: 1, note }],
    });
    expect(status).toBe(200);
    expect(body.totals.total).toEqual(mmk(3675));
  });

  it("survives a client that hangs up in the middle of its body", async () => {
    const { hostname, port } = new URL(test.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /api/orders HTTP/1.1\r\nHost: till\r\nAuthorization: Bearer ${test.cashier.token}\r\nContent-Type: application/json\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Length: 5000\r\n\r\n{"serviceType"`,
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on("close", () => resolve());
      socket.on("error", reject);
    });
    expect((await test.cashier.get("/api/menu")).status).toBe(200);
  });
});

describe("ids in paths", () => {
  it.each(["1", "' or 1=1", "%00", "..%2f..%2fetc", '{"$gt":""}'])(
    "answers %s with 4xx",
    async (id) => {
      for (const path of ["/api/orders/", "/api/inventory/products/"]) {
        const { status } = await test.cashier.get(path + encodeURIComponent(id));
        expect([400, 404, 422]).toContain(status);
      }
    },
  );

  it("answers an unknown order with 404", async () => {
    const { status, body } = await test.cashier.get(`/api/orders/${randomUUID()}`);
    expect(status).toBe(404);
    expect(body.code).toBe("not-found");
  });
});

describe("days in queries", () => {
  const cursor = Buffer.from('{"date":"0000-01-01","seq":1}').toString("base64url");
  it.each([
    "/api/orders?businessDate=0000-01-01",
    "/api/reports/sales?by=date&from=0000-01-01",
    "/api/reports/orders?from=0000-01-01&to=2026-01-01",
    `/api/reports/orders?from=2026-01-01&to=2026-01-02&cursor=${cursor}`,
  ])("are days of the calendar, which has no year 0: %s", async (path) => {
    const { status, body } = await test.manager.get(path);
    expect([status, body.code]).toEqual([422, "invalid-input"]);
  });

  it.each(["0001-01-01", "9999-12-31"])("may be %s", async (day) => {
    expect((await test.manager.get(`/api/orders?businessDate=${day}`)).status).toBe(200);
    const path = `/api/reports/orders?from=${day}&to=${day}`;
    expect((await test.manager.get(path)).status).toBe(200);
  });
});

describe("numbers in queries", () => {
  it.each([
    "/api/reports/orders?hour=",
    "/api/reports/orders?hour=%20",
    "/api/orders?limit=0x10",
    "/api/orders?limit=1e1",
    "/api/orders?limit[]=5",
    "/api/orders?limit=5&limit=6",
  ])("are digits, and nothing is none: %s", async (path) => {
    const { status, body } = await test.manager.get(path);
    expect([status, body.code]).toEqual([422, "invalid-input"]);
  });
});

describe("what nobody could see", () => {
  const unseen = "\u200b\u3164";
  it("is no name of a person, a product, a category or a table, and no reason", async () => {
    const name = { en: unseen };
    const { version } = (await test.manager.get("/api/restaurant/settings")).body;
    const asked: [string, string, object][] = [
      ["POST", "/api/staff", { name: unseen, role: "cashier", pin: "8642" }],
      [
        "POST",
        "/api/inventory/products",
        { sku: "UNSEEN", name, price: mmk(100), stock: null, attributes: {} },
      ],
      ["PATCH", `/api/inventory/products/${mohinga.productId}`, { version: 1, name }],
      ["PUT", "/api/restaurant/categories/unseen", { version, name, station: "noodle" }],
      [
        "PUT",
        "/api/restaurant/tables",
        { version, tables: [{ name: unseen, seats: 2, area: "" }] },
      ],
      [
        "POST",
        `/api/inventory/products/${mohinga.productId}/movements`,
        { type: "waste", quantity: 1, reason: unseen },
      ],
      [
        "POST",
        "/api/payments/refunds",
        { orderId: randomUUID(), amount: mmk(1), reason: unseen, key: "unseen" },
      ],
    ];
    for (const [method, path, body] of asked)
      expect([path, (await test.manager.send(method, path, body)).status]).toEqual([path, 422]);
  });
});

describe("without a session", () => {
  it.each([
    ["GET", "/api/menu"],
    ["GET", "/api/orders"],
    ["POST", "/api/orders"],
    ["GET", "/api/inventory/products"],
    ["GET", "/api/system/reconciliation"],
  ])("refuses %s %s with 401", async (method, path) => {
    const { status, headers } = await test.nobody.send(
      method,
      path,
      method === "POST" ? {} : undefined,
    );
    expect(status).toBe(401);
    expect(headers.get("content-type")).toContain("application/problem+json");
  });

  it("refuses a wrong PIN, and a token that never was", async () => {
    expect(
      (await test.nobody.send("POST", "/api/sessions", { name: "Cashier", pin: "9999" })).status,
    ).toBe(401);
    const stranger = { authorization: `Bearer ${"x".repeat(43)}` };
    expect((await test.nobody.get("/api/menu", stranger)).status).toBe(401);
  });

  it("refuses a cashier what only a manager may", async () => {
    const { status, body } = await test.cashier.send(
      "PATCH",
      `/api/inventory/products/${mohinga.productId}`,
      { version: 1, price: mmk(1) },
    );
    expect(status).toBe(403);
    expect(body.code).toBe("forbidden");
  });
});
