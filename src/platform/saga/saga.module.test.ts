// The coordinator against a real PostgreSQL: what it promises when steps refuse, fail, repeat, or lose their lease.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { defineStatement, type Runner } from "#platform/db";
import { KEEP_DAYS } from "./coordinator.js";
import { canComplete } from "./rows.js";
import { purgeSagas, startSagas } from "./store.js";
import {
  abandonOne,
  build,
  coordinator,
  endOne,
  expireLease,
  No,
  outcome,
  refusal,
  request,
  resumeOne,
  test,
  until,
  useSagas,
} from "./testing.js";
import { pause } from "./timing.js";

useSagas();

const endedAgo = defineStatement<never>(
  "test.ended-ago",
  "update sagas set ended_at = now() - $2::interval where id = $1",
);

describe("a saga", () => {
  it("runs its steps in order and ends with its pivot", async () => {
    const { calls, definition } = build();
    const sagas = coordinator(definition);
    const start = request();
    expect((await outcome(sagas, start)).kind).toBe("completed");
    expect(calls).toEqual(["one", "two", "end"]);
    expect(await sagas.find(start.id)).toMatchObject({
      status: "completed",
      journal: [{ step: "one" }, { step: "two" }],
    });
  });

  it("undoes what came before a refusing step, and nothing else", async () => {
    const { calls, definition } = build({ two: () => Promise.reject(new No()) });
    const sagas = coordinator(definition);
    expect(await outcome(sagas)).toMatchObject({ kind: "refused", refusal });
    expect(calls).toEqual(["one", "two", "undo one"]);
  });

  it("undoes nothing when the first step refuses", async () => {
    const { calls, definition } = build({ one: () => Promise.reject(new No()) });
    const sagas = coordinator(definition);
    expect((await outcome(sagas)).kind).toBe("refused");
    expect(calls).toEqual(["one"]);
  });

  it("tries a failing step again, and goes on when it succeeds", async () => {
    let failures = 2;
    const { calls, definition } = build({
      one: () => (failures-- > 0 ? Promise.reject(new Error("down")) : Promise.resolve({})),
    });
    const counted: Record<string, number> = {};
    const counter = (name: string, { step }: Readonly<Record<string, string>>, by = 1) => {
      counted[`${name} ${step}`] = (counted[`${name} ${step}`] ?? 0) + by;
    };
    const nothing = () => undefined;
    const metrics = { counter, gauge: nothing, histogram: nothing, onCollect: nothing };
    expect((await outcome(coordinator(definition, { metrics }))).kind).toBe("completed");
    expect(calls).toEqual(["one", "one", "one", "two", "end"]);
    expect(counted).toMatchObject({ "saga_retries_total one": 2 });
  });

  it("does not wait for a step longer than the step's own deadline", async () => {
    let silences = 1;
    const { calls, definition } = build({
      one: () => (silences-- > 0 ? new Promise(() => undefined) : Promise.resolve({})),
    });
    const [one, ...others] = definition.steps;
    if (!one) throw new Error("it has three steps");
    const steps = [{ ...one, timeoutMs: 50 }, ...others];
    expect((await outcome(coordinator({ ...definition, steps }))).kind).toBe("completed");
    expect(calls).toEqual(["one", "one", "two", "end"]);
  });

  it("is rolled back when its time is up, and undoes also the step that may have run", async () => {
    const { calls, definition } = build({
      two: () => Promise.reject(new Error("no answer")),
      deadlineMs: 300,
    });
    expect(await outcome(coordinator(definition))).toMatchObject({
      kind: "refused",
      refusal: { code: "TOO_SLOW" },
    });
    expect(calls.slice(-2)).toEqual(["undo two", "undo one"]);
    expect(calls).not.toContain("end");
  });
});

