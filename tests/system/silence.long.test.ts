// A connection to PostgreSQL that is gone without a word: its answers never come, and no error says so.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { defineStatement, openPostgres, type Postgres } from "#platform/db";
import {
  createTestPostgres,
  TEST_SECRET,
  type TestPostgres,
} from "../../src/platform/db/testing.js";
import { createCalls } from "#platform/outbox";
import { openWire, type Wire } from "./wire.js";

const backend = defineStatement<{ pid: number }>("silence.pid", "select pg_backend_pid() as pid");
const sleep = defineStatement("silence.sleep", "select pg_sleep($1)");
const lock = defineStatement<{ got: boolean }>(
  "silence.lock",
  "select pg_try_advisory_lock(7) as got",
);

let test: TestPostgres;
let wire: Wire;
let postgres: Postgres;
beforeAll(async () => {
  test = await createTestPostgres(inject("databaseUrl"), ["orders"]);
  const { hostname: host, port } = new URL(test.url);
  wire = await openWire(() => ({ host, port: Number(port) }));
  postgres = await openPostgres({
    url: wire.through(test.url),
    secret: TEST_SECRET,
    roles: "own",
    manifest: { orders: { store: "postgres", calls: [], hears: [] } },
    logger: { warn: () => undefined },
  });
});
afterAll(async () => {
  await postgres.close();
  await wire.close();
  await test.close();
});

/** What is under way now never answers; new connections work. */
async function die(): Promise<void> {
  wire.become("dead");
  await new Promise((resolve) => setTimeout(resolve, 100));
  wire.become("sound");
}

describe("A connection that is gone without a word", () => {
  it("fails what waits on it soon, and no other connection of its age is used again", async () => {
    const database = postgres.connect("orders", { max: 4 });
    await Promise.all([1, 2, 3].map(() => database.run(sleep, [0.1]))); // three that are idle
    const before = await database.run(backend, []);
    const started = performance.now();
    const lost = database.run(sleep, [0.05]).catch((error: Error) => error.message);
    await die();
    expect(await lost).toMatch(/^Connection terminated/);
    expect(performance.now() - started).toBeLessThan(10_000); // its time limit is 15 s
    const after = await database.run(backend, []);
    expect(after).not.toEqual(before);
    expect(database.poolUse().waiting).toBe(0);
  });

  it("gives up its lock", async () => {
    const database = postgres.connect("orders", { max: 1 });
    const holder = await database.openSession("holder");
    expect(await holder.run(lock, [])).toEqual([{ got: true }]);
    const lost = holder.run(sleep, [0.05]).catch((error: Error) => error.message);
    await die();
    expect(await lost).toMatch(/^Connection terminated/);
    await expect.poll(() => holder.lost.aborted).toBe(true);
    const heir = await database.openSession("heir");
    await expect.poll(() => heir.run(lock, []), { timeout: 5_000 }).toEqual([{ got: true }]);
    await heir.close();
  });

  it("is noticed by one that only listens, and what was called meanwhile is not missed", async () => {
    const database = postgres.connect("orders", { max: 1 });
    let heard = 0;
    const calls = createCalls(database, 200);
    const stop = calls.listen("orders", () => (heard += 1));
    await expect.poll(() => heard, { timeout: 5_000 }).toBe(1); // it listens
    await die();
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(2);
    await calls.send("orders");
    await expect.poll(() => heard, { timeout: 5_000 }).toBe(3);
    await stop();
  });

  it("is not one whose statement merely takes long", async () => {
    const database = postgres.connect("orders", { max: 1 });
    const before = await database.run(backend, []);
    await database.run(sleep, [4]);
    expect(await database.run(backend, [])).toEqual(before);
  });

  it("is not one whose answer lay unread while this process stood still", async () => {
    const database = test.postgres.connect("orders", { max: 1 });
    const before = await database.run(backend, []);
    const answer = database.run(sleep, [0.1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setImmediate(resolve)); // timers are looked at before what came meanwhile
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    await answer;
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // long enough to be looked up
    expect(await database.run(backend, [])).toEqual(before);
  });
});
