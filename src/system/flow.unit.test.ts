import { expect, it, vi } from "vitest";
import { createFlow } from "./flow.js";

function createFlowAt(start: number) {
  let now = start;
  const passed = { counter: vi.fn(), gauge: vi.fn(), histogram: vi.fn() };
  const flow = createFlow(passed, () => now);
  return { flow, passed, pass: (ms: number) => void (now += ms) };
}
const START = Date.UTC(2030, 0, 1);
const lag = { publisher: "orders", subscription: "kitchen.make-tickets" };

it("passes every figure on, and counts the last minute of those that it knows", () => {
  const { flow, passed, pass } = createFlowAt(START);
  flow.metrics.counter("events_relayed_total", { outbox: "orders" }, 3);
  flow.metrics.counter("module_calls_total", { from: "orders", to: "payments" });
  flow.metrics.counter("http_problems_total", { code: "x" });
  flow.metrics.counter("events_applied_total", { subscription: "kitchen.make-tickets" }, 0);
  expect(passed.counter).toHaveBeenCalledTimes(4);
  flow.metrics.histogram("event_lag_seconds", lag, 0.004);
  expect(flow.read()).toMatchObject({
    published: [{ publisher: "orders", perMinute: 3 }],
    calls: [{ from: "orders", to: "payments", perMinute: 1 }],
    heard: [{ from: "orders", to: "kitchen", subscription: "kitchen.make-tickets", perMinute: 1 }],
  });
  pass(30_000);
  flow.metrics.counter("events_relayed_total", { outbox: "orders" }, 2);
  expect(flow.read().published).toEqual([{ publisher: "orders", perMinute: 5 }]);
  pass(45_000);
  expect(flow.read().published).toEqual([{ publisher: "orders", perMinute: 2 }]);
  pass(60_000);
  expect(flow.read()).toMatchObject({ published: [], calls: [], heard: [] });
});

it("knows one subscription's lag, and nobody else's", () => {
  const { flow } = createFlowAt(START);
  for (let ms = 1; ms <= 100; ms++) flow.metrics.histogram("event_lag_seconds", lag, ms / 1_000);
  flow.metrics.histogram("event_lag_seconds", { ...lag, subscription: "a.slow" }, 9);
  flow.metrics.counter("event_attempts_failed_total", { subscription: "a.slow" });
  expect(flow.ofSubscription("kitchen.make-tickets")).toEqual({
    applied: 0,
    failed: 0,
    lagMs: { p50: 51, p99: 100, max: 100 },
  });
  expect(flow.ofSubscription("a.slow")).toMatchObject({ failed: 1, lagMs: { max: 9_000 } });
  expect(flow.lagBetween("orders", "kitchen")).toEqual({ p50: 51, p99: 100, max: 100 });
  expect(flow.lagBetween("kitchen", "orders")).toBeNull();
  expect(flow.ofSubscription("a.quiet")).toEqual({ applied: 0, failed: 0, lagMs: null });
});

it("draws ten minutes, and keeps no more, however much came", () => {
  const { flow, pass } = createFlowAt(START);
  for (let step = 0; step < 300; step++) {
    for (let n = 0; n < 400; n++) flow.metrics.histogram("event_lag_seconds", lag, 0.002);
    pass(5_000);
  }
  const { line } = flow.read();
  expect(line).toHaveLength(120);
  expect(line.at(-1)).toEqual({
    at: new Date(START + 300 * 5_000).toISOString(),
    applied: 0,
    p50Ms: null,
    p99Ms: null,
  });
  expect(line.at(-2)).toMatchObject({ applied: 400, p50Ms: 2, p99Ms: 2 });
  expect(line[0]?.at).toBe(new Date(START + 181 * 5_000).toISOString());
});

it("draws and keeps no more when the clock is put back, and counts nothing of what lies ahead of it", () => {
  const { flow, pass } = createFlowAt(START);
  flow.metrics.counter("events_relayed_total", { outbox: "orders" }, 3);
  flow.metrics.histogram("event_lag_seconds", lag, 9);
  pass(-3_600_000);
  expect(flow.read()).toMatchObject({ published: [], heard: [] });
  flow.metrics.counter("events_relayed_total", { outbox: "orders" }, 2);
  flow.metrics.histogram("event_lag_seconds", lag, 0.002);
  expect(flow.read().published).toEqual([{ publisher: "orders", perMinute: 2 }]);
  expect(flow.ofSubscription(lag.subscription).lagMs).toMatchObject({ max: 2 });
});
