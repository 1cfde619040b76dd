// A new model built beside the one in use: identical, while events come in, and never half.
import { describe, expect, it } from "vitest";
import {
  asOwner,
  cancelled,
  captured,
  mohinga,
  openReporting,
  placed,
  refunded,
  sale,
  tea,
  test,
  useReporting,
} from "./testing.js";

useReporting();

const RANGE = { from: "2026-11-21", to: "2026-11-24" };
const AT = "2026-11-24T05:00:00Z";
type Module = ReturnType<typeof openReporting>;

/** Some of everything: half of the payments come first, every third order is cancelled a day later. */
function evening(orders: number, server: string) {
  return Array.from({ length: orders }, (_, index) => {
    const one = sale({
      server,
      lines: [{ dish: index % 2 ? tea : mohinga, quantity: 1 + (index % 3) }],
    });
    const both = index % 2 ? [captured(one), placed(one)] : [placed(one), captured(one)];
    return index % 3 ? both : [...both, refunded(one, 100, AT), cancelled(one, "2026-11-24", AT)];
  }).flat();
}

/** Everything that can be read, as one text. */
async function allOf({ face }: Module): Promise<string> {
  const kinds = ["date", "hour", "dish", "category", "method", "server", "service-type"] as const;
  const reports = await Promise.all(kinds.map((by) => face.sales({ ...RANGE, by })));
  return JSON.stringify([
    ...reports,
    await face.orders({ limit: 100 }),
    await face.payments({ limit: 100 }),
  ]);
}

const modelInUse = async () =>
  (await test.database.kysely.selectFrom("books").select("model").executeTakeFirstOrThrow()).model;
const rowsOf = async (table: string) =>
  (
    await test.database.run<{ rows: number }>(
      { name: "", text: `select count(*) as rows from ${table}` },
      [],
    )
  )[0]?.rows;

