// Input that is wrong, hostile or absurd, against a real server: a clear problem each time, and nothing more.
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { raw, rawGet, startTestServer } from "./testing.js";

let test: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

const dish = { name: "Mohinga", price: { amount: 3500, currency: "MMK" } };
const key = { "idempotency-key": "k1", "content-type": "application/json" };

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = key,
  who = "chef",
) => test.as(who, "/api/dishes", { method: "POST", body, headers });

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({
    status: response.status,
    type: expect.stringMatching(/^\/problems\/[a-z-]+$/) as string,
    title: expect.stringMatching(/^[A-Z]/),
    detail: expect.stringMatching(/\.$/),
    requestId: response.headers.get("x-request-id"),
  });
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts|select|secret_table/);
  return problem;
}

describe("bodies", () => {
  it("accepts a good one", async () => {
    const response = await post(JSON.stringify(dish));
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe("/api/dishes/1");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it.each<[string, string, number, string]>([
    ["invalid JSON", '{"name":', 400, "bad-request"],
    ["no JSON at all", "hello", 400, "bad-request"],
    ["nesting", `${'{"a":'.repeat(33)}1${"}".repeat(33)}`, 400, "bad-request"],
    ["endless nesting", "[".repeat(200_000), 400, "bad-request"],
    ["a prototype", '{"__proto__":{"admin":true}}', 400, "bad-request"],
    ["an escaped prototype", String.raw`{"extra":{"\u005f_proto__":1}}`, 400, "bad-request"],
    ["NUL in text", String.raw`{"name":"a\u0000"}`, 400, "bad-request"],
    ["NUL in a name", String.raw`{"a\u0000":1}`, 400, "bad-request"],
    ["half a character", String.raw`{"name":"\ud83c"}`, 400, "bad-request"],
    ["too much", JSON.stringify({ name: "x".repeat(300_000) }), 413, "body-too-large"],
    ["ten megabytes", JSON.stringify({ name: "x".repeat(10_000_000) }), 413, "body-too-large"],
    ["an array", "[]", 422, "invalid-input"],
    ["null", "null", 422, "invalid-input"],
    ["nothing", " ", 422, "invalid-input"],
  ])("refuses %s", async (_what, body, status, code) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ code });
  });

  it("refuses text that is not UTF-8", async () => {
    const bytes = Buffer.from('{"name":"\xff"}', "latin1");
    expect((await post(bytes)).status).toBe(400);
  });

  it("takes the last of duplicate names, as every JSON reader does", async () => {
    const response = await post('{"name":"a","name":"b","price":{"amount":1,"currency":"MMK"}}');
    expect(await response.json()).toMatchObject({ name: "b" });
  });

  it("lets names of Object.prototype be plain data", async () => {
    const extra = { constructor: { prototype: { admin: true } }, toString: 1 };
    const response = await post(JSON.stringify({ ...dish, extra }));
    expect(await response.json()).toMatchObject({ extra });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it("keeps emoji, Burmese and right-to-left text", async () => {
    const name = "🌶️ မုန့်ဟင်းခါး שלום";
    const response = await post(JSON.stringify({ ...dish, name: name.slice(0, 20) }));
    expect(await response.json()).toMatchObject({ name: name.slice(0, 20) });
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "",
  ])("refuses the content type %s", async (type) => {
    const response = await post(Buffer.from("{}"), {
      "idempotency-key": "k",
      ...(type && { "content-type": type }),
    });
    expect(response.status).toBe(415);
    expect(await problemOf(response)).toMatchObject({ code: "unsupported-media-type" });
  });

  it("refuses a compressed body", async () => {
    expect((await post("{}", { ...key, "content-encoding": "gzip" })).status).toBe(415);
  });

  it("names every fault with its path, in words", async () => {
    const response = await post(
      JSON.stringify({
        name: "",
        price: { amount: 1.5, currency: "MMK", tax: 1 },
        size: { kind: "large", litres: "2" },
        gift: true,
      }),
    );
    expect(response.status).toBe(422);
    const { errors } = await problemOf(response);
    expect(errors).toEqual(
      expect.arrayContaining([
        { path: "name", message: "must have at least 1 characters" },
        { path: "price.amount", message: "must be a whole number" },
        { path: "price.tax", message: "is not a known field" },
        { path: "size.litres", message: "must be a number" },
        { path: "gift", message: "is not a known field" },
      ]),
    );
  });

  it("answers a missing header with 400 and its name", async () => {
    const response = await post(JSON.stringify(dish), { "content-type": "application/json" });
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      code: "invalid-headers",
      errors: [{ path: "idempotency-key", message: "Send an Idempotency-Key header" }],
    });
  });

  it("never lists more than 50 faults", async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
    const { errors } = await problemOf(await post(JSON.stringify({ ...dish, ...many })));
    expect(errors).toHaveLength(50);
  });
});

