import { describe, expect, it } from "vitest";
import type { EventEnvelope } from "#platform/kernel";
import type { Failure } from "#platform/outbox";
import { deliveriesOf, type RelayPicture, stallOf, toStoredEvent } from "./events-rules.js";

const NOW = 1_000_000;

describe("a relay is taken to stand still", () => {
  const quiet: RelayPicture = { claimed: true, backlog: 3, ageMs: 45_000, inFlight: null };
  const say = (over: Partial<RelayPicture>) =>
    stallOf({ ...quiet, ...over }, { now: NOW, stalledMs: 30_000 });

  it.each<[string, Partial<RelayPicture>, string | null]>([
    ["not while nothing waits", { backlog: 0 }, null],
    ["not while nothing waits for long", { ageMs: 30_000 }, null],
    [
      "when nobody relays",
      { claimed: false },
      "3 events wait, the oldest for 45 s: no process relays",
    ],
    [
      "when another process relays and nothing leaves",
      {},
      "3 events wait, the oldest for 45 s: another process has the right to relay and does not",
    ],
    [
      "when this one relays and nothing leaves",
      { backlog: 1, inFlight: { lastProgressAt: NOW - 31_000 } },
      "1 event waits, the oldest for 45 s: this process relays and none has left",
    ],
    ["not while a long backlog grows shorter", { inFlight: { lastProgressAt: NOW - 200 } }, null],
  ])("%s", (_when, over, said) => {
    expect(say(over)).toBe(said);
  });
});

const event: EventEnvelope = {
  id: "0191d7a0-0000-7000-8000-000000000001",
  name: "orders.order-placed.v1",
  key: "order-1",
  occurredAt: "2030-01-01T00:00:00.000Z",
  trace: null,
  data: { total: 1 },
};
const failure = (over: Partial<Failure>): Failure => ({
  subscription: "kitchen.make-tickets",
  position: 1,
  event,
  status: "waiting",
  attempts: 1,
  nextAttemptAt: new Date("2030-01-01T00:01:00Z"),
  causes: [{ message: "closed", stack: "Error: closed\n    at x", at: "2030-01-01T00:00:01.000Z" }],
  storedAt: new Date("2030-01-01T00:00:01Z"),
  discardedAt: null,
  discardedBy: null,
  discardedReason: null,
  ...over,
});

describe("what became of an event", () => {
  it("is told for each subscription: applied, on its way, stored apart, ignored, or not recorded", () => {
    const deliveries = deliveriesOf({
      isOnItsWay: (name) => name === "audit.record" || name === "orders.copy-stock",
      // What an older version applied or stored is known, whatever is ignored today.
      isIgnoredBy: (name) => !["audit.record", "orders.new"].includes(name),
      listeners: [
        "kitchen.make-tickets",
        "audit.record",
        "reporting.count",
        "orders.new",
        "restaurant.copy-stock",
        "orders.copy-stock",
      ],
      // What is stored apart is known too, and yet was not applied.
      applied: [
        { subscription: "kitchen.make-tickets", storedAt: new Date("2030-01-01T00:00:01Z") },
        { subscription: "reporting.count", storedAt: new Date("2030-01-01T00:00:02Z") },
        { subscription: "gone.listener", storedAt: new Date("2030-01-01T00:00:03Z") },
      ],
      failures: [failure({ status: "dead" })],
    });
    expect(deliveries.map(({ subscription, status }) => [subscription, status])).toEqual([
      ["audit.record", "pending"],
      ["gone.listener", "applied"],
      ["kitchen.make-tickets", "dead"],
      ["orders.copy-stock", "ignored"],
      ["orders.new", "unrecorded"],
      ["reporting.count", "applied"],
      ["restaurant.copy-stock", "ignored"],
    ]);
    expect(deliveries[2]).toMatchObject({
      attempts: 1,
      nextAttemptAt: null,
      causes: [{ message: "closed", stack: expect.stringContaining("at x") }],
    });
  });

  it("is told in short with its newest causes and without its payload", () => {
    const causes = Array.from({ length: 12 }, (_, index) => ({
      message: `${index} ${"x".repeat(600)}`,
      stack: null,
      at: "2030-01-01T00:00:01.000Z",
    }));
    const stored = toStoredEvent(failure({ causes }));
    expect(stored.causeCount).toBe(12);
    expect(stored.causes).toHaveLength(10);
    expect(stored.causes.at(-1)?.message.startsWith("11 xxx")).toBe(true);
    expect(stored.causes.at(-1)?.message).toHaveLength(500);
    expect(stored.nextAttemptAt).toBe("2030-01-01T00:01:00.000Z");
    expect(stored.event).toMatchObject({ publisher: "orders" });
    expect(stored.event).not.toHaveProperty("data");
  });
});