describe("the idempotency key", () => {
  it("gives fifty parallel requests one run and one answer", async () => {
    const { calls, definition } = build();
    const sagas = coordinator(definition);
    const key = randomUUID();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcome(sagas, request(key))),
    );
    expect(new Set(outcomes.map((one) => one.id)).size).toBe(1);
    expect(outcomes.every((one) => one.kind === "completed")).toBe(true);
    expect(calls).toEqual(["one", "two", "end"]);
  });

  it("is refused for every process at once: a run that was on its way to the store never begins", async () => {
    let send = () => undefined as void;
    const sent = new Promise<void>((resolve) => (send = resolve));
    const slow: Runner = {
      async run(asked, values) {
        if (asked.name === "saga.insert") await sent;
        return test.database.run(asked, values);
      },
    };
    const { calls, definition } = build();
    const start = request();
    const late = coordinator(definition, { database: slow }).start("orders.test-saga.v1", start);
    const other = coordinator(definition);
    const again = request(start.idempotencyKey);
    const refused = await other.refuse("orders.test-saga.v1", again, refusal);
    expect(await refused.outcome).toEqual({ kind: "refused", id: again.id, refusal });
    send();
    const begun = await late;
    expect(begun.started).toBe(false);
    expect(await begun.outcome).toEqual({ kind: "refused", id: again.id, refusal });
    expect(calls).toEqual([]);
    expect(await other.find(start.id)).toBeUndefined();
  });

  it("is not refused while another process commits its start: that run is joined", async () => {
    const { definition } = build();
    const start = request();
    let refusing: ReturnType<ReturnType<typeof coordinator>["refuse"]> | undefined;
    await test.database.transaction(async (tx) => {
      const steps = definition.steps.map(({ name }) => name);
      const row = { ...start, subject: start.id, definition: definition.name, steps };
      const inTransaction: Runner = {
        run: (asked, values) => test.database.run(asked, values, tx),
      };
      await startSagas(inTransaction, randomUUID(), [row]);
      const again = request(start.idempotencyKey);
      refusing = coordinator(definition).refuse("orders.test-saga.v1", again, refusal);
      await pause(100);
    });
    expect((await refusing)?.row.id).toBe(start.id);
    expect(await (await refusing)?.outcome).toEqual({ kind: "running", id: start.id });
    await test.database.run(endOne, [start.id, 1, "[]"]);
  });

  it("is known for thirty days after the end, and not for ever", async () => {
    const { calls, definition } = build();
    const sagas = coordinator(definition);
    const key = randomUUID();
    const { id } = await outcome(sagas, request(key));
    const purgedAfter = async (age: string) => {
      await test.database.run(endedAgo, [id, age]);
      await purgeSagas(test.database, KEEP_DAYS);
      return (await outcome(sagas, request(key))).id;
    };
    calls.length = 0;
    expect(await purgedAfter("29 days 23 hours")).toBe(id);
    expect(calls).toEqual([]);
    expect(await purgedAfter("30 days 1 hour")).not.toBe(id);
    expect(calls).toEqual(["one", "two", "end"]);
  });

  it("answers a refused one again without running anything", async () => {
    const { calls, definition } = build({ one: () => Promise.reject(new No()) });
    const key = randomUUID();
    await outcome(coordinator(definition), request(key));
    calls.length = 0;
    expect(await outcome(coordinator(definition), request(key))).toMatchObject({
      kind: "refused",
      refusal,
    });
    expect(calls).toEqual([]);
  });
});

