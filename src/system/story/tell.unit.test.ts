import { describe, expect, it } from "vitest";
import { type EventEnvelope, money } from "#platform/kernel";
import type { Failure } from "#platform/outbox";
import { entriesOfListeners, entryOfEvent, madeAt } from "./events.js";
import { entriesOfMoney, type MoneyOfStory } from "./money.js";
import { entriesOfSaga, type SagaOfStory } from "./saga.js";
import { type ActionOfStory, type MovementOfStory, tellStory, type Telling } from "./tell.js";

const ORDER = "01a213c9-0444-76a7-8cda-48bc90b57401";
const T0 = Date.UTC(2026, 10, 25, 10);
const at = (ms: number) => new Date(T0 + ms).toISOString();
/** A UUIDv7 that was made then. */
const idAt = (ms: number, n = 0) => {
  const hex = (T0 + ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, "0")}`;
};

const event = (name: string, ms: number, over: Partial<EventEnvelope> = {}): EventEnvelope => ({
  id: idAt(ms),
  name,
  key: ORDER,
  occurredAt: at(0),
  trace: null,
  data: {},
  ...over,
});
const saga = (over: Partial<SagaOfStory> = {}): SagaOfStory => ({
  id: "saga",
  definition: "orders.place-order.v1",
  orderId: ORDER,
  status: "completed",
  startedAt: at(0),
  endedAt: at(80),
  steps: [],
  trace: "trace-1",
  ...over,
});
const failure = (of: EventEnvelope, over: Partial<Failure> = {}): Failure => ({
  subscription: "kitchen.make-tickets",
  position: 1,
  event: of,
  status: "waiting",
  attempts: 2,
  nextAttemptAt: null,
  causes: [{ message: "The oven is cold", stack: null, at: at(60) }],
  storedAt: new Date(T0 + 55),
  discardedAt: null,
  discardedBy: null,
  discardedReason: null,
  ...over,
});
const telling = (over: Partial<Telling>): Telling => ({
  orderId: ORDER,
  now: at(1_000),
  sagas: [],
  movements: [],
  actions: [],
  events: [],
  deliveries: [],
  failures: [],
  missing: [],
  ...over,
});
const linesOf = (entries: readonly { at: string; title: string; outcome: string }[]) =>
  entries.map((entry) => `${Date.parse(entry.at) - T0} ${entry.outcome} ${entry.title}`);

describe("a saga", () => {
  it("tells its start, each step that began, each undoing and its end", () => {
    const told = entriesOfSaga(
      saga({
        status: "rolled-back",
        refusal: { code: "PAYMENT_DECLINED", status: 402, detail: "The card was declined." },
        steps: [
          {
            name: "reserve",
            state: "undone",
            pivot: false,
            startedAt: at(1),
            tookMs: 9,
            attempts: 1,
            undo: { attempts: 3, startedAt: at(40), tookMs: 5, failed: false },
          },
          { name: "charge", state: "failed", pivot: false, startedAt: at(10), attempts: 2 },
          { name: "record", state: "not-run", pivot: true },
        ],
      }),
      at(1_000),
    );
    expect(linesOf(told)).toEqual([
      "0 done orders.place-order.v1 started",
      "1 done reserve",
      "40 done undo reserve",
      "10 failed charge",
      "80 failed orders.place-order.v1 rolled-back",
    ]);
    expect(told.map(({ detail }) => detail)).toEqual([
      undefined,
      undefined,
      "3 attempts",
      "2 attempts",
      "PAYMENT_DECLINED: The card was declined.",
    ]);
    expect(told.slice(1).every(({ parent }) => parent === "saga")).toBe(true);
  });

  it("that has not ended waits, as of now, and says for what", () => {
    const { endedAt: _ended, ...open } = saga({ status: "needs-attention", cause: "Refund it." });
    expect(entriesOfSaga(open, at(500)).at(-1)).toMatchObject({
      at: at(500),
      outcome: "waiting",
      title: "orders.place-order.v1 is needs-attention",
      detail: "Refund it.",
    });
  });
});

describe("money", () => {
  const payment: MoneyOfStory["payment"] = {
    id: "payment",
    orderId: ORDER,
    method: "card",
    status: "captured",
    amount: money(7350, "MMK"),
    captured: money(7350, "MMK"),
    refunded: money(0, "MMK"),
    createdAt: at(10),
    capturedAt: at(30),
  };
  const refund: MoneyOfStory["refunds"][number] = {
    id: "refund",
    amount: money(7350, "MMK"),
    status: "refunded",
    reason: "The guest left",
    requestedAt: at(100),
    settledAt: at(150),
  };

  it("tells what was asked of the gateway, what was taken, barred and given back", () => {
    const told = entriesOfMoney({
      payment,
      barred: { at: at(90), reason: "Cancelled" },
      refunds: [refund, { ...refund, id: "other", status: "refused" }],
      attempts: [
        { at: at(15), operation: "charge", outcome: "unknown", detail: "Timed out" },
        { at: at(30), operation: "find", outcome: "captured" },
      ],
    });
    expect(linesOf(told)).toEqual([
      "15 failed charge: unknown",
      "30 done find: captured",
      "10 done 7,350 MMK by card: captured",
      "90 done takes no money any more",
      "100 done 7,350 MMK back: refunded",
      "100 failed 7,350 MMK back: refused",
    ]);
    expect(told[2]?.tookMs).toBe(20);
    const dollars = { ...payment, amount: money(1250, "USD") };
    const [entry] = entriesOfMoney({ payment: dollars, refunds: [], attempts: [] });
    expect(entry?.title).toBe("12.50 USD by card: captured");
  });

  it("that is pending waits, and that was declined failed with its code", () => {
    const of = (over: Partial<typeof payment>) =>
      entriesOfMoney({ payment: { ...payment, ...over }, refunds: [], attempts: [] })[0];
    expect(of({ status: "pending" })?.outcome).toBe("waiting");
    expect(of({ status: "declined", declineCode: "card-declined" })).toMatchObject({
      outcome: "failed",
      detail: "card-declined",
    });
    expect(entriesOfMoney(undefined)).toEqual([]);
  });
});

describe("events", () => {
  it("are dated by when they were made, and one that tells a ticket is told as the ticket", () => {
    expect(madeAt(idAt(79))).toBe(at(79));
    const placed = event("orders.order-placed.v1", 79);
    expect(entryOfEvent({ event: placed, delivered: false })).toMatchObject({
      at: at(79),
      kind: "event",
      outcome: "waiting",
      detail: "waits to be delivered",
    });
    const data = {
      change: "sent",
      by: { name: "Cashier" },
      ticket: { station: "noodle", status: "new" },
    };
    const ticket = event("kitchen.ticket-changed.v1", 90, { data });
    expect(entryOfEvent({ event: ticket, delivered: true })).toMatchObject({
      kind: "ticket",
      title: "noodle: sent, new",
      detail: "Cashier",
      outcome: "done",
    });
  });

  it("say of each listener whether it applied them, tries again, gave up or was told to", () => {
    const placed = event("orders.order-placed.v1", 50);
    const events = [{ event: placed, delivered: true }];
    const applied = (subscription: string, eventId = placed.id) => ({
      subscription,
      eventId,
      storedAt: new Date(T0 + 58),
    });
    const told = entriesOfListeners({
      events,
      // Its store knows a failed one too, which was not applied for all that.
      deliveries: [
        applied("reporting.count"),
        applied("kitchen.make-tickets"),
        applied("x.y", idAt(1)),
      ],
      failures: [
        failure(placed),
        failure(placed, { subscription: "a.dead", status: "dead", attempts: 10 }),
        failure(placed, { subscription: "a.held", status: "held", attempts: 0, causes: [] }),
        failure(placed, {
          subscription: "a.given-up",
          status: "discarded",
          discardedAt: new Date(T0 + 900),
          discardedReason: "A test",
        }),
        failure(event("a.foreign.v1", 1)),
      ],
    });
    expect(linesOf(told)).toEqual([
      "58 done reporting.count",
      "55 waiting kitchen.make-tickets: waiting after 2 attempts",
      "55 failed a.dead: dead after 10 attempts",
      "55 waiting a.held: held",
      "900 failed a.given-up: discarded after 2 attempts",
    ]);
    expect(told.map(({ detail }) => detail?.split(/[:,] /)[1])).toEqual([
      "8 ms later",
      "The oven is cold",
      "The oven is cold",
      "behind an earlier event that was not applied",
      "A test",
    ]);
  });
});

describe("a story", () => {
  const movement: MovementOfStory = {
    id: "moved",
    productId: "p-1",
    type: "sold",
    quantity: -2,
    reason: "",
    actor: { id: "1", name: "Cashier" },
    at: at(0),
  } as MovementOfStory;

  it("is in order of time, what caused before what it caused, and spans all of it", () => {
    const placed = event("orders.order-placed.v1", 79);
    const action: ActionOfStory = {
      position: 1,
      eventId: idAt(95),
      module: "orders",
      action: "orders.cancel",
      at: at(95),
      actor: { id: "1", name: "Cashier", role: "cashier" },
      approvedBy: { id: "2", name: "Manager" },
      subject: { type: "order", id: ORDER },
      reason: "The guest left",
      hash: "",
    };
    const story = tellStory(
      telling({
        sagas: [
          saga({
            steps: [{ name: "record", state: "done", pivot: true, startedAt: at(79), tookMs: 200 }],
          }),
        ],
        events: [
          { event: placed, delivered: true },
          // The same deed as the log tells.
          { event: event("orders.action-taken.v1", 95), delivered: true },
        ],
        movements: [movement],
        actions: [action],
        missing: ["payments: does not answer now"],
      }),
    );
    expect(linesOf(story?.entries ?? [])).toEqual([
      "0 done orders.place-order.v1 started",
      "79 done record",
      "79 done orders.order-placed.v1",
      "79 done p-1 -2 sold",
      "80 done orders.place-order.v1 completed",
      "95 done orders.cancel",
    ]);
    expect(story?.entries.at(-1)?.detail).toBe("Cashier, approved by Manager: The guest left");
    expect(story?.entries[3]?.parent).toBe(placed.id);
    expect(story).toMatchObject({
      from: at(0),
      to: at(279),
      traces: ["trace-1"],
      missing: ["payments: does not answer now"],
    });
    expect(story).not.toHaveProperty("number");
  });

  it("dates a movement by itself when its event is no longer known", () => {
    const [entry] = tellStory(telling({ movements: [movement] }))?.entries ?? [];
    expect(entry).toMatchObject({ at: at(0), detail: "Cashier" });
    expect(entry).not.toHaveProperty("parent");
  });

  it("is none when nobody knows anything", () => {
    expect(tellStory(telling({ missing: ["payments: does not answer now"] }))).toBeUndefined();
  });
});
