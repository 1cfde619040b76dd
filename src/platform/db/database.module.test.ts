// What a module gets: exact values, prepared statements, retried deadlocks, and a pool that outlives its server's whims.
import { getPriority } from "node:os";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openPostgres } from "./postgres.js";
import { defineStatement } from "./statements.js";
import { createTestPostgres, query, TEST_SECRET, type TestPostgres } from "./testing.js";

interface Tables {
  thing: { id: number; shortName: string; count: number };
}

let test: TestPostgres;
const connect = (module = "shelf", pool = {}) => test.postgres.connect<Tables>(module, pool);
beforeAll(async () => {
  test = await createTestPostgres(inject("databaseUrl"), ["shelf", "other"]);
  await query(
    test.url,
    `set role tiffin_shelf_owner;
     create table shelf.thing (id integer primary key, short_name text, count bigint not null default 0)`,
  );
});
afterAll(() => test.close());

const all = defineStatement<Record<string, unknown>>(
  "test.values",
  `select 9007199254740991::bigint as big, '{1,null,3}'::bigint[] as bigs, date '2026-02-28' as day,
     '{2026-02-28,null}'::date[] as days, 1.10::numeric as exact, timestamptz '2026-01-01 06:30+06:30' as at,
     '{"shortName": 1, "snake_name": 2}'::jsonb as json`,
);
const tooBig = defineStatement("test.too-big", "select 9007199254740993::bigint as big");
const backend = defineStatement<{ pid: number; path: string }>(
  "test.backend",
  "select pg_backend_pid() as pid, current_setting('search_path') as path",
);
const duplicate = defineStatement("test.duplicate", "insert into thing (id) values (1), (1)");
const prepared = defineStatement<{ name: string }>(
  "test.prepared",
  "select name from pg_prepared_statements",
);
const scans = defineStatement<{ allowed: string }>(
  "test.scans",
  "select current_setting('enable_seqscan') as allowed",
);
const turn = defineStatement("test.turn", "select pg_advisory_xact_lock(70)");
const sleep = defineStatement("test.sleep", "select pg_sleep(20)");

