// A relay whose store gives it the right to relay and then fails it, in all or in one event.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBus } from "#platform/bus";
import { createForeground } from "#platform/kernel";
import { createInbox } from "./inbox.js";
import { createRelay } from "./relay.js";
import { createRun } from "./run.js";
import { DEFAULT_TIMING } from "./timing.js";
import { type Claim, type InboxStore, noMetrics, type OutboxStore } from "./types.js";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const optionsOf = (store: OutboxStore) => ({
  publisher: "orders",
  store,
  bus: createBus(),
  logger: silent,
  metrics: noMetrics,
  retentionDays: 400,
  foreground: createForeground(),
  timing: DEFAULT_TIMING,
  onArchived: () => undefined,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const relayOn = (store: Partial<OutboxStore>, onArchived: () => void = () => undefined) =>
  createRelay({ ...optionsOf(store as OutboxStore), onArchived });

it("says that the archive grew although the answer to that was lost", async () => {
  const waiting = [
    {
      id: "1",
      name: "orders.told.v1",
      key: "k",
      occurredAt: "2026-11-26T00:00:00.000Z",
      trace: null,
      data: {},
    },
  ];
  const archive: string[] = [];
  const seen: string[] = [];
  const claim: Partial<Claim> = {
    lost: new AbortController().signal,
    subscriptions: () => Promise.resolve([]),
    fetch: () => Promise.resolve([...waiting]),
    archive: (events) => {
      archive.push(...events.map(({ id }) => id));
      waiting.length = 0;
      return Promise.reject(new Error("the connection was lost"));
    },
    release: () => Promise.resolve(),
  };
  const store = { claim: () => Promise.resolve({ claim: claim as Claim }) };
  const relay = relayOn(store, () => seen.splice(0, seen.length, ...archive));
  relay.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(seen).toEqual(["1"]);
  await relay.stop();
});

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
  const relay = relayOn(store);
  relay.start();
  await vi.advanceTimersByTimeAsync(10_000);
  const early = claims;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(early).toBeGreaterThan(5);
  expect(claims - early).toBeGreaterThan(25);
  expect(claims - early).toBeLessThan(75); // 1 to 2 s each
  await relay.stop();
});

it("forgets a year of events in small parts, between which the store can serve the tills", async () => {
  const parts: number[] = [];
  let left = 5_000;
  const purge = (_days: number, limit: number) => {
    const gone = Math.min(left, limit);
    left -= gone;
    parts.push(gone);
    return Promise.resolve(gone);
  };
  await createRun({ purge } as unknown as Claim, optionsOf({} as OutboxStore)).purge();
  expect(left).toBe(0);
  left = 5_000;
  const parted = { bus: createBus(), logger: silent, subscriptions: [] };
  await createInbox({ purge } as unknown as InboxStore<unknown>, parted).purge();
  expect(left).toBe(0);
  expect(Math.max(...parts)).toBeLessThanOrEqual(250);
});

it("goes through a backlog at once, though of each page one event has to wait where it lies", async () => {
  const waiting = Array.from({ length: 5_000 }, (_, n) => ({
    id: `e${n}`,
    name: "orders.sold.v1",
    key: `k${n}`,
    occurredAt: new Date().toISOString(),
    trace: null,
    data: {},
  }));
  const done = new Set<string>();
  const claim: Partial<Claim> = {
    lost: new AbortController().signal,
    subscriptions: () => Promise.resolve([]),
    release: () => Promise.resolve(),
    // The oldest is in each page, and cannot be composed.
    fetch: (inFlight, limit) =>
      Promise.resolve(
        waiting
          .filter(({ id }) => !inFlight.includes(id) && !done.has(id))
          .slice(0, limit)
          .slice(1),
      ),
    archive(events) {
      for (const { id } of events) done.add(id);
      return Promise.resolve();
    },
  };
  const relay = relayOn({ claim: () => Promise.resolve({ claim: claim as Claim }) });
  relay.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(done.size).toBe(4_999);
  await relay.stop();
});
