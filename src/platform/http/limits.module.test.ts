// Slow, many and greedy clients: they are held back, and others are served meanwhile.
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { callerOf, createRateLimit } from "./rate-limit.js";
import type { Guard } from "./context.js";
import { guard, raw, startTestServer } from "./testing.js";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Opens connections that send only the start of a request. */
async function hold(port: number, count: number, text: string): Promise<Socket[]> {
  const opened = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => {
            if (text !== "") socket.write(text);
            resolve(socket);
          });
          socket.on("error", () => undefined);
        }),
    ),
  );
  sockets.push(...opened);
  return opened;
}

describe("slow clients", () => {
  it("answers a request that never ends with 408", async () => {
    const test = await startTestServer({ limits: { headersMs: 300, requestMs: 600 } });
    expect(await raw(test.port, "GET / HTTP/1.1\r\nHost")).toMatch(
      /^HTTP\/1.1 408 [^]*request-timeout/,
    );
    const body =
      "POST /api/dishes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer chef\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    expect(await raw(test.port, body)).toMatch(/^HTTP\/1.1 408 /);
    await test.close();
  });

  it.each([
    ["silent", ""],
    ["half a request", "GET / HTTP/1.1\r\nHost: x\r\n"],
  ])("makes %s connections give way to others of the same address", async (_what, text) => {
    const test = await startTestServer({ limits: { connections: 40, connectionsPerAddress: 20 } });
    await hold(test.port, 60, text);
    for (let tries = 0; tries < 3; tries++) {
      const response = await test.as("cook", "/api/dishes", { headers: { connection: "close" } });
      expect(response.status).toBe(200);
    }
    await test.close();
  });

  it.each([
    [
      "that never send the rest of their body",
      "POST /api/fail HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cook\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
    ],
    [
      "that take no answer",
      "GET /api/menu HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cook\r\n\r\n",
    ],
  ])("makes connections %s give way, also after one that was served", async (_what, text) => {
    const long = { etag: '"m"', body: Buffer.alloc(32_000_000, " ") };
    const test = await startTestServer({
      limits: { connections: 8, connectionsPerAddress: 8 },
      cachedReads: [{ path: "/menu", read: () => long }],
    });
    const served = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const socket of await hold(test.port, 8, served + text)) socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (let tries = 0; tries < 3; tries++) {
      const response = await test.as("cook", "/api/dishes", { headers: { connection: "close" } });
      expect(response.status).toBe(200);
    }
    for (const socket of sockets.splice(0)) socket.destroy();
    await test.close();
  });

  it("never cuts a connection at work", async () => {
    const test = await startTestServer({ limits: { connections: 4, connectionsPerAddress: 2 } });
    const running = [test.as("cook", "/api/slow"), test.as("cook", "/api/slow")];
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(test.as("cook", "/api/dishes")).rejects.toThrow();
    for (const response of await Promise.all(running)) expect(response.status).toBe(200);
    await test.close();
  });
});

