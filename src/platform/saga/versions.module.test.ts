// What is checked at start-up, and what becomes of sagas that other versions of the code began.
import { describe, expect, it } from "vitest";
import { defineStatement } from "#platform/db";
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

const lapseLease = defineStatement<never>(
  "test.lapse-lease",
  "update sagas set lease_until = now() - $2::interval where id = $1",
);
const plantOther = defineStatement<never>(
  "test.plant-other",
  `insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, lease_until)
   values ($1::uuid, $1, 'orders.other-saga.v1', '[]', $1::text, '', '{}', $1, now() - interval '1 second')`,
);

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

  it("leaves a saga that it does not know to a newer version that runs beside it, for five minutes", async () => {
    const start = request();
    const { definition } = build({ two: () => new Promise(() => undefined) });
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
    await coordinator(definition).start("orders.test-saga.v1", start);
    const older = coordinator({ ...build().definition, name: "orders.other-saga.v1" });
    const lapsed = async (ago: string) => {
      await test.database.run(lapseLease, [start.id, ago]);
      const mine = request(); // its lease is over too: when it has ended, the older version has looked
      await test.database.run(plantOther, [mine.id]);
      older.wake();
      await until(async () => (await older.find(mine.id))?.status === "completed");
      return older.find(start.id);
    };
    await older.begin();
    expect(await lapsed("4 minutes 50 seconds")).toMatchObject({ status: "running", token: 1 });
    expect(await lapsed("5 minutes 10 seconds")).toMatchObject({ token: 2 });
    await until(async () => (await older.find(start.id))?.status === "needs-attention");
    expect((await older.find(start.id))?.cause).toMatch(
      /No code knows orders.test-saga.v1, and for 5 minutes nobody took it on. Start the version/,
    );
    await older.drain(100);

    const { definition: known } = build();
    const newer = coordinator(known);
    await test.database.run(resumeOne, [start.id]);
    await newer.begin();
    await until(async () => (await newer.find(start.id))?.status === "completed");
    await newer.drain(100);
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