describe("A module's database", () => {
  it.runIf(process.platform === "linux")(
    "steps back for all others where it is asked to, on a server of this machine",
    async () => {
      const reading = connect("shelf", { stepsBack: true });
      const [here] = await reading.run(backend, []);
      const [other] = await connect().run(backend, []);
      if (!here || !other) throw new Error("both have a process");
      await expect.poll(() => getPriority(here.pid)).toBe(10);
      expect(getPriority(other.pid)).toBeLessThan(10);
    },
  );

  it("reads no table whole with a plan that was made when it was small, unless it is there for reports", async () => {
    const planOf = defineStatement<{ "QUERY PLAN": unknown }>(
      "test.plan",
      "explain (format json) select from thing where id = any(array(select generate_series(1, 10)))",
    );
    const plan = async (database: ReturnType<typeof connect>) =>
      JSON.stringify((await database.run(planOf, []))[0]?.["QUERY PLAN"]);
    expect(await plan(connect())).toMatch(/Index (Only )?Scan/);
    expect(await plan(connect())).not.toContain('"Seq Scan"');
    const [reading] = await connect("shelf", { stepsBack: true }).run(scans, []);
    expect(reading?.allowed).toBe("on");
  });

  it("gives values as they are: exact integers, dates without a time zone, numerics as text", async () => {
    const [row] = await connect().run(all, []);
    expect(row).toEqual({
      big: Number.MAX_SAFE_INTEGER,
      bigs: [1, null, 3],
      day: "2026-02-28",
      days: ["2026-02-28", null],
      exact: "1.10",
      at: new Date("2026-01-01T00:00:00Z"),
      json: { shortName: 1, snake_name: 2 },
    });
    await expect(connect().run(tooBig, [])).rejects.toThrow("beyond what a number holds exactly");
  });

  it("writes camelCase as snake_case, and knows only its own tables", async () => {
    const { kysely } = connect();
    await kysely.insertInto("thing").values({ id: 7, shortName: "seven", count: 7 }).execute();
    const row = await kysely.selectFrom("thing").selectAll().where("id", "=", 7).executeTakeFirst();
    expect(row).toEqual({ id: 7, shortName: "seven", count: 7 });
    // @ts-expect-error another module's table is no table here
    expect(() => kysely.selectFrom("lineItems").compile()).not.toThrow();
  });

  it("prepares a statement under its name, in and outside a transaction", async () => {
    const database = connect("shelf", { max: 1 });
    await database.run(backend, []);
    expect(await database.run(prepared, [])).toContainEqual({ name: "test.backend" });
    await database.transaction(async (tx) => {
      await database.run(all, [], tx);
      expect(await database.run(prepared, [], tx)).toContainEqual({ name: "test.values" });
    });
  });

  it("keeps the connection after a refused statement", async () => {
    const database = connect("shelf", { max: 1 });
    const [before] = await database.run(backend, []);
    await expect(database.run(duplicate, [])).rejects.toMatchObject({ code: "23505" });
    expect(await database.run(backend, [])).toEqual([before]);
    expect(before?.path).toBe("shelf");
  });

  it("undoes a transaction that fails, and repeats one that met a deadlock", async () => {
    const database = connect();
    await expect(
      database.transaction(async (tx) => {
        await tx.insertInto("thing").values({ id: 50, shortName: "", count: 0 }).execute();
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    await database.kysely
      .insertInto("thing")
      .values([51, 52].map((id) => ({ id, shortName: "", count: 0 })))
      .execute();
    // Each takes one row and waits for the other's; both must have begun before either goes on.
    let begun = 0;
    let attempts = 0;
    const add = (first: number, second: number) =>
      database.transaction(async (tx) => {
        attempts += 1;
        const one = (id: number) =>
          tx
            .updateTable("thing")
            .set({ count: sql`count + 1` })
            .where("id", "=", id)
            .execute();
        await one(first);
        begun += 1;
        while (begun < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        await one(second);
      });
    await Promise.all([add(51, 52), add(52, 51)]);
    expect(attempts).toBeGreaterThan(2);
    const rows = await database.kysely
      .selectFrom("thing")
      .selectAll()
      .where("id", ">=", 50)
      .execute();
    expect(rows.map((row) => row.count)).toEqual([2, 2]);
  });

  it("does nothing more for work that goes on after its transaction was given up", async () => {
    const database = connect();
    const nap = defineStatement("test.nap", "select pg_sleep(0.2)");
    const late = defineStatement("test.late", "insert into thing (id) values (60) returning id");
    let work: Promise<unknown> = Promise.resolve();
    await expect(
      database.transaction(async (tx) => {
        work = database.run(nap, [], tx).then(() => database.run(late, [], tx));
        work.catch(() => undefined);
        await database.run(backend, []); // its first statement is under way by now
        throw new Error("out of time");
      }),
    ).rejects.toThrow("out of time");
    await expect(work).rejects.toThrow("over");
    const left = database.kysely.selectFrom("thing").select("id").where("id", "=", 60);
    expect(await left.execute()).toEqual([]);
  });

  it("sees after a wait what the one before it committed, also where the server's default is to see what was there before", async () => {
    const name = new URL(test.url).pathname.slice(1);
    const byDefault = (isolation: string) =>
      query(test.url, `alter database ${name} set default_transaction_isolation to ${isolation}`);
    await byDefault("'repeatable read'");
    const database = connect("shelf", { max: 4 });
    await database.kysely.insertInto("thing").values({ id: 70, shortName: "", count: 0 }).execute();
    let attempts = 0;
    const takeTurn = () =>
      database.transaction(async (tx) => {
        attempts += 1;
        await database.run(turn, [], tx);
        const { count } = await tx
          .selectFrom("thing")
          .select("count")
          .where("id", "=", 70)
          .executeTakeFirstOrThrow();
        const next = { count: count + 1 };
        await tx.updateTable("thing").set(next).where("id", "=", 70).execute();
        return next.count;
      });
    const seen = await Promise.all([takeTurn(), takeTurn(), takeTurn(), takeTurn()]);
    await byDefault("default");
    expect(seen.toSorted()).toEqual([1, 2, 3, 4]);
    expect(attempts).toBe(4);
  });

  it("survives the end of its connections, idle and busy, and goes on with new ones", async () => {
    const database = connect("shelf", { max: 2 });
    const [idle] = await database.run(backend, []);
    const busy = database.run(sleep, []).then(
      () => "ended",
      (error: { code: string }) => error.code,
    );
    const inTransaction = database
      .transaction(async (tx) => {
        const [mine] = await database.run(backend, [], tx);
        await query(test.url, `select pg_terminate_backend(${mine?.pid})`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await database.run(backend, [], tx);
      })
      .then(
        () => "ended",
        () => "lost",
      );
    expect(await inTransaction).toBe("lost");
    await query(
      test.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tiffin:shelf' and pid <> ${idle?.pid}`,
    );
    await query(test.url, `select pg_terminate_backend(${idle?.pid})`);
    expect(await busy).toBe("57P01");
    await expect
      .poll(() =>
        database.run(backend, []).then(
          () => "works",
          () => "not yet",
        ),
      )
      .toBe("works");
  });

  it.runIf(process.platform === "linux")(
    "says nothing of a connection that ends with its server after it was closed",
    async () => {
      const warnings: string[] = [];
      const closing = await openPostgres({
        url: test.url,
        secret: TEST_SECRET,
        roles: "own",
        manifest: { shelf: { store: "postgres", calls: [], hears: [] } },
        logger: { warn: (_details, message) => void warnings.push(message) },
      });
      const [mine] = await closing.connect("shelf").run(backend, []);
      if (!mine) throw new Error("it has a process");
      // Too slow to hear that the connection was closed before it hears that the server stops.
      process.kill(mine.pid, "SIGSTOP");
      await closing.close();
      await query(test.url, `select pg_terminate_backend(${mine.pid})`);
      process.kill(mine.pid, "SIGCONT");
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(warnings).toEqual([]);
    },
  );

  it("has a session of its own that tells when it is lost", async () => {
    const database = connect();
    const session = await database.openSession("test");
    const [mine] = await session.run(backend, []);
    expect(mine?.path).toBe("shelf");
    let heard = 0;
    await session.listen("bell", () => (heard += 1));
    await sql`notify bell`.execute(database.kysely);
    await expect.poll(() => heard).toBe(1);
    await query(test.url, `select pg_terminate_backend(${mine?.pid})`);
    await expect.poll(() => session.lost.aborted).toBe(true);
    await expect(session.run(backend, [])).rejects.toThrow("lost");
    await session.close();
  });

  it("has a session whose lock outlives a machine without power by a minute at most", async () => {
    const session = await connect().openSession("test");
    const [asks] = await session.run(
      defineStatement<Record<"idle" | "interval" | "count", number>>(
        "test.keep-alive",
        `select current_setting('tcp_keepalives_idle')::int as idle,
           current_setting('tcp_keepalives_interval')::int as interval,
           current_setting('tcp_keepalives_count')::int as count`,
      ),
      [],
    );
    const { idle, interval, count } = asks ?? { idle: 0, interval: 0, count: 0 };
    expect(idle).toBeGreaterThan(0);
    expect(idle + interval * count).toBeLessThanOrEqual(60);
    await session.close();
  });
});

describe("A bulkhead", () => {
  it("ends a statement, a wait for a lock and an idle transaction at their limits", async () => {
    const hasty = connect("shelf", { statementTimeoutMs: 300 });
    await expect(hasty.run(sleep, [])).rejects.toMatchObject({ code: "57014" });
    const patient = connect("shelf", { lockTimeoutMs: 100 });
    await patient.transaction(async (tx) => {
      await tx.insertInto("thing").values({ id: 90, shortName: "", count: 0 }).execute();
      await expect(
        patient.kysely.insertInto("thing").values({ id: 90, shortName: "", count: 0 }).execute(),
      ).rejects.toMatchObject({ code: "55P03" });
    });
    const database = connect("shelf", { idleInTransactionTimeoutMs: 100 });
    await expect(
      database.transaction(async (tx) => {
        await database.run(backend, [], tx);
        await new Promise((resolve) => setTimeout(resolve, 400));
        await database.run(backend, [], tx);
      }),
    ).rejects.toThrow();
    expect(await database.run(backend, [])).toHaveLength(1);
  });

  it("keeps a module that uses up its pool from slowing another", async () => {
    const runaway = connect("shelf", { max: 2, statementTimeoutMs: 1_500 });
    const other = connect("other");
    await other.run(backend, []);
    const stuck = Array.from({ length: 20 }, () => runaway.run(sleep, []).catch(() => undefined));
    await expect.poll(() => runaway.poolUse()).toMatchObject({ max: 2, open: 2, waiting: 18 });
    const started = performance.now();
    for (let call = 0; call < 50; call++) await other.run(backend, []);
    expect((performance.now() - started) / 50).toBeLessThan(20);
    void Promise.all(stuck);
    expect(other.poolUse()).toMatchObject({ waiting: 0 });
  });
});
