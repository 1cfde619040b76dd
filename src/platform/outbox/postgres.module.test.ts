// The promises of conformance.ts on PostgreSQL, and what only PostgreSQL can show.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createBus } from "#platform/bus";
import { type Database, defineStatement, type Session } from "#platform/db";
import { describeEvents } from "./conformance.js";
import { createPostgresOutbox, toOutboxRows } from "./index.js";
import { query } from "../db/testing.js";
import { insert, purge } from "./postgres/outbox-statements.js";
import { createPostgresInboxStore } from "./postgres/inbox-store.js";
import { lock } from "./postgres/inbox-statements.js";
import { createPostgresOutboxStore } from "./postgres/outbox-store.js";
import { createPostgresWorld, type PostgresWorld } from "./postgres/testing.js";
import { DEFAULT_TIMING, NotTried } from "./timing.js";
import type { Claim, OutboxStore } from "./types.js";
import { eventually, FAST, noted, quiet, range, recorder, startProcess } from "./testing.js";

describeEvents("PostgreSQL", () => createPostgresWorld(inject("databaseUrl")));

const takeId = defineStatement<never>("test.take-id", "select pg_current_xact_id()");
const loseLock = defineStatement<never>("test.lose-lock", "set local lock_timeout = '50ms'");
const rewrite = defineStatement<never>("test.rewrite", "update outbox_archive set name = 'other'");

