// What the retry loop decides before any store is concerned: who waits for whom.
import { afterEach, describe, expect, it } from "vitest";
import { createRetryLoop } from "./retry.js";
import { DEFAULT_RETRY, NotTried } from "./timing.js";
import { eventually, noted, type NotedData, quiet, recorder, type World } from "./testing.js";
import { type Failure, type InboxStore, noMetrics } from "./types.js";

describe("stored events", () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  function start(names: readonly string[], store: Partial<InboxStore<unknown>>): void {
    const retries = createRetryLoop({
      subscriptions: names.map((name) => recorder({} as World<unknown>, name)),
      store: store as InboxStore<unknown>,
      retry: DEFAULT_RETRY,
      logger: quiet,
      metrics: noMetrics,
    });
    retries.start();
    stop = () => retries.stop();
  }

  const failureOf = (subscription: string, n: number): Failure & { dueInMs: number } => ({
    subscription,
    position: n,
    event: noted(`k${n}`, n),
    status: "waiting",
    attempts: 1,
    nextAttemptAt: new Date(),
    causes: [],
    storedAt: new Date(),
    discardedAt: null,
    discardedBy: null,
    discardedReason: null,
    dueInMs: 0,
  });

  it("of one subscription are tried while another one's attempt hangs, however many wait behind that", async () => {
    const many = Array.from({ length: 120 }, (_, n) => failureOf("shop.hangs", n));
    let stored = [...many, failureOf("shop.a", 1_000)];
    const applied: string[] = [];
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    start(["shop.hangs", "shop.a"], {
      soonest: (names, limit) =>
        Promise.resolve(
          stored.filter(({ subscription }) => names.includes(subscription)).slice(0, limit),
        ),
      async retry({ name }, failure) {
        if (name === "shop.hangs") await gate;
        applied.push(`${name} ${(failure.event.data as NotedData).n}`);
        stored = stored.filter(({ event }) => event.id !== failure.event.id);
        return true;
      },
    });
    await eventually(() => expect(applied).toEqual(["shop.a 1000"]), 1_000).finally(open);
    await eventually(() => expect(applied).toHaveLength(121));
    const inOrder = applied.filter((one) => one.startsWith("shop.hangs"));
    expect(inOrder).toEqual(many.map((_, n) => `shop.hangs ${n}`));
  });

  it("count no attempt that could not begin, and are tried when it can", async () => {
    let [refusals, counted] = [1, 0];
    const applied: number[] = [];
    start(["shop.a"], {
      soonest: () => Promise.resolve(applied.length > 0 ? [] : [failureOf("shop.a", 1)]),
      retry(_subscription, { event, attempts }) {
        if (refusals-- > 0) return Promise.reject(new NotTried("somebody else is at it"));
        applied.push((event.data as NotedData).n, attempts);
        return Promise.resolve(true);
      },
      failAgain: () => Promise.resolve(void (counted += 1)),
    });
    await eventually(() => expect(applied).toEqual([1, 1]), 5_000);
    expect(counted).toBe(0);
  });

  it("are tried although the clock was put back since their pauses were set, and not before the others' are over", async () => {
    const longer = DEFAULT_RETRY.longestPauseMs * 2;
    let stored = [
      { ...failureOf("shop.a", 1), dueInMs: DEFAULT_RETRY.longestPauseMs },
      { ...failureOf("shop.a", 2), dueInMs: 3_600_000 },
      // Another process tries this one, and may take longer than any pause; that one died before the clock was put back.
      { ...failureOf("shop.a", 3), dueInMs: longer, takenForMs: longer },
      { ...failureOf("shop.a", 4), dueInMs: 3_600_000, takenForMs: longer },
    ];
    const applied: number[] = [];
    start(["shop.a"], {
      soonest: () => Promise.resolve(stored),
      retry(_subscription, { event }) {
        applied.push((event.data as NotedData).n);
        stored = stored.filter((one) => one.event.id !== event.id);
        return Promise.resolve(true);
      },
    });
    await eventually(() => expect(applied).toEqual([2, 4]), 1_000);
  });
});
