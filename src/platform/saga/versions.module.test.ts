// What is checked at start-up, and what becomes of sagas that other versions of the code began.
import { describe, expect, it } from "vitest";
import { createSagas } from "./coordinator.js";
import {
  asRefusal,
  build,
  coordinator,
  quiet,
  request,
  resumeOne,
  test,
  until,
  useSagas,
} from "./testing.js";

useSagas();

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

  it("lets a saga that began before an update finish by its own version", async () => {
    const start = request();
    const old = build({ two: () => new Promise(() => undefined) });
    old.definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(old.definition).start("orders.test-saga.v1", start);
    await until(() => Promise.resolve(old.calls.includes("two")));

    const [first, second] = [build(), build()];
    const newer = {
      ...second.definition,
      name: "orders.test-saga.v2",
      steps: second.definition.steps.slice(1),
    };
    const updated = createSagas({
      database: test.database,
      definitions: [first.definition, newer],
      asRefusal,
      logger: quiet,
      alone: true,
    });
    const fresh = request();
    const { outcome: done } = await updated.start("orders.test-saga.v2", fresh);
    expect((await done).kind).toBe("completed");
    expect(second.calls).toEqual(["two", "end"]);
    await updated.begin();
    await until(async () => (await updated.find(start.id))?.status === "completed");
    expect(first.calls).toEqual(["one", "two", "end"]);
    expect((await updated.find(start.id))?.definition).toBe("orders.test-saga.v1");
    await updated.drain(100);
  });

  it("parks a saga that no code knows, with the remedy, and goes on where one does", async () => {
    const start = request();
    const { definition } = build({ two: () => new Promise(() => undefined) });
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(definition).start("orders.test-saga.v1", start);
    const downgraded = coordinator(
      { ...build().definition, name: "orders.other-saga.v1" },
      {
        alone: true,
      },
    );
    await downgraded.begin();
    await until(async () => (await downgraded.find(start.id))?.status === "needs-attention");
    expect(await downgraded.find(start.id)).toMatchObject({
      parkedFrom: "running",
      cause: expect.stringMatching(
        /No code knows orders.test-saga.v1. Start the version that does/,
      ),
    });
    await downgraded.drain(100);

    const { calls, definition: known } = build();
    const sagas = coordinator(known);
    await test.database.run(resumeOne, [start.id]);
    await sagas.begin();
    await until(async () => (await sagas.find(start.id))?.status === "completed");
    expect(calls).toEqual(["one", "two", "end"]);
    await sagas.drain(100);
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
