// After the pivot there is only forward: for as long as it takes, across crashes, until a person decides.
import { describe, expect, it } from "vitest";
import { defineStatement } from "#platform/db";
import type { SagaDefinition } from "./definition.js";
import { purgeSagas } from "./store.js";
import {
  abandonOne,
  coordinator,
  endOne,
  No,
  outcome,
  passOne,
  request,
  resumeOne,
  type Run,
  type Step,
  test,
  timedOut,
  until,
  useSagas,
} from "./testing.js";

useSagas();

const grow = defineStatement<never>(
  "test.grow",
  "update sagas set started_at = started_at - interval '31 minutes' where id = $1",
);

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

  it("lets a person decide what is answered in vain, once half an hour has passed since its start", async () => {
    const start = request();
    const inVain = () => buildForward(() => Promise.reject(new Error("nobody knows")));
    const { calls, definition } = inVain();
    const young = coordinator(definition, { attempts: 3 });
    const running = outcome(young, start);
    await until(() => Promise.resolve(calls.filter((call) => call === "after").length > 4));
    await young.drain(60_000);
    expect((await running).kind).toBe("running");
    expect((await young.find(start.id))?.status).toBe("finishing");

    await test.database.run(grow, [start.id]);
    const other = inVain();
    const sagas = coordinator(other.definition, { attempts: 3, alone: true });
    await sagas.begin();
    const parked = async () => (await sagas.find(start.id))?.status === "needs-attention";
    await until(parked);
    expect(other.calls).toEqual(["after", "after", "after"]);
    expect(await sagas.find(start.id)).toMatchObject({
      parkedFrom: "finishing",
      cause: expect.stringMatching(/"after" kept failing: nobody knows.*resume.*abandon/),
    });
    // Whoever resumes it is given as many attempts again.
    other.calls.length = 0;
    await test.database.run(resumeOne, [start.id]);
    sagas.wake();
    await until(() => Promise.resolve(other.calls.length === 3));
    await until(parked);
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
      abandonedAt: (await sagas.find(start.id))?.endedAt,
    });
    expect(await sagas.outcomeOf(start.id)).toMatchObject({ kind: "completed" });
    expect(await test.database.run(resumeOne, [start.id])).toEqual([]);

    const { definition: other } = buildForward(() => Promise.resolve({}));
    const forgotten = request();
    await outcome(coordinator(other), forgotten);
    expect(await purgeSagas(test.database, -1)).toBeGreaterThan(0);
    expect(await sagas.find(forgotten.id)).toBeUndefined();
    expect((await sagas.find(start.id))?.abandonedReason).toBe("paid in cash");
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