describe("events in PostgreSQL, besides", () => {
  let world: PostgresWorld;
  let stop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    world = await createPostgresWorld(inject("databaseUrl"));
  });
  beforeEach(() => world.reset());
  afterEach(() => stop?.());
  afterAll(() => world.close());

  it("is not stalled by an old open transaction of somebody else, which a gate on transaction ids would wait for", async () => {
    const held = world.database.transaction(async (tx) => {
      await world.database.run(takeId, [], tx);
      const process = startProcess(world, [recorder(world, "shop.a")]);
      stop = process.stop;
      await process.publish(noted("x", 1));
      await eventually(async () => expect(await world.effects("shop.a")).toEqual([1]));
    });
    await held;
  });

  it("takes the wait for another process's attempt for no attempt of its own", async () => {
    const { database } = world;
    const impatient: Database = {
      ...database,
      transaction: (work) =>
        database.transaction(async (tx) => {
          await database.run(loseLock, [], tx);
          return work(tx);
        }),
    };
    const store = createPostgresInboxStore(impatient, ["shop.a"]);
    const one = { name: "shop.a", timeoutMs: 1_000, handle: () => Promise.resolve() };
    await database.transaction(async (tx) => {
      await database.run(lock, ["shop.a"], tx);
      await expect(store.apply(one, [noted("x", 1)])).rejects.toThrow(NotTried);
    });
    expect(await store.apply(one, [noted("x", 1)])).toBe(1);
  });

  it("takes the events of 16 writers in transactions of any length, none lost, none twice", async () => {
    const process = startProcess(world, [recorder(world, "shop.a")]);
    stop = process.stop;
    const writer = async (which: number) => {
      for (const n of range(1, 20)) {
        await world.database.transaction(async (tx) => {
          const event = noted(`w${which}`, which * 100 + n);
          await world.database.run(insert, [toOutboxRows([event])], tx);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
        });
        process.outbox.wake();
      }
    };
    await Promise.all(range(1, 16).map(writer));
    await eventually(async () => expect((await world.effects("shop.a")).length).toBe(320));
    const effects = await world.effects("shop.a");
    expect(new Set(effects).size).toBe(320);
    for (const which of range(1, 16)) {
      const own = effects.filter((n) => Math.floor(n / 100) === which);
      expect(own).toEqual(range(which * 100 + 1, which * 100 + 20));
    }
  });

  /** An outbox whose statements are counted by name, in its session and in its pool. */
  function countedOutbox(timing: typeof FAST.timing) {
    const counts = new Map<string, number>();
    const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    const openSession = async (): Promise<Session> => {
      const session = await world.database.openSession("relay");
      return {
        ...session,
        run(statement, values) {
          count(statement.name);
          return session.run(statement, values);
        },
      };
    };
    const database: Database = {
      ...world.database,
      openSession,
      run(statement, values, tx) {
        count(statement.name);
        return world.database.run(statement, values, tx);
      },
    };
    const outbox = createPostgresOutbox({
      database,
      bus: createBus(),
      logger: quiet,
      ...(timing && { timing }),
    });
    return { outbox, counts };
  }

  // A hundred times faster than by default: a minute is 600 ms.
  const MINUTE_MS = 600;
  const hurried = Object.fromEntries(
    Object.entries(DEFAULT_TIMING).map(([name, ms]) => [name, ms / 100]),
  );
  const total = (counts: ReadonlyMap<string, number>) =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);

  it("asks fewer than 10 queries a minute while nothing happens, a second process that stands by included", async () => {
    const first = countedOutbox(hurried);
    const second = countedOutbox(hurried);
    first.outbox.start();
    await eventually(() => expect(first.outbox.isRelaying()).toBe(true));
    second.outbox.start();
    stop = async () => {
      await second.outbox.stop();
      await first.outbox.stop();
    };
    await new Promise((resolve) => setTimeout(resolve, 1.5 * MINUTE_MS)); // backing off
    const before = [total(first.counts), total(second.counts)];
    await new Promise((resolve) => setTimeout(resolve, 3 * MINUTE_MS));
    const [relaying = 0, standing = 0] = [first, second].map(
      ({ counts }, index) => (total(counts) - (before[index] ?? 0)) / 3,
    );
    expect(relaying).toBeLessThan(4);
    expect(standing).toBeGreaterThan(1);
    expect(relaying + standing).toBeLessThan(10);
  });

  it("sends no NOTIFY from the process that relays, and few from another, however often it is woken", async () => {
    const relaying = countedOutbox(FAST.timing);
    relaying.outbox.start();
    await eventually(() => expect(relaying.outbox.isRelaying()).toBe(true));
    const other = countedOutbox(FAST.timing);
    other.outbox.start();
    stop = async () => {
      await relaying.outbox.stop();
      await other.outbox.stop();
    };
    for (let call = 0; call < 500; call++) {
      relaying.outbox.wake();
      other.outbox.wake();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(relaying.counts.get("outbox.notify") ?? 0).toBe(0);
    expect(other.counts.get("outbox.notify")).toBe(2);
  });

  it("replaces a relay that stands still after it answered once, although nobody looked at that moment", async () => {
    const SUSPECT_MS = 200;
    const silence = () => new Promise((resolve) => setTimeout(resolve, 1.5 * SUSPECT_MS));
    const claimOn = async (store: OutboxStore) =>
      (await store.claim(() => undefined, SUSPECT_MS)).claim ?? undefined;
    const first = await claimOn(createPostgresOutboxStore(world.database));
    const other = createPostgresOutboxStore(world.database);
    await world.publish([noted("x", 1)]);
    await silence();
    expect(await claimOn(other)).toBeUndefined(); // it is called
    await first?.fetch([], 10);
    await silence();
    // It asks nothing any more from here on.
    let second: Claim | undefined;
    for (let look = 1; look <= 4 && !second; look++) {
      second = await claimOn(other);
      await silence();
    }
    expect(second).toBeDefined();
    expect(first?.lost.aborted).toBe(true);
    await Promise.all([first?.release(), second?.release()]);
  });

  it("hears another process's NOTIFY at once", async () => {
    const slowPoll = { ...FAST.timing, firstPollMs: 60_000, longestPollMs: 60_000 };
    const first = startProcess(world, [recorder(world, "shop.a")], { timing: slowPoll });
    await eventually(() => expect(first.outbox.isRelaying()).toBe(true));
    const second = startProcess(world, [recorder(world, "shop.a")], { timing: slowPoll });
    stop = async () => {
      await second.stop();
      await first.stop();
    };
    await new Promise((resolve) => setTimeout(resolve, 150));
    await second.publish(noted("x", 1));
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([1]), 1_000);
  });

  it("looks for what is old enough among the oldest only, however long the archive is", async () => {
    await query(
      world.url,
      `insert into shop.outbox_archive (id, name, key, occurred_at, data, archived_at)
         select gen_random_uuid(), 'shop.thing-noted.v1', 'k', now(), '{}', now() - interval '9 days'
         from generate_series(1, 20000);
       analyze shop.outbox_archive`,
    );
    const explain = defineStatement<{ "QUERY PLAN": unknown }>(
      "test.explain-purge",
      `explain (analyze, format json) ${purge.text}`,
    );
    for (const days of [10, 8]) {
      const plan = JSON.stringify(await world.database.run(explain, [days, 100]));
      const rows = [...plan.matchAll(/"(?:Actual Rows|Rows Removed by Filter)":([\d.]+)/g)];
      expect(rows.length).toBeGreaterThan(3);
      expect(Math.max(...rows.map(([, count]) => Number(count)))).toBeLessThanOrEqual(100);
    }
    expect(await world.database.run(purge, [8, 100])).toHaveLength(100);
    expect(await world.database.run(purge, [10, 100])).toHaveLength(0);
  });

  it("keeps history as it was: a module may not rewrite its archive", async () => {
    await expect(world.database.run(rewrite, [])).rejects.toMatchObject({ code: "42501" });
  });
});