describe("addresses", () => {
  it("reads numbers and booleans from the query", async () => {
    const response = await test.as("cook", "/api/dishes?limit=7&hot=false");
    expect(await response.json()).toEqual({ items: [{ limit: 7, hot: false }], nextCursor: null });
  });

  it.each([
    "limit=0",
    "limit=abc",
    "limit=101",
    "limit=1e99",
    "hot=maybe",
    "what=1",
    "limit[$gt]=1",
    "__proto__[x]=1",
    "limit=1&limit=2",
    "cursor=",
  ])("refuses ?%s", async (query) => {
    const response = await test.as("cook", `/api/dishes?${query}`);
    expect(response.status).toBe(422);
    await problemOf(response);
  });

  it.each([
    ["/api/dishes/%00", 400],
    ["/api/dishes/%E0%A4%A", 400],
    ["/api/dishes/..%2f..%2fetc", 422],
    ["/api/dishes/%7B%22$gt%22:%22%22%7D", 422],
    ["/api/dishes/' or 1=1", 422],
  ])("answers %s with %d", async (path, status) => {
    expect((await test.as("cook", path)).status).toBe(status);
  });

  it.each([
    "/../../etc/passwd",
    "/api/../../x",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/api//dishes//",
    "/api/%",
  ])("answers the odd path %s with 4xx", async (path) => {
    const status = await rawGet(test.url, path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it("answers an unknown address with 404, also without a session", async () => {
    expect(await problemOf(await test.as("cook", "/api/nothing"))).toMatchObject({
      code: "unknown-route",
      status: 404,
    });
    expect((await fetch(`${test.url}/nothing`)).status).toBe(404);
  });

  it("answers a wrong method with 405 and what is allowed", async () => {
    const response = await test.as("cook", "/api/dishes", { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, POST, HEAD");
    expect((await test.as("cook", "/api/dishes", { method: "OPTIONS" })).status).toBe(405);
  });

  it("answers HEAD like GET, without a body", async () => {
    const response = await test.as("cook", "/api/dishes", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("refuses addresses and headers that are too long", async () => {
    const response = await test.as("cook", `/api/dishes?cursor=${"x".repeat(5_000)}`);
    expect(response.status).toBe(414);
    await problemOf(response);
    const answer = await raw(
      test.port,
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 [^]*application\/problem\+json[^]*headers-too-large/);
  });

  it("does not know internal routes", async () => {
    expect((await test.as("chef", "/api/secret")).status).toBe(404);
  });
});

describe("clients that misbehave", () => {
  it.each([
    ["garbage", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
    ["no host", "GET / HTTP/1.1\r\n\r\n"],
    [
      "two lengths",
      "POST /api/dishes HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    [
      "length and chunks",
      "POST /api/dishes HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a negative length", "POST /api/dishes HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"],
    ["a header with NUL", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"],
  ])("answers %s with 400", async (_what, text) => {
    expect(await raw(test.port, text)).toMatch(/^HTTP\/1.1 400 /);
  });

  it("survives one that hangs up in the middle of its body", async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(test.port, "127.0.0.1", () => {
        socket.write(
          'POST /api/dishes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer chef\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"name"',
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on("close", () => resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
    expect(test.log()).toBe("");
  });
});

describe("what goes wrong here", () => {
  const fail = (how: string) =>
    test.as("cook", "/api/fail", {
      method: "POST",
      body: JSON.stringify({ how }),
      headers: { "content-type": "application/json" },
    });

  it.each(["bug", "output"])("answers %s with a calm 500 and logs it whole", async (how) => {
    const response = await fail(how);
    expect(response.status).toBe(500);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: "internal-error" });
    expect(test.log()).toContain(String(problem["requestId"]));
  });

  it("answers 503 with Retry-After while a database is away", async () => {
    const response = await fail("store");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await problemOf(response)).toMatchObject({ code: "store-unavailable" });
    expect(test.log()).toContain("secret_table");
  });

  it("answers declared errors with their own members, of which only the code may stand for a standard one", async () => {
    const id = "01900000-0000-7000-8000-00000000000";
    expect(await problemOf(await test.as("cook", `/api/dishes/${id}0`))).toMatchObject({
      code: "not-found",
      instance: `/api/dishes/${id}0`,
    });
    expect(await problemOf(await test.as("cook", `/api/dishes/${id}1`))).toMatchObject({
      status: 409,
      type: "/problems/sold-out",
      code: "own",
      items: ["a"],
    });
  });
});
