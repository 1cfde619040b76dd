// A relay whose store gives it the right to relay and then fails it.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBus } from "#platform/bus";
import { createForeground } from "#platform/kernel";
import { createRelay } from "./relay.js";
import { DEFAULT_TIMING } from "./timing.js";
import { type Claim, noMetrics, type OutboxStore } from "./types.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("takes longer and longer pauses while it gets its claim and can do nothing with it", async () => {
  let claims = 0;
  const claim: Partial<Claim> = {
    lost: new AbortController().signal,
    subscriptions: () => Promise.reject(new Error("no space left on device")),
    release: () => Promise.resolve(),
  };
  const store: Partial<OutboxStore> = {
    claim: () => {
      claims += 1;
      return Promise.resolve({ claim: claim as Claim });
    },
  };
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const relay = createRelay({
    publisher: "orders",
    store: store as OutboxStore,
    bus: createBus(),
    logger: silent,
    metrics: noMetrics,
    retentionDays: 400,
    foreground: createForeground(),
    timing: DEFAULT_TIMING,
    onArchived: () => undefined,
  });
  relay.start();
  await vi.advanceTimersByTimeAsync(10_000);
  const early = claims;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(early).toBeGreaterThan(5);
  expect(claims - early).toBeGreaterThan(25);
  expect(claims - early).toBeLessThan(75); // 1 to 2 s each
  await relay.stop();
});
