// The promises of conformance.ts on PostgreSQL, and what only PostgreSQL can show.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createBus } from "#platform/bus";
import { type Database, defineStatement, type Session } from "#platform/db";
import { describeEvents } from "./conformance.js";
import { createPostgresOutbox, toOutboxRows } from "./index.js";
import { insert } from "./postgres/outbox-statements.js";
import { createPostgresWorld, type PostgresWorld } from "./postgres/testing.js";
import { eventually, FAST, noted, quiet, range, recorder, startProcess } from "./testing.js";

describeEvents("PostgreSQL", () => createPostgresWorld(inject("databaseUrl")));

const naiveRead = defineStatement<{ position: number; n: number }>(
  "test.naive-read",
  "select position, (data->>'n')::integer as n from outbox where position > $1 order by position",
);
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

  /** Two open transactions: the first to write is the last to commit. */
  async function interleave(between: () => Promise<void>): Promise<void> {
    let commitFirst = () => undefined as void;
    let written = () => undefined as void;
    const firstWritten = new Promise<void>((resolve) => (written = resolve));
    const first = world.database.transaction(async (tx) => {
      await world.database.run(insert, [toOutboxRows([noted("early", 1)])], tx);
      written();
      await new Promise<void>((resolve) => (commitFirst = resolve));
    });
    await firstWritten;
    await world.publish([noted("late", 2)]);
    await between();
    commitFirst();
    await first;
  }

  it("loses the late commit with a reader at position > last (why we do not read so)", async () => {
    let last = 0;
    const seen: number[] = [];
    const read = async () => {
      for (const row of await world.database.run(naiveRead, [last])) {
        last = row.position;
        seen.push(row.n);
      }
    };
    await interleave(read);
    await read();
    expect(seen).toEqual([2]);
  });

  it("never skips a transaction that commits late", async () => {
    const process = startProcess(world, [recorder(world, "shop.a")]);
    stop = process.stop;
    await interleave(async () => {
      process.outbox.wake();
      await eventually(async () => expect(await world.effects("shop.a")).toEqual([2]));
      await eventually(async () =>
        expect(await process.outbox.status()).toMatchObject({ archived: 1, backlog: 0 }),
      );
    });
    process.outbox.wake();
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([2, 1]));
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

  it("asks fewer than 10 queries a minute while nothing happens", async () => {
    // A hundred times faster than by default: a minute is 600 ms.
    const { outbox, counts } = countedOutbox({
      claimEveryMs: 80,
      firstPollMs: 2.5,
      longestPollMs: 300,
    });
    outbox.start();
    stop = outbox.stop;
    await new Promise((resolve) => setTimeout(resolve, 900));
    const before = [...counts.values()].reduce((sum, count) => sum + count, 0);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const after = [...counts.values()].reduce((sum, count) => sum + count, 0);
    expect(after - before).toBeLessThan(10);
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

  it("keeps history as it was: a module may not rewrite its archive", async () => {
    await expect(world.database.run(rewrite, [])).rejects.toMatchObject({ code: "42501" });
  });
});
