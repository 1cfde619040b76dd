// Who lost a saga to another process changes nothing of it any more, and who did not hear that the pivot was passed undoes
// nothing behind it.
import { expect, it, vi } from "vitest";
import { defineStatement } from "#platform/db";
import * as store from "./store.js";
import {
  build,
  coordinator,
  endOne,
  expireLease,
  No,
  outcome,
  passOne,
  quiet,
  refusal,
  request,
  test,
  until,
  useSagas,
} from "./testing.js";

useSagas();

/** A step that never answers. */
const hangs = () => new Promise<never>(() => undefined);

const takeOver = defineStatement<never>(
  "test.take-over",
  "update sagas set token = token + 1 where id = $1",
);

it("is no longer heard by the store, whatever it says of the saga", async () => {
  const start = request();
  const [first, second] = [build({ two: hangs }), build({ two: hangs })];
  for (const { definition } of [first, second])
    definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
  await coordinator(first.definition).start("orders.test-saga.v1", start);
  await until(() => Promise.resolve(first.calls.includes("two")));
  await test.database.run(expireLease, [start.id]);
  const other = coordinator(second.definition);
  await other.begin();
  await until(() => Promise.resolve(second.calls.includes("two")));

  const before = await other.find(start.id);
  expect(before).toMatchObject({ status: "running", token: 2 });
  const lost = { id: start.id, token: 1 };
  const { database } = test;
  expect(await store.renewLease(database, lost)).toBe(false);
  expect(await store.postponeSaga(database, lost, "down", 60)).toBe(false);
  expect(await store.parkSaga(database, lost, "stuck", [])).toBe(false);
  expect(await store.beginCompensation(database, lost, refusal, "no", [])).toBe(false);
  expect(await store.endRolledBack(database, lost, refusal, [])).toBe(false);
  for (const statement of [passOne, endOne])
    expect(await database.run(statement, [start.id, 1, "[]"])).toEqual([]);
  expect(await other.find(start.id)).toEqual(before);
  await other.drain(0);
});

it("moves no saga that has ended, and none that is past its pivot back", async () => {
  const { definition } = build();
  const sagas = coordinator(definition);
  const start = request();
  await outcome(sagas, start);
  const ended = await sagas.find(start.id);
  const own = { id: start.id, token: 1 };
  const { database } = test;
  expect(await store.renewLease(database, own)).toBe(false);
  expect(await store.postponeSaga(database, own, "down", 60)).toBe(false);
  expect(await store.parkSaga(database, own, "stuck", [])).toBe(false);
  expect(await store.beginCompensation(database, own, refusal, "no", [])).toBe(false);
  expect(await store.endRolledBack(database, own, refusal, [])).toBe(false);
  for (const statement of [passOne, endOne])
    expect(await database.run(statement, [start.id, 1, "[]"])).toEqual([]);
  expect(await sagas.find(start.id)).toEqual(ended);

  const passing = request();
  const hanging = build({ one: hangs });
  hanging.definition.steps.forEach((step) => Object.assign(step, { timeoutMs: 60_000 }));
  await coordinator(hanging.definition).start("orders.test-saga.v1", passing);
  const passed = { id: passing.id, token: 1 };
  expect(await database.run(passOne, [passing.id, 1, "[]"])).toHaveLength(1);
  expect(await database.run(passOne, [passing.id, 1, "[]"])).toEqual([]);
  expect(await store.beginCompensation(database, passed, refusal, "no", [])).toBe(false);
  expect(await store.endRolledBack(database, passed, refusal, [])).toBe(false);
  expect(await sagas.find(passing.id)).toMatchObject({ status: "finishing" });
});

it("undoes nothing when its time is up and the pivot was committed, though no answer ever came", async () => {
  const { calls, definition } = build({ deadlineMs: 1 });
  const [one, two, end] = definition.steps;
  if (!one || !two || !end) throw new Error("it has three steps");
  const deaf = {
    ...end,
    async run(saga: Parameters<typeof end.run>[0]) {
      await end.run(saga).catch(() => undefined);
      throw new Error("the answer was lost");
    },
  };
  const sagas = coordinator({ ...definition, steps: [one, two, deaf] });
  const start = request();
  expect(await outcome(sagas, start)).toMatchObject({ kind: "completed" });
  expect(calls).toEqual(["one", "two", "end"]);
  expect(await sagas.find(start.id)).toMatchObject({ status: "completed", refusal: null });
});

it("tries no failing step again, and begins no other, where it learns that it lost the saga", async () => {
  const start = request();
  const failing = build({
    async one() {
      await test.database.run(takeOver, [start.id]);
      throw new Error("down");
    },
  });
  expect(await outcome(coordinator(failing.definition), start)).toMatchObject({ kind: "running" });
  expect(failing.calls).toEqual(["one"]);

  const now = performance.now.bind(performance);
  let later = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
  try {
    const paused = request();
    const { calls, definition } = build({
      async one() {
        await test.database.run(takeOver, [paused.id]);
        later = 6_000; // more than half of the lease
        return {};
      },
      deadlineMs: 60_000,
    });
    expect(await outcome(coordinator(definition), paused)).toMatchObject({ kind: "running" });
    expect(calls).toEqual(["one"]);
  } finally {
    clock.mockRestore();
  }
});

it("asks no person about a saga that it lost before its last attempt failed", async () => {
  const start = request();
  const error = vi.fn();
  const { definition } = build({
    two: () => Promise.reject(new No()),
    async undo() {
      await test.database.run(takeOver, [start.id]);
      throw new Error("down");
    },
  });
  const sagas = coordinator(definition, { attempts: 1, logger: { ...quiet, error } });
  expect(await outcome(sagas, start)).toMatchObject({ kind: "running" });
  expect(error).not.toHaveBeenCalled();
  expect(await sagas.find(start.id)).toMatchObject({ status: "compensating", token: 2 });
});
