// What a page shows of a saga's steps, by what its row and its journal say.
import { describe, expect, it } from "vitest";
import type { JournalEntry, SagaRow } from "./rows.js";
import { timelineOf } from "./timeline.js";

const startedAt = new Date("2026-11-23T12:00:00.000Z");
const definition = {
  steps: [{ name: "reserve" }, { name: "charge" }, { name: "record", pivot: true as const }],
};
const row = (over: Partial<SagaRow>): SagaRow => ({
  id: "s1",
  subject: "o1",
  definition: "orders.place-order.v1",
  steps: ["reserve", "charge", "record"],
  idempotencyKey: "k",
  fingerprint: "f",
  input: {},
  status: "running",
  refusal: null,
  cause: null,
  attempts: 0,
  token: 1,
  journal: [],
  parkedFrom: null,
  abandonedReason: null,
  startedAt,
  endedAt: null,
  ...over,
});
const entry = (step: string, over: Partial<JournalEntry> = {}): JournalEntry => ({
  step,
  action: "run",
  attempts: 1,
  atMs: 0,
  tookMs: 5,
  ...over,
});
const statesOf = (
  over: Partial<SagaRow>,
  journal: JournalEntry[],
  ...rest: [Parameters<typeof timelineOf>[3]?]
) => timelineOf(row(over), journal, definition, rest[0]).map(({ state }) => state);

describe("the timeline of a saga", () => {
  it("tells each step's time; the last one took what was left", () => {
    const endedAt = new Date(startedAt.getTime() + 30);
    const journal = [entry("reserve"), entry("charge", { atMs: 5, tookMs: 15, attempts: 2 })];
    expect(
      timelineOf(row({ status: "completed", endedAt }), journal, definition, undefined),
    ).toEqual([
      { name: "reserve", state: "done", pivot: false, attempts: 1, startedAt, tookMs: 5 },
      {
        name: "charge",
        state: "done",
        pivot: false,
        attempts: 2,
        startedAt: new Date(startedAt.getTime() + 5),
        tookMs: 15,
      },
      {
        name: "record",
        state: "done",
        pivot: true,
        attempts: 1,
        startedAt: new Date(startedAt.getTime() + 20),
        tookMs: 10,
      },
    ]);
  });

  it("shows where this process stands", () => {
    const progress = { step: "charge", action: "run", attempts: 3, atMs: 5 } as const;
    expect(statesOf({}, [entry("reserve")], progress)).toEqual(["done", "running", "waiting"]);
  });

  it("guesses the first open step of a saga that runs elsewhere", () => {
    expect(statesOf({}, [])).toEqual(["running", "waiting", "waiting"]);
  });

  it("shows what was refused and what was undone", () => {
    const journal = [
      entry("reserve"),
      entry("charge", { failed: true }),
      entry("reserve", { action: "undo", atMs: 20 }),
    ];
    const undoing = { step: "reserve", action: "undo", attempts: 1, atMs: 20 } as const;
    expect(statesOf({ status: "compensating" }, journal.slice(0, 2), undoing)).toEqual([
      "undoing",
      "failed",
      "not-run",
    ]);
    expect(statesOf({ status: "rolled-back", endedAt: startedAt }, journal)).toEqual([
      "undone",
      "failed",
      "not-run",
    ]);
  });

  it("waits for no step of a saga that is undone, though it was parked on its way forward once", () => {
    const journal = [entry("reserve"), entry("charge", { failed: true })];
    const resumed = { status: "compensating", parkedFrom: "running" } as const;
    expect(statesOf(resumed, journal)).toEqual(["done", "failed", "not-run"]);
  });

  it("shows an undo that kept failing", () => {
    const journal = [
      entry("reserve"),
      entry("charge", { failed: true }),
      entry("reserve", { action: "undo", failed: true, attempts: 12 }),
    ];
    const parked = row({ status: "needs-attention", parkedFrom: "compensating" });
    expect(timelineOf(parked, journal, definition, undefined)[0]).toMatchObject({
      state: "done",
      undo: { failed: true, attempts: 12 },
    });
  });

  it("has nothing ahead of a saga that was parked, resumed and is being undone", () => {
    const journal = [entry("reserve")];
    const undoing = { status: "compensating", parkedFrom: "running" } as const;
    expect(statesOf(undoing, journal)).toEqual(["done", "not-run", "not-run"]);
  });

  it("shows a saga whose definition no code knows any more", () => {
    const steps = timelineOf(row({ status: "needs-attention" }), [], undefined, undefined);
    expect(steps.map(({ name, pivot }) => [name, pivot])).toEqual([
      ["reserve", false],
      ["charge", false],
      ["record", false],
    ]);
  });
});
