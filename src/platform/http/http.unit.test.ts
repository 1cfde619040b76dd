// What this folder decides without a network: problems, permissions, store failures, ETags, faces.
import { ORPCError } from "@orpc/server";
import { describe, expect, it } from "vitest";
import {
  commonErrors,
  decodeCursor,
  encodeCursor,
  errorOf,
  problemCode,
  type RouteMeta,
} from "#platform/contract";
import { addressBehindProxy, authorize, isLocal, refuseForeignSite } from "./access.js";
import { matchesEtag } from "./api.js";
import { createFace, listRoutes, type Principal, systemPrincipal } from "./index.js";
import { readErrors } from "./pages.js";
import { HttpRefusal, httpProblems, toAnswer } from "./problems.js";
import { isStoreFailure } from "./store-failure.js";
import { contract, createRouter } from "./testing.js";

const request = { instance: "/api/x", requestId: "r1" };
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("problems", () => {
  it("tells nothing about an error that no contract declares", () => {
    const leak = new Error("select * from staff");
    const undeclared = new ORPCError("SOMETHING", { status: 418, message: "secret", cause: leak });
    for (const error of [leak, undeclared, "text", null, undefined]) {
      const { problem, unexpected } = toAnswer(error, request);
      expect(problem.status).toBe(500);
      expect(unexpected).toBe(true);
      expect(JSON.stringify(problem)).not.toMatch(/select|secret/);
    }
  });

  it("turns retryAfterSeconds into Retry-After", () => {
    const paused = new ORPCError("PAUSED", {
      defined: true,
      status: 429,
      message: "Wait.",
      data: { retryAfterSeconds: 1.2 },
    });
    expect(toAnswer(paused, request).headers).toEqual({ "retry-after": "2" });
  });

  it("documents its own problems and the common ones in docs/errors.md", () => {
    const documented = [...readErrors().keys()];
    const own = [...Object.keys(httpProblems), ...Object.keys(commonErrors)].map(problemCode);
    expect(documented).toEqual(expect.arrayContaining(own));
    expect(documented).toEqual([...documented].sort());
  });
});

describe("permissions", () => {
  const person = { ...systemPrincipal, permissions: new Set(["a.b"]) };
  const ask = (meta: RouteMeta, principal: Principal | null = person, approval?: string) =>
    authorize(meta, principal, {
      approval,
      use: ({ approval: given, subject }) =>
        Promise.resolve(given === "good" && subject === "1" ? boss : null),
      input: (name) => Promise.resolve(name === "id" ? "1" : undefined),
    });
  const boss = { id: "2", name: "Boss" };

  it("follow the contract's meta", async () => {
    expect(await ask({ public: true }, null)).toBeNull();
    expect(await ask({})).toBe(person);
    expect(await ask({ permission: "a.b" })).toBe(person);
    await expect(ask({}, null)).rejects.toThrow(HttpRefusal);
    await expect(ask({ permission: "a.c" })).rejects.toThrow(/a\.c/);
  });

  it("are given by an approval where the route allows it, and only where they are lacking", async () => {
    const meta: RouteMeta = { permission: "a.c", approvable: "id" };
    expect(await ask(meta, person, "good")).toEqual({ ...person, approvedBy: boss });
    await expect(ask(meta)).rejects.toMatchObject({ extra: { members: { approvable: true } } });
    await expect(ask(meta, person, "bad")).rejects.toThrow(/given for this/);
    await expect(ask({ ...meta, approvable: "orderId" }, person, "good")).rejects.toThrow(
      /another order/,
    );
    await expect(ask({ permission: "a.c" }, person, "good")).rejects.toMatchObject({
      extra: { members: { approvable: false } },
    });
    expect(await ask({ permission: "a.b", approvable: "id" }, person, "good")).toBe(person);
  });

  it("are none until a one-time PIN is replaced", async () => {
    const newcomer = { ...person, mustChangePin: true };
    await expect(ask({}, newcomer)).rejects.toMatchObject({ problem: "PIN_CHANGE_REQUIRED" });
    expect(await ask({ beforePinChange: true }, newcomer)).toBe(newcomer);
  });

  it.each([
    ["127.0.0.1", { host: "localhost:3000" }, true],
    ["::1", { host: "[::1]:3000" }, true],
    ["::ffff:127.0.0.1", { host: "127.0.0.1" }, true],
    ["192.168.1.5", { host: "localhost" }, false],
    ["127.0.0.1", { host: "rebound.example:3000" }, false],
    ["127.0.0.1", { host: "localhost", "x-forwarded-for": "10.0.0.9" }, false],
    ["127.0.0.1", { host: "localhost", forwarded: "for=10.0.0.9" }, false],
  ])("trust the machine itself: %s %j is %s", (address, headers, local) => {
    expect(isLocal(address, { httpVersion: "1.1", headers })).toBe(local);
  });

  it("do not trust a proxy that names nobody: nginx asks like this unless it is told otherwise", () => {
    const headers = { host: "127.0.0.1:3000", connection: "close" };
    expect(isLocal("127.0.0.1", { httpVersion: "1.0", headers })).toBe(false);
  });

  it.each([
    ["127.0.0.1", "10.0.0.9", "10.0.0.9"],
    ["::1", "1.2.3.4, 10.0.0.9", "10.0.0.9"],
    ["127.0.0.1", "10.0.0.9, fe80::1", "fe80::1"],
    ["127.0.0.1", "10.0.0.9, unknown", "127.0.0.1"],
    ["127.0.0.1", undefined, "127.0.0.1"],
    ["10.0.0.7", "10.0.0.9", "10.0.0.7"],
  ])("take of what %s says (%s) only what it adds itself: %s", (peer, forwardedFor, address) => {
    expect(addressBehindProxy(peer, forwardedFor)).toBe(address);
  });

  it("refuse foreign sites for what changes something", () => {
    const from =
      (origin?: string, fetchSite?: string, method = "POST") =>
      () =>
        refuseForeignSite({ method, host: "till:3000", origin, fetchSite });
    expect(from("http://till:3000")).not.toThrow();
    expect(from(undefined, "same-origin")).not.toThrow();
    expect(from()).not.toThrow();
    expect(from("http://evil", undefined, "GET")).not.toThrow();
    expect(from("http://till:3001")).toThrow();
    expect(from("null")).toThrow();
    expect(from(undefined, "cross-site")).toThrow();
  });
});

