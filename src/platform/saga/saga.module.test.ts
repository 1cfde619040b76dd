// The coordinator against a real PostgreSQL: what it promises when steps refuse, fail, repeat, or lose their lease.
import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineStatement } from "#platform/db";
import { createModuleDatabase } from "../db/testing.js";
import { createSagas, type SagaOptions } from "./coordinator.js";
import type { SagaDefinition, SagaRun } from "./definition.js";
import type { Outcome } from "./drive.js";
import { abandonSagas, endSagas, passPivots, resumeSagas } from "./store.js";

class No extends Error {}
const refusal = { code: "NO", status: 409, message: "No." };
const timedOut = { code: "TOO_SLOW", status: 503, message: "Too slow." };
const asRefusal = (error: unknown) => (error instanceof No ? refusal : null);
const quiet = { warn: () => undefined, error: () => undefined };

const endOne = defineStatement<{ id: string }>(
  "test.end-saga",
  `with input as (select $1::uuid as saga_id, $2::integer as token, $3::jsonb as journal) ${endSagas}`,
);
const passOne = defineStatement<{ id: string }>(
  "test.pass-pivot",
  `with input as (select $1::uuid as saga_id, $2::integer as token, $3::jsonb as journal) ${passPivots}`,
);
const resumeOne = defineStatement<{ id: string }>(
  "test.resume",
  `with input as (select $1::uuid as saga_id) ${resumeSagas}`,
);
const abandonOne = defineStatement<{ id: string }>(
  "test.abandon",
  `with input as (select $1::uuid as saga_id, 'paid in cash'::text as reason) ${abandonSagas}`,
);
const expireLease = defineStatement<never>(
  "test.expire-lease",
  "update sagas set lease_until = now() - interval '1 second' where id = $1",
);

let test: Awaited<ReturnType<typeof createModuleDatabase>>;
beforeAll(async () => {
  test = await createModuleDatabase(inject("databaseUrl"), "orders");
});
afterAll(() => test.close());

type Run = SagaRun<object, object>;
type Step = (saga: Run) => Promise<object>;

/** A saga of two steps that writes down what happens to it. */
function build(
  over: { one?: Step; two?: Step; undo?: () => Promise<void>; deadlineMs?: number } = {},
) {
  const calls: string[] = [];
  const note = (call: string) => calls.push(call);
  const end = async (saga: Run) => {
    const rows = await test.database.run(endOne, [
      saga.id,
      saga.token,
      JSON.stringify(saga.journal),
    ]);
    if (rows.length === 0) throw new Error("not ours to end");
    note("end");
    return {};
  };
  const definition: SagaDefinition<object, object> = {
    name: "orders.test-saga.v1",
    deadlineMs: over.deadlineMs ?? 5_000,
    timedOut,
    steps: [
      {
        name: "one",
        timeoutMs: 1_000,
        run: async (saga) => {
          note("one");
          return (await over.one?.(saga)) ?? {};
        },
        undo: async () => {
          note("undo one");
          await over.undo?.();
        },
      },
      {
        name: "two",
        timeoutMs: 1_000,
        run: async (saga) => {
          note("two");
          return (await over.two?.(saga)) ?? {};
        },
        undo: async () => void note("undo two"),
      },
      { name: "end", timeoutMs: 1_000, pivot: true, run: end },
    ],
  };
  return { calls, definition };
}

const coordinator = (definition: SagaDefinition<object, object>, over: Partial<SagaOptions> = {}) =>
  createSagas({
    database: test.database,
    definitions: [definition],
    asRefusal,
    logger: quiet,
    ...over,
  });

const request = (key: string = randomUUID()) => ({
  id: randomUUID(),
  idempotencyKey: key,
  fingerprint: "f",
  input: {},
});

async function outcome(sagas: ReturnType<typeof coordinator>, start = request()): Promise<Outcome> {
  return (await sagas.start("orders.test-saga.v1", start)).outcome;
}

const until = async (check: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("It did not come to pass within 5 s");
};

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
    expect((await outcome(coordinator(definition))).kind).toBe("completed");
    expect(calls).toEqual(["one", "one", "one", "two", "end"]);
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

