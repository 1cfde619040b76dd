// What this folder decides without a network: problems, permissions, store failures, ETags, faces.
import { ORPCError } from "@orpc/server";
import { describe, expect, it } from "vitest";
import { commonErrors, decodeCursor, encodeCursor, errorOf, problemCode } from "#platform/contract";
import { authorize, refuseForeignSite } from "./access.js";
import { matchesEtag } from "./api.js";
import { createFace, listRoutes, systemPrincipal } from "./index.js";
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
  it("follow the contract's meta", () => {
    const person = { ...systemPrincipal, permissions: new Set(["a.b"]) };
    authorize({ public: true }, null);
    authorize({}, person);
    authorize({ permission: "a.b" }, person);
    expect(() => authorize({}, null)).toThrow(HttpRefusal);
    expect(() => authorize({ permission: "a.c" }, person)).toThrow(/a\.c/);
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