describe("many requests", () => {
  it("on one connection that waits for no answer are not looked at, and end it", async () => {
    let asked = 0;
    const counting: Guard = {
      authenticate: (request) => {
        asked += 1;
        return guard.authenticate(request);
      },
    };
    const test = await startTestServer({ guard: counting });
    const ask = "GET /api/dishes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer cook\r\n";
    const two = await raw(test.port, `${ask}\r\n${ask}Connection: close\r\n\r\n`);
    expect(two.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    asked = 0;
    await raw(test.port, `${ask}\r\n`.repeat(500));
    expect(asked).toBeLessThan(3);
    const [socket] = await hold(test.port, 1, "");
    let answers = "";
    socket?.on("data", (chunk) => (answers += String(chunk)));
    for (let time = 1; time <= 5; time++) {
      socket?.write(`${ask}\r\n`);
      await expect.poll(() => answers.match(/HTTP\/1.1 200/g)?.length).toBe(time);
    }
    await test.close();
  });

  it("answers 429 with Retry-After, while a signed-in caller of the same address is served", async () => {
    const test = await startTestServer({ limits: { requestsPerMinute: 5 } });
    expect((await test.as("cook", "/api/dishes")).status).toBe(200);
    const strangers = await Promise.all(
      Array.from({ length: 10 }, () => fetch(`${test.url}/api/dishes`)),
    );
    const limited = strangers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(4);
    expect(Number(limited[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await limited[0]?.json()).toMatchObject({ code: "too-many-requests" });
    expect((await test.as("cook", "/api/dishes")).status).toBe(200);
    expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
    await test.close();
  });

  it("limits those who ask for the figures from elsewhere, and tells a cashier what they lack", async () => {
    let asked = 0;
    const counting: Guard = {
      authenticate: (request) => {
        asked += 1;
        return guard.authenticate(request);
      },
    };
    const test = await startTestServer({ guard: counting, limits: { requestsPerMinute: 5 } });
    const elsewhere = { "x-forwarded-for": "10.0.0.1" };
    const figures = (who: string) => test.as(who, "/metrics", { headers: elsewhere });
    expect((await figures("chef")).status).toBe(200);
    const cook = await figures("cook");
    expect([cook.status, ((await cook.json()) as { code: string }).code]).toEqual([
      403,
      "forbidden",
    ]);
    const anonymous = await fetch(`${test.url}/metrics`, { headers: elsewhere });
    expect([anonymous.status, anonymous.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    asked = 0;
    for (let guess = 0; guess < 10; guess++) await figures(`guess${guess}`);
    expect(asked).toBeLessThan(5);
    expect((await figures("chef")).status).toBe(200);
    expect((await fetch(`${test.url}/metrics`)).status).toBe(200);
    await test.close();
  });

  it("tells those apart whom a proxy names, so that one of them does not shut the others out", async () => {
    const limits = { requestsPerMinute: 3 };
    const test = await startTestServer({ behindProxy: "x-forwarded-for", limits });
    const ask = async (address: string) => {
      const headers = { "x-forwarded-for": `10.0.0.${Math.random()}, ${address}` };
      return (await fetch(`${test.url}/api/open`, { headers })).status;
    };
    const flood = await Promise.all(Array.from({ length: 6 }, () => ask("10.0.0.1")));
    expect(flood.filter((status) => status === 429)).toHaveLength(3);
    expect(await ask("10.0.0.2")).toBe(200);
    const figures = { headers: { "x-forwarded-for": "127.0.0.1" } };
    expect((await fetch(`${test.url}/metrics`, figures)).status).toBe(401);
    await test.close();
  });

  it("opens again after the minute, and counts an IPv6 network as one caller", () => {
    let time = 0;
    const limit = createRateLimit(2, () => time);
    limit.admit("2001:db8:1:2::1", undefined);
    limit.admit("2001:db8:1:2::2", undefined);
    expect(() => limit.admit("2001:db8:1:2:3::3", undefined)).toThrow(/Too many requests/);
    limit.admit("2001:db8:1:3::1", undefined);
    time = 60_001;
    limit.admit("2001:db8:1:2::1", undefined);
  });

  it("counts a home network as one, however its addresses are shortened", () => {
    expect(callerOf("fe80::1:2:3:4")).toBe(callerOf("fe80::a:b:c:d"));
    expect(callerOf("2001:db8::1")).toBe(callerOf("2001:db8:0:0:5:6:7:8"));
    expect(callerOf("2001:db8:1:2::1")).toBe(callerOf("2001:db8:1:2:3:4:5:6"));
    expect(callerOf("2001:db8:1:2::1")).not.toBe(callerOf("2001:db8:1:3::1"));
    expect(callerOf("::ffff:10.0.0.1")).not.toBe(callerOf("::ffff:10.0.0.2"));
  });

  it("counts guesses of credentials as a stranger's, and holds a runaway program too", () => {
    const limit = createRateLimit(2, () => 0);
    limit.admit("10.0.0.1", "a");
    limit.admit("10.0.0.1", "b");
    expect(() => limit.admit("10.0.0.1", "c")).toThrow();
    limit.trust("good", "1");
    for (let count = 0; count < 20; count++) limit.admit("10.0.0.1", "good");
    expect(() => limit.admit("10.0.0.1", "good")).toThrow();
  });

  it("gives a signed-in caller one allowance, whatever they send along with their credential", () => {
    const limit = createRateLimit(2, () => 0);
    const cookies = Array.from(
      { length: 20 },
      (_, index) => `session=good; x=${"y".repeat(500)}${index}`,
    );
    for (const cookie of [...cookies, "session=other"]) limit.trust(cookie, cookie.slice(8, 12));
    for (const cookie of cookies) limit.admit("10.0.0.1", cookie);
    for (const cookie of cookies) expect(() => limit.admit("10.0.0.1", cookie)).toThrow();
    limit.admit("10.0.0.1", "session=other");
  });

  it("trusts a credential for a minute at least, and for two at most", () => {
    let time = 0;
    const limit = createRateLimit(1, () => time);
    const isTrusted = () => {
      try {
        for (let count = 0; count < 3; count++) limit.admit("10.0.0.1", "good");
        return true;
      } catch {
        return false;
      }
    };
    for (time of [0, 59_000, 121_000]) {
      limit.trust("good", "1");
      expect(isTrusted()).toBe(true);
      time += 59_999;
      expect(isTrusted()).toBe(true);
    }
    limit.trust("good", "1");
    time += 120_000;
    expect(isTrusted()).toBe(false);
  });

  it("has no limit at 0", () => {
    const limit = createRateLimit(0);
    for (let count = 0; count < 1_000; count++) limit.admit("10.0.0.1", undefined);
  });
});
