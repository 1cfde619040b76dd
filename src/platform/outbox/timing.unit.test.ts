import { describe, expect, it } from "vitest";
import { backoffMs, createBell, DEFAULT_RETRY, letPassMs, judge, Undeliverable } from "./timing.js";

describe("pauses between attempts", () => {
  it("double up to the longest, and half of each is chance", () => {
    const policy = { firstPauseMs: 100, longestPauseMs: 1_000 };
    const shortest = [1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(attempt, policy, () => 0));
    const longest = [1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(attempt, policy, () => 1));
    expect(shortest).toEqual([50, 100, 200, 400, 500, 500]);
    expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("differ, so that what failed together does not come back together", () => {
    const pauses = new Set(Array.from({ length: 50 }, () => backoffMs(8, DEFAULT_RETRY)));
    expect(pauses.size).toBeGreaterThan(10);
  });
});

describe("letting others go first", () => {
  it("is for a while from the last fetch on, so that what comes after a pause goes at once", () => {
    expect([0, 150, 200, 5_000].map(letPassMs)).toEqual([200, 50, 0, 0]);
  });

  it("never takes longer than a listener may lag, even when the clock was put back", () => {
    expect(letPassMs(-3_600_000)).toBe(200);
  });
});

describe("the verdict on a failed attempt", () => {
  const now = new Date("2030-01-01T00:00:00Z");
  it("is another attempt until the last one", () => {
    const policy = { ...DEFAULT_RETRY, attempts: 3 };
    const statuses = [1, 2, 3].map(
      (attempt) => judge(new Error("no"), attempt, policy, now).status,
    );
    expect(statuses).toEqual(["waiting", "waiting", "dead"]);
  });

  it("is final for what no attempt can mend", () => {
    expect(judge(new Undeliverable("unknown"), 1, DEFAULT_RETRY, now).status).toBe("dead");
  });

  it("holds a cause that every store can keep, whatever was thrown", () => {
    expect(judge("a \0 string", 1, DEFAULT_RETRY, now).cause).toEqual({
      message: "a \uFFFD string",
      stack: null,
      at: "2030-01-01T00:00:00.000Z",
    });
    const cut = judge(new Error(`${"x".repeat(3_999)}😀`), 1, DEFAULT_RETRY, now).cause;
    expect(cut.message).toBe(`${"x".repeat(3_999)}\uFFFD`);
    const long = judge(new Error("x".repeat(100_000)), 1, DEFAULT_RETRY, now).cause;
    expect(long.message.length + (long.stack?.length ?? 0)).toBeLessThan(10_000);
  });
});

describe("a bell", () => {
  it("is heard although it rang before anybody listened, once", async () => {
    const bell = createBell();
    bell.ring();
    bell.ring();
    expect(await bell.wait(1_000)).toBe(true);
    expect(await bell.wait(1)).toBe(false);
  });
});
