// Who gets in, what the server's own pages say, and how it starts and stops. A real server on a free port.
import { Agent, get, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { StartError } from "#platform/kernel";
import { createMetrics } from "#platform/observability";
import { createHttpServer, listProblemCodes, listRoutes } from "./index.js";
import { contract, createRouter, guard, raw, SLOW_MS, startTestServer } from "./testing.js";

let test: Awaited<ReturnType<typeof startTestServer>>;
let healthy = true;
const menu = { etag: '"m1"', body: Buffer.from('{"items":[]}') };
beforeAll(async () => {
  test = await startTestServer({
    checks: {
      postgres: () => (healthy ? Promise.resolve() : Promise.reject(new Error("password=hunter2"))),
      events: () => Promise.resolve({ backlog: 3 }),
    },
    cachedReads: [{ path: "/menu", read: () => (healthy ? menu : undefined) }],
  });
});
afterAll(() => test.close());

const json = { "content-type": "application/json" };

describe("the guard", () => {
  it("takes no proxy for somebody at this machine: by HTTP/1.0, or because a setting says so", async () => {
    const ask = (version: string) => `GET /metrics HTTP/${version}\r\nHost: 127.0.0.1\r\n`;
    expect(await raw(test.port, `${ask("1.1")}Connection: close\r\n\r\n`)).toMatch(/ 200 OK/);
    expect(await raw(test.port, `${ask("1.0")}\r\n`)).toMatch(/ 401 Unauthorized/);
    const proxied = await startTestServer({ behindProxy: true });
    expect((await fetch(`${proxied.url}/metrics`)).status).toBe(401);
    await proxied.close();
  });

  it("lets anybody use public routes", async () => {
    expect(await (await fetch(`${test.url}/api/open`)).json()).toBe("open");
  });

  it("asks for a session everywhere else", async () => {
    for (const { method, path, meta } of listRoutes({ dishes: contract })) {
      if (meta.public || meta.internal) continue;
      const response = await fetch(`${test.url}/api${path.replace("{id}", "1")}`, { method });
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  it("names the permission that is missing", async () => {
    const response = await test.as("cook", "/api/dishes", {
      method: "POST",
      body: "{}",
      headers: json,
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "forbidden", permission: "dishes.edit" });
  });

  it("does not read the body of a stranger", async () => {
    // The body is announced and never sent: an answer can only come without it.
    const answer = await raw(
      test.port,
      "POST /api/dishes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n{",
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 [^]*Connection: close/);
  });

  it("refuses what another site makes a browser send with its cookie", async () => {
    const send = (headers: Record<string, string>, method = "POST") =>
      fetch(`${test.url}/api/dishes`, {
        method,
        headers: { cookie: "session=chef", ...json, ...headers },
        ...(method === "POST" && { body: "{}" }),
      });
    expect((await send({ origin: "https://evil.example" })).status).toBe(403);
    expect((await send({ origin: "null" })).status).toBe(403);
    expect((await send({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send({ origin: test.url })).status).toBe(400);
    expect((await send({ origin: "https://evil.example" }, "GET")).status).toBe(200);
    const evil = { origin: "https://evil.example" };
    expect((await send({ ...evil, authorization: "Basic eDp5" })).status).toBe(403);
    expect((await send({ ...evil, authorization: "Bearer ?" })).status).toBe(401);
    expect((await send({ authorization: "Basic eDp5" }, "GET")).status).toBe(200);
  });

  it("gives other sites no leave to read", async () => {
    const response = await test.as("cook", "/api/dishes", {
      headers: { origin: "https://evil.example" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("sends the strict headers with every answer", async () => {
    for (const path of ["/", "/docs", "/api/open", "/api/dishes", "/nothing"]) {
      const { headers } = await fetch(test.url + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

describe("reads from memory", () => {
  it("answers with an ETag, and with 304 to whoever has it", async () => {
    const first = await test.as("cook", "/api/menu");
    expect(first.headers.get("etag")).toBe('"m1"');
    expect(await first.json()).toEqual({ items: [] });
    const again = await test.as("cook", "/api/menu", {
      headers: { "if-none-match": 'W/"m0", W/"m1"' },
    });
    expect(again.status).toBe(304);
  });

  it("is guarded like any route", async () => {
    expect((await fetch(`${test.url}/api/menu`)).status).toBe(401);
  });

  it("carries what every answer carries, however short its way was", async () => {
    const short = (await test.as("cook", "/api/menu")).headers;
    const long = (await test.as("cook", "/api/menu?long=1")).headers;
    const names = (headers: Headers) => [...headers.keys()].toSorted();
    expect(names(long)).toEqual(names(short));
    expect(names(short)).toEqual(
      expect.arrayContaining(["content-security-policy", "x-content-type-options", "x-request-id"]),
    );
    for (const name of names(short)) {
      if (["date", "x-request-id"].includes(name)) continue;
      expect([name, short.get(name)]).toEqual([name, long.get(name)]);
    }
    expect(short.get("x-request-id")).not.toBe(long.get("x-request-id"));
  });

  it("is counted like any route, refused ones too", async () => {
    const counted = async (status: number) => {
      const text = await (await fetch(`${test.url}/metrics`)).text();
      const line = `http_request_duration_seconds_count{method="GET",route="/menu",status="${status}"}`;
      return Number(text.split(line)[1]?.split("\n")[0] ?? 0);
    };
    const [good, bad] = [await counted(200), await counted(401)];
    await (await test.as("cook", "/api/menu")).text();
    await (await fetch(`${test.url}/api/menu`)).text();
    await expect.poll(() => counted(200)).toBe(good + 1);
    await expect.poll(() => counted(401)).toBe(bad + 1);
  });

  it("waits for no body that somebody announces", async () => {
    const text = `GET /api/menu HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cook\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await raw(test.port, text)).toMatch(/^HTTP\/1.1 200 .*{"items":\[\]}$/s);
  });

  it("leaves it to the handler when there is nothing in memory", async () => {
    healthy = false;
    expect(await (await test.as("cook", "/api/menu")).json()).toBe("from the handler");
    healthy = true;
  });
});

describe("the server's own pages", () => {
  it("is alive, and ready when every check is", async () => {
    expect(await (await fetch(`${test.url}/healthz`)).json()).toEqual({ status: "alive" });
    const ready = await fetch(`${test.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: "ready",
      checks: { postgres: { ok: true }, events: { ok: true, detail: { backlog: 3 } } },
    });
  });

  it("is not ready when a check fails, and keeps the reason to itself", async () => {
    healthy = false;
    await new Promise((resolve) => setTimeout(resolve, 600));
    const response = await fetch(`${test.url}/readyz`);
    healthy = true;
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      status: "not-ready",
      checks: { postgres: { ok: false } },
    });
    expect(text + test.log()).not.toContain("hunter2");
  });

  it("describes the public routes, their permissions and problems", async () => {
    const document = (await (await fetch(`${test.url}/openapi.json`)).json()) as {
      paths: Record<
        string,
        Record<
          string,
          {
            responses: Record<string, { content?: object }>;
            "x-permission"?: string;
            security: object[];
          }
        >
      >;
    };
    expect(document.paths["/api/secret"]).toBeUndefined();
    const create = document.paths["/api/dishes"]?.["post"];
    expect(create?.["x-permission"]).toBe("dishes.edit");
    expect(Object.keys(create?.responses ?? {})).toEqual(
      expect.arrayContaining(["201", "400", "401", "403", "413", "415", "422", "500", "503"]),
    );
    for (const [status, { content }] of Object.entries(create?.responses ?? {})) {
      if (Number(status) >= 400)
        expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    }
    expect(document.paths["/api/open"]?.["get"]?.security).toEqual([]);
  });

  it("has a page for people, with every route and no script", async () => {
    const response = await fetch(`${test.url}/docs`);
    const page = await response.text();
    for (const { path, meta } of listRoutes({ dishes: contract })) {
      if (!meta.internal) expect(page).toContain(`/api${path}`);
    }
    expect(page).not.toContain("<script");
    expect(page).not.toContain(" style=");
    expect((await fetch(`${test.url}/docs/style.css`)).headers.get("content-type")).toContain(
      "text/css",
    );
    const etag = response.headers.get("etag") ?? "";
    expect((await fetch(`${test.url}/docs`, { headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
  });

  it("keeps its large pages once: who takes none of what they ask for makes it copy nothing", async () => {
    const sent = vi.spyOn(ServerResponse.prototype, "end");
    for (const path of ["/docs", "/openapi.json"]) {
      sent.mockClear();
      for (let time = 0; time < 2; time++) await (await fetch(test.url + path)).arrayBuffer();
      const [first, second] = sent.mock.calls.map(([body]) => body as unknown);
      expect(first).toBeInstanceOf(Buffer);
      expect(second).toBe(first);
    }
    sent.mockRestore();
  });

  it("explains each of its own problems, and no other", async () => {
    const page = await fetch(`${test.url}/problems/method-not-allowed`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Allow");
    expect((await fetch(`${test.url}/problems/constructor`)).status).toBe(404);
    expect((await fetch(`${test.url}/problems/..%2f..%2fpackage`)).status).toBe(404);
  });

  it("lists the problems of contracts and of its own", () => {
    const codes = listProblemCodes({ dishes: contract });
    expect(codes).toEqual(expect.arrayContaining(["sold-out", "invalid-input", "bad-request"]));
  });

  it("counts requests by route, never by path", async () => {
    await test.as("cook", "/api/dishes/01900000-0000-7000-8000-0000000000aa");
    const text = await (await fetch(`${test.url}/metrics`)).text();
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/dishes\/\{id\}",status="200"\} \d/,
    );
    expect(text).not.toContain("01900000");
  });

  it("says hello where there are no screens", async () => {
    expect(await (await fetch(test.url)).text()).toContain("/docs");
  });
});

describe("starting and stopping", () => {
  it("names a port that is in use, in one sentence", async () => {
    const other = await createHttpServer({
      routers: {},
      guard,
      checks: {},
      metrics: createMetrics({ process: false }),
      logger: { warn: () => undefined } as never,
    });
    const listening = other.listen({ port: test.port, host: "127.0.0.1" });
    await expect(listening).rejects.toThrow(StartError);
    await expect(listening).rejects.toThrow(/Port \d+ on 127.0.0.1 is in use .+ set PORT/);
  });

  it("lets a running request finish and then takes no more", async () => {
    const own = await startTestServer();
    const running = own.as("cook", "/api/slow");
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 3));
    const closed = own.close(5_000);
    await expect(fetch(own.url)).rejects.toThrow();
    const response = await running;
    expect(await response.json()).toBe("done");
    await closed;
  });

  it("does not wait for the connection of a request that has finished", async () => {
    const own = await startTestServer();
    const agent = new Agent({ keepAlive: true });
    const headers = { authorization: "Bearer cook" };
    const answered = new Promise<number>((resolve, reject) => {
      get(`${own.url}/api/slow`, { agent, headers }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      }).on("error", reject);
    });
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 3));
    const startedAt = performance.now();
    await own.close(4_000);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await answered).toBe(200);
    agent.destroy();
  });

  it("cuts what does not finish within the grace", async () => {
    const own = await startTestServer();
    const running = own.as("cook", "/api/slow").then(
      () => "answered",
      () => "cut",
    );
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS / 3));
    await own.close(10);
    expect(await running).toBe("cut");
  });

  it("tells a handler that its client has gone", async () => {
    let aborted = 0;
    const own = await startTestServer({ routers: { dishes: createRouter(() => (aborted += 1)) } });
    const leaving = AbortSignal.timeout(SLOW_MS / 3);
    await expect(own.as("cook", "/api/slow", { signal: leaving })).rejects.toThrow();
    await expect.poll(() => aborted).toBe(1);
    await own.close();
    expect(own.log()).toBe("");
  });
});
