// A store that fails the coordinator itself: the saga is not lost until its lease runs out, but goes on as soon as the
// store answers.
import { expect, it, vi } from "vitest";
import type { Runner } from "#platform/db";
import {
  build,
  coordinator,
  No,
  outcome,
  refusal,
  request,
  test,
  until,
  useSagas,
} from "./testing.js";

useSagas();

/** Fails once at this statement: before it, or after it, so that only the answer is lost. */
function failing(statement: string, when: "before" | "after"): Runner {
  let left = 1;
  return {
    async run(asked, values) {
      const fails = asked.name === statement && left-- > 0;
      if (fails && when === "before") throw new Error("the store is away");
      const rows = await test.database.run(asked, values);
      if (fails) throw new Error("the answer was lost");
      return rows;
    },
  };
}

it("drives a saga whose start was committed although nobody heard so", async () => {
  const { calls, definition } = build();
  const sagas = coordinator(definition, { database: failing("saga.insert", "after") });
  await sagas.begin();
  const start = request();
  await expect(sagas.start("orders.test-saga.v1", start)).rejects.toThrow("lost");
  await until(async () => (await sagas.find(start.id))?.status === "completed");
  expect(calls).toEqual(["one", "two", "end"]);
  await sagas.drain(100);
});

it.each([
  ["saga.compensate", "before"],
  ["saga.compensate", "after"],
  ["saga.roll-back", "before"],
  ["saga.roll-back", "after"],
] as const)("rolls back a saga although %s failed (%s the commit)", async (statement, when) => {
  const { calls, definition } = build({ two: () => Promise.reject(new No()) });
  const sagas = coordinator(definition, { database: failing(statement, when) });
  await sagas.begin();
  const start = request();
  expect(await outcome(sagas, start)).toMatchObject({ kind: "running" });
  await until(async () => (await sagas.find(start.id))?.status === "rolled-back");
  expect(await sagas.outcomeOf(start.id)).toMatchObject({ kind: "refused", refusal });
  expect(calls).toContain("undo one");
  await sagas.drain(100);
});

it("goes on although its lease could not be renewed at once", async () => {
  const now = performance.now.bind(performance);
  let later = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
  try {
    const { calls, definition } = build({
      one: () => {
        later = 6_000; // more than half of the lease
        return Promise.resolve({});
      },
      deadlineMs: 60_000,
    });
    const sagas = coordinator(definition, { database: failing("saga.renew", "before") });
    expect(await outcome(sagas)).toMatchObject({ kind: "completed" });
    expect(calls).toEqual(["one", "two", "end"]);
  } finally {
    clock.mockRestore();
  }
});