describe("after the pivot", () => {
  /** first → pivot → after → end; `after` does what the test says. */
  function buildForward(after: Step) {
    const calls: string[] = [];
    const step = (name: string, run: Step) => ({
      name,
      timeoutMs: 1_000,
      run: (saga: Run) => {
        calls.push(name);
        return run(saga);
      },
    });
    const once = async (statement: typeof passOne, saga: Run) => {
      const values = [saga.id, saga.token, JSON.stringify(saga.journal)];
      if ((await test.database.run(statement, values)).length === 0) throw new Error("not ours");
      return {};
    };
    const definition: SagaDefinition<object, object> = {
      name: "orders.test-saga.v1",
      deadlineMs: 200,
      timedOut,
      steps: [
        {
          ...step("first", () => Promise.resolve({ from: "first" })),
          undo: async () => void calls.push("undo"),
        },
        { ...step("pivot", (saga) => once(passOne, saga)), pivot: true },
        step("after", after),
        step("end", (saga) => once(endOne, saga)),
      ],
    };
    return { calls, definition };
  }

  it("tries for as long as it takes, whatever the deadline says, and undoes nothing", async () => {
    let failures = 4; // more than 200 ms of pauses
    const { calls, definition } = buildForward(() =>
      failures-- > 0 ? Promise.reject(new Error("down")) : Promise.resolve({}),
    );
    expect((await outcome(coordinator(definition))).kind).toBe("completed");
    expect(calls).toEqual(["first", "pivot", ...Array(5).fill("after"), "end"]);
  });

  it("goes on after a crash without running again what stands before it", async () => {
    const start = request();
    const dead = buildForward(() => new Promise(() => undefined));
    await coordinator(dead.definition).start("orders.test-saga.v1", start);
    await until(() => Promise.resolve(dead.calls.includes("after")));
    let seen: object | undefined;
    const { calls, definition } = buildForward((saga) => {
      seen = saga.results;
      return Promise.resolve({});
    });
    const sagas = coordinator(definition, { alone: true });
    await sagas.begin();
    await until(async () => (await sagas.find(start.id))?.status === "completed");
    expect(calls).toEqual(["after", "end"]);
    expect(seen).toEqual({});
    await sagas.drain(100);
  });

  it("lets a person decide after a definite no: resumed, it goes on where it stood", async () => {
    let refusals = 1;
    const { calls, definition } = buildForward(() =>
      refusals-- > 0 ? Promise.reject(new No("no refund")) : Promise.resolve({}),
    );
    const sagas = coordinator(definition);
    const start = request();
    expect((await outcome(sagas, start)).kind).toBe("parked");
    expect(await sagas.find(start.id)).toMatchObject({
      status: "needs-attention",
      parkedFrom: "finishing",
      cause: expect.stringMatching(/"after" was refused: no refund.*resume.*abandon/),
      journal: [{ step: "first" }, { step: "pivot" }, { step: "after" }],
    });
    await sagas.begin();
    await test.database.run(resumeOne, [start.id]);
    sagas.wake();
    await until(async () => (await sagas.find(start.id))?.status === "completed");
    expect(calls).toEqual(["first", "pivot", "after", "after", "end"]);
    await sagas.drain(100);
  });

  it("is over when a person abandons it, and stays as an explanation", async () => {
    const { definition } = buildForward(() => Promise.reject(new No()));
    const sagas = coordinator(definition);
    const start = request();
    await outcome(sagas, start);
    const [first, second] = await Promise.all([
      test.database.run(abandonOne, [start.id]),
      test.database.run(abandonOne, [start.id]),
    ]);
    expect(first.length + second.length).toBe(1);
    expect(await sagas.listAbandoned()).toContainEqual({
      id: start.id,
      subject: start.id,
      reason: "paid in cash",
    });
    expect(await sagas.outcomeOf(start.id)).toMatchObject({ kind: "completed" });
    expect(await test.database.run(resumeOne, [start.id])).toEqual([]);
  });

  it("does not keep a process from stopping", async () => {
    const { calls, definition } = buildForward(() => Promise.reject(new Error("down")));
    const sagas = coordinator(definition);
    const start = request();
    const running = outcome(sagas, start);
    await until(() => Promise.resolve(calls.filter((call) => call === "after").length > 4));
    await sagas.drain(60_000); // longer than this test may take
    expect((await running).kind).toBe("running");
    expect((await sagas.find(start.id))?.status).toBe("finishing");
  });
});

describe("start-up", () => {
  it("refuses definitions with faults, all at once", () => {
    const { definition } = build();
    const steps = definition.steps.map((step) => ({ ...step, timeoutMs: 0 }));
    expect(() => coordinator({ ...definition, name: "Bad", steps })).toThrow(
      /must look like.*"one" needs timeoutMs.*"two"/s,
    );
  });

  it("refuses an undo from the pivot on, a missing one before it, and what is unreachable", () => {
    const { definition } = build();
    const [one, two, end] = definition.steps;
    if (!one || !two || !end) throw new Error("it has three steps");
    const { undo: _undo, ...bare } = one;
    const undone = { ...end, undo: () => Promise.resolve() };
    const late = { ...two, name: "late" };
    expect(() => coordinator({ ...definition, steps: [bare, two, two, undone, late] })).toThrow(
      /two steps are called "two", the second is unreachable.*"one" stands before the pivot and needs an undo.*"end" has an undo.*"late" has an undo/s,
    );
    expect(() =>
      createSagas({
        database: test.database,
        definitions: [definition, definition],
        asRefusal,
        logger: quiet,
      }),
    ).toThrow(/two definitions are called orders.test-saga.v1, the first is unreachable/);
    expect(() => coordinator({ ...definition, deadlineMs: 0, steps: [one, two] })).toThrow(
      /deadlineMs must be above 0.*no step is the pivot/s,
    );
  });

  it("refuses a changed list of steps while old ones are unfinished", async () => {
    const start = request();
    const { definition } = build({ one: () => new Promise(() => undefined) });
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(definition).start("orders.test-saga.v1", start);
    const changed = coordinator({ ...definition, steps: definition.steps.slice(1) });
    await expect(changed.begin()).rejects.toThrow(/give the new list a new version/);
  });
});
