// A listener's time is measured and limited before any store is concerned.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guarded } from "./mailbox.js";
import { noted } from "./testing.js";

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