describe("A rebuild", () => {
  it("gives identical figures, and takes the place of the old model", async () => {
    const reporting = openReporting(7);
    expect(await reporting.face.rebuild.status()).toEqual({ status: "never", done: 0, total: 0 });
    const events = evening(30, "Aye");
    await reporting.count(events);
    const before = await allOf(reporting);
    for (const model of [1, 0]) {
      const done = await reporting.rebuild();
      expect(done).toMatchObject({
        status: "done",
        done: events.length,
        total: events.length,
        changed: 0,
        startedBy: "Tiffin",
      });
      expect(await modelInUse()).toBe(model);
      expect(await allOf(reporting)).toBe(before);
      expect(await rowsOf(`sales_${1 - model}`)).toBe(0);
    }
  });

  it("counts what comes in meanwhile, once", async () => {
    const rebuilt = openReporting(3);
    await rebuilt.count(evening(40, "Aye"));
    const live = evening(60, "Bo");
    const rebuilding = rebuilt.rebuild();
    let builds = 0;
    let over = false;
    void rebuilding.then(() => (over = true));
    for (const event of live) {
      await rebuilt.count([event]);
      if (!over) builds += 1;
    }
    expect(await rebuilding).toMatchObject({ status: "done", changed: 0 });
    expect(builds).toBeGreaterThan(3);
    const counted = await allOf(rebuilt);
    expect(await rebuilt.rebuild()).toMatchObject({ changed: 0, done: await rowsOf("journal") });
    expect(await allOf(rebuilt)).toBe(counted);
    expect(counted).toContain('"orders":100');
  });

  it("mends figures that were damaged, and says how many", async () => {
    const reporting = openReporting();
    await reporting.count(evening(10, "Aye"));
    const before = await allOf(reporting);
    const damaged = [await rowsOf("dish_figures"), await rowsOf("money_figures")];
    await asOwner("update dish_figures set quantity = quantity + 1; delete from money_figures");
    expect(await allOf(reporting)).not.toBe(before);
    const { changed } = await reporting.rebuild();
    expect(changed).toBe(damaged.reduce((sum = 0, rows = 0) => sum + rows, 0));
    expect(await allOf(reporting)).toBe(before);
  });

  it("that is stopped half-way leaves the old figures, says so, and can be run again", async () => {
    const reporting = openReporting(1);
    await reporting.count(evening(40, "Aye"));
    const before = await allOf(reporting);
    await reporting.face.rebuild.start();
    await expect.poll(() => rowsOf("sales_1")).toBeGreaterThan(2);
    await reporting.module.stop();
    const stopped = await reporting.face.rebuild.status();
    expect(stopped).toMatchObject({ status: "failed", cause: "the server was stopped" });
    expect(stopped.done).toBeLessThan(stopped.total);
    expect(await modelInUse()).toBe(0);
    expect(await allOf(reporting)).toBe(before);

    const again = openReporting();
    await again.count(evening(5, "Bo"));
    const after = await allOf(again);
    expect(await again.rebuild()).toMatchObject({ status: "done", changed: 0 });
    expect(await modelInUse()).toBe(1);
    expect(await allOf(again)).toBe(after);
  });

  it("whose process died is interrupted, and its leftovers are not counted again", async () => {
    const reporting = openReporting(2);
    await reporting.count(evening(10, "Aye"));
    // What kill -9 leaves: a part of the model, and a build without an end that nobody holds.
    await asOwner(`insert into builds (model, started_at, started_by, position, done, total)
      values (1, now(), 'Manager', 3, 3, 20);
      insert into sales_figures select 1, business_date, hour, server_id, server_name, service_type, 99, 0, 0, 1, 0, 0,
        0, 0, 0, 0, 0, 1, 1 from sales_figures`);
    expect(await reporting.face.rebuild.status()).toMatchObject({ status: "interrupted", done: 3 });
    expect(await reporting.rebuild()).toMatchObject({ status: "done", changed: 0 });
  });

  it("is one at a time: a second call joins the first, from another process too", async () => {
    const [one, other] = [openReporting(1), openReporting(1)];
    await one.count(evening(30, "Aye"));
    const first = await one.face.rebuild.start();
    const second = await one.face.rebuild.start();
    const third = await other.face.rebuild.start();
    const statuses = [first, second, third].map(({ status }) => status);
    expect(statuses).toEqual(["running", "running", "running"]);
    expect(new Set([first, second, third].map((status) => status.startedAt)).size).toBe(1);
    await expect
      .poll(async () => (await one.face.rebuild.status()).status, { timeout: 15_000 })
      .toBe("done");
    expect(await rowsOf("builds")).toBe(1);
  });

  it("loses its right when another one has begun, and then nothing of it stays", async () => {
    const [slow, other] = [openReporting(1), openReporting()];
    await slow.count(evening(60, "Aye"));
    const before = await allOf(slow);
    await slow.face.rebuild.start();
    await expect.poll(() => rowsOf("sales_1")).toBeGreaterThan(2);
    // Its connection is cut, and with it the lock; it does not notice at once.
    await asOwner(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'tiffin:reporting:rebuild' and datname = current_database()`);
    await expect.poll(async () => (await other.rebuild()).status, { timeout: 15_000 }).toBe("done");
    await slow.module.stop();
    expect(await allOf(other)).toBe(before);
    expect(await other.rebuild()).toMatchObject({ status: "done", changed: 0 });
  });

  it("is recorded with who wanted it, in the transaction that begins it", async () => {
    const reporting = openReporting();
    await reporting.rebuild();
    const told = await test.database.run<{ name: string; data: object }>(
      { name: "", text: "select name, data from outbox" },
      [],
    );
    expect(told).toMatchObject([
      {
        name: "reporting.action-taken.v1",
        data: {
          action: "reporting.rebuild",
          actor: { id: "system", name: "Tiffin", role: "system" },
          subject: { type: "read-model", id: "reporting" },
        },
      },
    ]);
  });
});
