// A store that fails the coordinator itself: the saga is not lost until its lease runs out, but goes on as soon as the
// store answers.
import { expect, it, vi } from "vitest";
import { defineStatement, type Runner } from "#platform/db";
import {
  build,
  coordinator,
  expireLease,
  No,
  outcome,
  refusal,
  request,
  test,
  until,
  useSagas,
} from "./testing.js";

useSagas();

const none = () => Promise.resolve({});

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

const leaseOf = defineStatement<{ leaseUntil: Date }>(
  "test.lease",
  `select lease_until as "leaseUntil" from sagas where id = $1`,
);

it("keeps its lease while one attempt takes longer, and writes nothing while it does not", async () => {
  const now = performance.now.bind(performance);
  let later = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    let answer: () => void = () => undefined;
    const { calls, definition } = build({
      one: () => new Promise((resolve) => (answer = () => resolve({}))),
    });
    let renewals = 0;
    const counting: Runner = {
      run: (asked, values) => {
        if (asked.name === "saga.renew") renewals++;
        return test.database.run(asked, values);
      },
    };
    const start = request();
    const ended = outcome(coordinator(definition, { database: counting }), start);
    await until(() => Promise.resolve(calls.includes("one")));
    await test.database.run(expireLease, [start.id]);
    vi.advanceTimersByTime(4_000);
    expect(renewals).toBe(0);
    later = 6_000; // more than half of the lease
    vi.advanceTimersByTime(2_500);
    expect(renewals).toBe(1);
    await until(async () => {
      const [row] = await test.database.run(leaseOf, [start.id]);
      return row !== undefined && row.leaseUntil.getTime() > Date.now() + 8_000;
    });
    answer();
    expect(await ended).toMatchObject({ kind: "completed" });
    vi.advanceTimersByTime(60_000);
    expect(renewals).toBe(1);
  } finally {
    vi.useRealTimers();
    clock.mockRestore();
  }
});

it("never takes a saga over from itself: a step that outlasts the lease still counts", async () => {
  let answer: () => void = () => undefined;
  const { calls, definition } = build({
    one: () => new Promise((resolve) => (answer = () => resolve({}))),
  });
  const sagas = coordinator(definition);
  const start = request();
  const ended = outcome(sagas, start);
  await until(() => Promise.resolve(calls.includes("one")));
  await test.database.run(expireLease, [start.id]);
  await sagas.begin();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await sagas.find(start.id)).toMatchObject({ status: "running", token: 1 });
  answer();
  expect(await ended).toMatchObject({ kind: "completed" });
  expect(calls).toEqual(["one", "two", "end"]);
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

it.each([
  ["an hour ahead of", 3_600_000],
  ["an hour behind", -3_600_000],
])("counts its time alike where this machine's clock is %s the store's", async (_how, offMs) => {
  const now = Date.now.bind(Date);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + offMs);
  try {
    let failures = 1;
    const once = build({
      one: () => (failures-- > 0 ? Promise.reject(new Error("busy")) : none()),
    });
    expect(await outcome(coordinator(once.definition))).toMatchObject({ kind: "completed" });
    const never = build({ one: () => Promise.reject(new Error("busy")), deadlineMs: 300 });
    const late = new Promise((resolve) => setTimeout(resolve, 3_000, "still trying"));
    const ended = outcome(coordinator(never.definition));
    expect(await Promise.race([ended, late])).toMatchObject({ kind: "refused" });
  } finally {
    clock.mockRestore();
  }
});

it("leaves no timer behind when it has drained, which would keep a command for as long as its grace", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const sagas = coordinator(build().definition);
  const before = timers();
  await sagas.drain(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(timers()).toBeLessThanOrEqual(before);
});

const leaveBehind = defineStatement<never>(
  "test.leave-behind",
  `insert into sagas
     (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, lease_until, started_at)
   values ($1::uuid, $1, 'orders.test-saga.v1', '["one", "two", "end"]', $1::text, '', '{}', $1,
     now() - interval '1 second', now() - $2::interval)`,
);

it.each([
  ["10 minutes", "completed", ["one", "two", "end"]],
  ["20 minutes", "rolled-back", ["undo two", "undo one"]],
])("ends one that a dead process left %s ago as %s", async (age, status, expected) => {
  const { calls, definition } = build();
  const { id } = request();
  await test.database.run(leaveBehind, [id, age]);
  const sagas = coordinator(definition);
  await sagas.begin();
  await until(async () => (await sagas.find(id))?.status === status);
  expect(calls).toEqual(expected);
  await sagas.drain(100);
});

it.each([
  ["refused", () => Promise.reject(new No())],
  ["out of time", () => Promise.reject(new Error("away"))],
])(
  "undoes every step when a later run is %s earlier than the first one came",
  async (_how, one) => {
    // The first run came to its second step, which may have taken money.
    const first = build({ two: () => new Promise(() => undefined) });
    const { id, ...start } = request();
    const dying = coordinator(first.definition);
    await dying.start("orders.test-saga.v1", { id, ...start });
    await until(() => Promise.resolve(first.calls.includes("two")));
    await dying.drain(0);
    await test.database.run(expireLease, [id]);
    const second = build({ one, deadlineMs: 1 });
    const sagas = coordinator(second.definition);
    await sagas.begin();
    await until(async () => (await sagas.find(id))?.status === "rolled-back");
    expect(second.calls).toEqual(["one", "undo two", "undo one"]);
    await sagas.drain(100);
  },
);

const crowd = defineStatement<never>(
  "test.leave-crowd",
  `insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, lease_until)
   select id, id, 'orders.test-saga.v1', '["one", "two", "end"]', id::text, '', '{}', id, now() + $1::interval
   from (select gen_random_uuid() as id from generate_series(1, 120)) as left_behind`,
);

it.each([
  ["where no other process can be", "30 seconds", true],
  ["that nobody took, since the store's clock was put back", "1 hour", false],
])("waits for no lease %s, however many a dead one left", async (_where, lease, alone) => {
  const { calls, definition } = build();
  await test.database.run(crowd, [lease]);
  const sagas = coordinator(definition, { alone });
  await sagas.begin();
  await until(() => Promise.resolve(calls.filter((call) => call === "end").length === 120));
  await sagas.drain(100);
});
