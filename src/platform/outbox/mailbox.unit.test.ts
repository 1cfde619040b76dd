// What a mailbox decides before any store is concerned: how long a listener may take, and what it must not apply.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMailbox, guarded } from "./mailbox.js";
import { toMessage } from "./subscription.js";
import { DEFAULT_RETRY } from "./timing.js";
import { noted, type NotedData, quiet, recorder, type World } from "./testing.js";
import { type InboxStore, noMetrics } from "./types.js";

describe("a listener", () => {
  const warn = vi.fn();
  const logger = { info: vi.fn(), warn, error: vi.fn() };
  const counted: string[] = [];
  const metrics = {
    counter: (name: string, labels: Readonly<Record<string, string>>) =>
      void counted.push(`${name} ${labels["subscription"]}`),
    gauge: vi.fn(),
    histogram: vi.fn(),
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    counted.length = 0;
  });
  afterEach(() => vi.useRealTimers());

  const listen = (tookMs: number, timeoutMs?: number) =>
    guarded(
      {
        name: "shop.slow",
        events: [],
        handle: () => new Promise((resolve) => setTimeout(resolve, tookMs)),
        ...(timeoutMs !== undefined && { timeoutMs }),
      },
      { logger, metrics },
    ).handle([noted("x", 1)], undefined);

  it("that is slow is reported, by a metric and in the log", async () => {
    const done = listen(1_500);
    await vi.advanceTimersByTimeAsync(1_500);
    await done;
    expect(counted).toEqual(["event_handler_slow_total shop.slow"]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      { subscription: "shop.slow", events: 1, tookMs: 1_500 },
      "slow listener",
    );
  });

  it("that is quick is measured and not reported", async () => {
    const done = listen(20);
    await vi.advanceTimersByTimeAsync(20);
    await done;
    expect(counted).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    expect(metrics.histogram).toHaveBeenCalledExactlyOnceWith(
      "event_handler_seconds",
      { subscription: "shop.slow" },
      0.02,
    );
  });

  it("that takes longer than it may has failed, and is reported", async () => {
    const done = expect(listen(60_000, 5_000)).rejects.toThrow("No answer within 5000 ms");
    await vi.advanceTimersByTimeAsync(5_000);
    await done;
    expect(counted).toEqual(["event_handler_slow_total shop.slow"]);
  });
});

describe("a mailbox whose store was away", () => {
  /** Three events of one key arrive; the store refuses `refusals` calls, and each call that comes is announced. */
  function createAway(refusals: number) {
    const applied: number[] = [];
    let calls = 0;
    let refused = () => undefined as void;
    const away = new Promise<void>((resolve) => (refused = resolve));
    const refuse = () => {
      calls += 1;
      if (calls === refusals) refused();
      if (calls <= refusals) throw new Error("away");
    };
    const store = {
      apply(_subscription, events) {
        refuse();
        applied.push(...events.map(({ data }) => (data as NotedData).n));
        return Promise.resolve(events.length);
      },
      keep() {
        refuse();
        return Promise.resolve();
      },
    } as Partial<InboxStore<unknown>> as InboxStore<unknown>;
    const mailbox = createMailbox({
      subscription: recorder({} as World<unknown>, "shop.a"),
      store,
      retry: DEFAULT_RETRY,
      logger: quiet,
      metrics: noMetrics,
      onKept: () => undefined,
    });
    const receipts = [1, 2, 3].map((n) => mailbox.receive(toMessage(noted("x", n))));
    return { mailbox, receipts, applied, away };
  }

  // The batch, the first one alone, and the attempt to keep it.
  const UNTIL_THE_FIRST_WAITS = 3;

  it("applies nothing that was withdrawn together with one that it gave up", async () => {
    const { mailbox, receipts, applied, away } = createAway(UNTIL_THE_FIRST_WAITS);
    await away;
    for (const receipt of receipts) receipt.withdraw();
    await mailbox.idle();
    // The first, which was being tried, may be applied or not; the others may not come before it.
    expect([[], [1]]).toContainEqual(applied);
  });

  it("applies nothing more after the one at which it was stopped", async () => {
    const { mailbox, applied, away } = createAway(UNTIL_THE_FIRST_WAITS);
    await away;
    await mailbox.stop();
    expect([[], [1]]).toContainEqual(applied);
  });
});

describe("a mailbox", () => {
  /** How many batches two events make that come from two outboxes, each after an answer of its own database. */
  async function countBatches(patterns: readonly string[]): Promise<number> {
    let batches = 0;
    const store = {
      apply: (_subscription, events) =>
        Promise.resolve(events.length).finally(() => (batches += 1)),
    } as Partial<InboxStore<unknown>> as InboxStore<unknown>;
    const mailbox = createMailbox({
      subscription: recorder({} as World<unknown>, "shop.a", { patterns }),
      store,
      retry: DEFAULT_RETRY,
      logger: quiet,
      metrics: noMetrics,
      onKept: () => undefined,
    });
    const first = mailbox.receive(toMessage(noted("x", 1)));
    await new Promise(setImmediate);
    const second = mailbox.receive(toMessage(noted("x", 2)));
    await Promise.all([first.stored, second.stored]);
    return batches;
  }

  it("that hears several modules takes together what they tell at nearly the same time", async () => {
    expect(await countBatches(["shop.**", "bank.**"])).toBe(1);
  });

  it("that hears one waits for nobody", async () => {
    expect(await countBatches(["shop.**"])).toBe(2);
  });
});