describe("store failures", () => {
  const named = (name: string, props: object = {}) =>
    Object.assign(new Error("x"), { name, ...props });
  it.each([
    named("error", { code: "57P01" }),
    named("error", { code: "57014" }),
    named("Error", { code: "ECONNREFUSED" }),
    named("Error", { code: "ENOENT", syscall: "connect" }),
    named("MongooseServerSelectionError"),
    named("MongoNetworkError"),
    new Error("Connection terminated unexpectedly"),
    new Error("wrapped", { cause: named("MongoPoolClearedError") }),
    new AggregateError([named("Error", { code: "ECONNREFUSED" })]),
  ])("is one: %s", (error) => expect(isStoreFailure(error)).toBe(true));

  it.each([
    named("error", { code: "23505" }),
    named("error", { code: "42501" }),
    named("Error", { code: "ENOENT", syscall: "open" }),
    named("MongoServerError", { code: 11000 }),
    new Error("bug"),
    "text",
  ])("is none: %s", (error) => expect(isStoreFailure(error)).toBe(false));

  it("ends on causes that go in a circle", () => {
    const circle = new Error("a");
    circle.cause = circle;
    expect(isStoreFailure(circle)).toBe(false);
  });
});

describe("etags", () => {
  it("compares weakly, in lists and with the star", () => {
    expect(matchesEtag('"a"', '"a"')).toBe(true);
    expect(matchesEtag('W/"a"', '"a"')).toBe(true);
    expect(matchesEtag('"b", "a"', '"a"')).toBe(true);
    expect(matchesEtag("*", '"a"')).toBe(true);
    expect(matchesEtag('"ab"', '"a"')).toBe(false);
  });
});

describe("cursors", () => {
  it("come back as they went, and carry nothing but plain values", () => {
    const keys = { before: "x", count: 3, none: null };
    expect(decodeCursor(encodeCursor(keys))).toEqual(keys);
    const forged = Buffer.from('{"before":{"$gt":""}}').toString("base64url");
    for (const bad of [forged, "", "%%%", "bnVsbA", Buffer.from("[1]").toString("base64url")]) {
      expect(errorOf(catching(() => decodeCursor(bad)))).toMatchObject({
        code: "INVALID_INPUT",
        status: 422,
      });
    }
  });
});

describe("a face", () => {
  const face = createFace<typeof contract>(createRouter(), { principal: systemPrincipal });

  it("is called like the contract says, also internally", async () => {
    expect(await face.secret()).toBe("internal");
    expect(await face.list({ limit: 3 })).toEqual({ items: [{ limit: 3 }], nextCursor: null });
    expect(Object.keys(face).sort()).toEqual(
      listRoutes({ x: contract })
        .map(({ name }) => name.slice(2))
        .sort(),
    );
  });

  it("answers declared errors typed, with their data", async () => {
    const error = await failure(face.get({ id: "01900000-0000-7000-8000-000000000001" }));
    expect(errorOf(error)).toEqual({
      code: "SOLD_OUT",
      status: 409,
      message: "It is sold out. Choose another.",
      data: { items: ["a"], code: "own" },
    });
  });

  it("refuses the same input as HTTP does, with the same faults", async () => {
    expect(errorOf(await failure(face.get({ id: "x" })))).toMatchObject({
      code: "INVALID_INPUT",
      data: { errors: [{ path: "id", message: "An id is a UUID" }] },
    });
  });

  it("tells a store that is away from a bug", async () => {
    expect(errorOf(await failure(face.fail({ how: "store" })))).toMatchObject({
      code: "STORE_UNAVAILABLE",
      status: 503,
    });
    expect(errorOf(await failure(face.fail({ how: "bug" })))).toBeNull();
  });
});

function catching(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