describe("recovery", () => {
  /** Starts a saga whose process "dies" in step two: it never answers. */
  async function abandoned() {
    const start = request();
    const { definition } = build({ two: () => new Promise(() => undefined) });
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(definition).start("orders.test-saga.v1", start);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return start;
  }

  it("takes over a saga whose lease ran out, and runs it to its end", async () => {
    const start = await abandoned();
    const { calls, definition } = build();
    const sagas = coordinator(definition);
    await sagas.begin();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await sagas.find(start.id))?.status).toBe("running");
    await test.database.run(expireLease, [start.id]);
    sagas.wake();
    const again = coordinator(definition);
    await again.begin();
    await until(async () => (await again.find(start.id))?.status === "completed");
    expect(calls).toContain("end");
    await Promise.all([sagas.drain(100), again.drain(100)]);
  });

  it("does not wait for the lease where no other process can be", async () => {
    const start = await abandoned();
    const { definition } = build();
    const sagas = coordinator(definition, { alone: true });
    await sagas.begin();
    await until(async () => (await sagas.find(start.id))?.status === "completed");
    await sagas.drain(100);
  });

  it("fences off the process that was paused: its pivot no longer counts", async () => {
    let wake: () => void = () => undefined;
    const paused = build({ two: () => new Promise((resolve) => (wake = () => resolve({}))) });
    paused.definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    const start = request();
    const first = await coordinator(paused.definition).start("orders.test-saga.v1", start);
    await until(() => Promise.resolve(paused.calls.includes("two")));
    await test.database.run(expireLease, [start.id]);

    const other = build({ one: () => Promise.reject(new No()) });
    const sagas = coordinator(other.definition);
    await sagas.begin();
    await until(async () => (await sagas.find(start.id))?.status === "rolled-back");
    wake();
    expect((await first.outcome).kind).not.toBe("completed");
    expect(paused.calls).not.toContain("end");
    expect((await sagas.find(start.id))?.status).toBe("rolled-back");
    await sagas.drain(100);
  });

  it("finishes a compensation that was interrupted", async () => {
    const start = request();
    const interrupted = build({
      two: () => Promise.reject(new No()),
      undo: () => new Promise(() => undefined),
    });
    interrupted.definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(interrupted.definition).start("orders.test-saga.v1", start);
    await until(() => Promise.resolve(interrupted.calls.includes("undo one")));
    const { calls, definition } = build();
    const sagas = coordinator(definition, { alone: true });
    await sagas.begin();
    await until(async () => (await sagas.find(start.id))?.status === "rolled-back");
    expect(calls).toEqual(["undo two", "undo one"]);
    expect(await sagas.find(start.id)).toMatchObject({ refusal });
    await sagas.drain(100);
  });
});

class Away extends Error {}

describe("an undo that keeps failing", () => {
  /** Refused in step two; undoing step one fails for as long as `broken` says. */
  async function parked() {
    const state = { broken: true };
    const { calls, definition } = build({
      two: () => Promise.reject(new No()),
      undo: () => (state.broken ? Promise.reject(new Error("stock is away")) : Promise.resolve()),
    });
    const sagas = coordinator(definition, { attempts: 3 });
    const start = request();
    // No refusal yet: it says that nothing was taken, which is true only when all is undone.
    expect(await outcome(sagas, start)).toEqual({ kind: "parked", id: start.id });
    expect(await sagas.outcomeOf(start.id)).toEqual({ kind: "parked", id: start.id });
    return { state, calls, sagas, start };
  }

  it("waits for a person, with its cause and what to do", async () => {
    const { calls, sagas, start } = await parked();
    expect(calls.filter((call) => call === "undo one")).toHaveLength(3);
    const row = await sagas.find(start.id);
    expect(row).toMatchObject({
      status: "needs-attention",
      parkedFrom: "compensating",
      cause: expect.stringMatching(/"one" kept failing: stock is away.*resume.*abandon/),
      refusal,
    });
    expect(row && canComplete(row)).toBe(false);
  });

  it("is undone when a person resumes it, once the cause is mended", async () => {
    const { state, calls, sagas, start } = await parked();
    state.broken = false;
    calls.length = 0;
    await sagas.begin();
    await test.database.run(resumeOne, [start.id]);
    sagas.wake();
    await until(async () => (await sagas.find(start.id))?.status === "rolled-back");
    expect(calls).toEqual(["undo two", "undo one"]);
    expect(await sagas.outcomeOf(start.id)).toMatchObject({ kind: "refused", refusal });
    await sagas.drain(100);
  });

  it.each([
    ["its store is away", () => Promise.reject(new Away("no server"))],
    ["nothing is answered", () => new Promise<never>(() => undefined)],
  ])("asks nobody while %s, and ends when the store is back", async (_how, away) => {
    let failures = 4;
    const { calls, definition } = build({
      two: () => Promise.reject(new No()),
      undo: () => (failures-- > 0 ? away() : Promise.resolve()),
    });
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 50 }));
    const isAway = (error: unknown) => error instanceof Away;
    const sagas = coordinator(definition, { attempts: 3, isAway });
    expect(await outcome(sagas)).toMatchObject({ kind: "refused", refusal });
    expect(calls.filter((call) => call === "undo one")).toHaveLength(5);
  });

  it("tells its refusal after a person gave it up", async () => {
    const { sagas, start } = await parked();
    expect(await test.database.run(abandonOne, [start.id])).toHaveLength(1);
    expect(await outcome(sagas, start)).toMatchObject({ kind: "refused", refusal });
  });
});
