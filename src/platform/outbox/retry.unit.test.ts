// What the retry loop decides before any store is concerned: who waits for whom.
import { afterEach, describe, expect, it } from "vitest";
import { createRetryLoop } from "./retry.js";
import { DEFAULT_RETRY } from "./timing.js";
import { eventually, noted, type NotedData, quiet, recorder, type World } from "./testing.js";
import { type Failure, type InboxStore, noMetrics } from "./types.js";

describe("stored events", () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

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
    const store = {
      soonest: (names, limit) =>
        Promise.resolve(
          stored.filter(({ subscription }) => names.includes(subscription)).slice(0, limit),
        ),
      async retry({ name }, failure) {
        if (name === "shop.hangs") await gate;
        applied.push(`${name} ${(failure.event.data as NotedData).n}`);
        stored = stored.filter(({ event }) => event.id !== failure.event.id);
      },
    } as Partial<InboxStore<unknown>> as InboxStore<unknown>;
    const names = ["shop.hangs", "shop.a"];
    const retries = createRetryLoop({
      subscriptions: names.map((name) => recorder({} as World<unknown>, name)),
      store,
      retry: DEFAULT_RETRY,
      logger: quiet,
      metrics: noMetrics,
    });
    retries.start();
    stop = () => retries.stop();
    await eventually(() => expect(applied).toEqual(["shop.a 1000"]), 1_000).finally(open);
    await eventually(() => expect(applied).toHaveLength(121));
    const inOrder = applied.filter((one) => one.startsWith("shop.hangs"));
    expect(inOrder).toEqual(many.map((_, n) => `shop.hangs ${n}`));
  });
});
