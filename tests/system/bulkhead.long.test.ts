// A report that runs away uses up what reports may use, is cut off, and leaves orders alone (issue: bulkheads).
import { availableParallelism } from "node:os";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { manifest } from "#modules/manifest";
import { reportingPools } from "#modules/reporting";
import { openPostgres } from "#platform/db";
import {
  createEmptyDatabase,
  TEST_SECRET,
  type TestDatabase,
} from "../../src/platform/db/testing.js";
import { type Answer, bootTiffin, eventually, line, order, type TestTiffin } from "./tiffin.js";

/** More than are made at a time serve within the five seconds that a caller waits. */
const CALLERS = 24;

/** One processor stays with the orders, where there are two. */
const atATime = availableParallelism() > 2 ? 2 : 1;

let database: TestDatabase;
let owner: Client;
let test: TestTiffin;
beforeAll(async () => {
  database = await createEmptyDatabase(inject("databaseUrl"));
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  test = await bootTiffin({
    DATABASE_URL: database.url,
    TIFFIN_SECRET: TEST_SECRET,
    REPORT_TIMEOUT_SECONDS: "1",
  });
});
afterAll(async () => {
  await test?.stop();
  await owner?.end();
  await database?.drop();
});

/** Reports that run in the database at this moment. Listeners that copy stock are slow too. */
const runaways = async () => {
  const { rows } = await owner.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where application_name = 'tiffin:reporting' and datname = current_database() and state = 'active'
       and wait_event = 'PgSleep' and query like 'select%'`,
  );
  return rows[0]?.count ?? 0;
};
const counted = async () => {
  const { rows } = await owner.query<{ orders: number }>(
    "select coalesce(sum(orders), 0)::int as orders from reporting.sales_figures",
  );
  return rows[0]?.orders ?? 0;
};

it("cuts a runaway report off with a clear 503, while orders are placed as ever", async () => {
  // Each product now takes a second to read: the report on stock would run for half a minute.
  await owner.query(`alter table reporting.products enable row level security;
    drop policy if exists all_rows on reporting.products;
    drop policy if exists slow on reporting.products;
    create policy all_rows on reporting.products using (true);
    create policy slow on reporting.products as restrictive for select using (pg_sleep(1) is not null)`);
  // As many as a quick machine can sell while the reports are slow.
  const water = await test.cashier.dish("WTR-01");
  const { status } = await test.manager.send(
    "POST",
    `/api/inventory/products/${water.productId}/movements`,
    { type: "received", quantity: 100_000, reason: "For a long evening" },
  );
  expect(status).toBe(201);
  let over = false;
  const answers: Answer[] = [];
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!over) answers.push(await test.manager.get("/api/reports/stock"));
  });
  let placed = 0;
  try {
    await eventually(runaways, (count) => count === atATime);

    while (placed < 20 || !answers.some(({ body }) => body.code === "reports-busy")) {
      const { status, body } = await test.cashier.place(order([line(water)]));
      expect(status, JSON.stringify(body)).toBe(201);
      placed += 1;
    }
    // The figures go on too, though nobody can read them at this moment.
    await eventually(counted, (orders) => orders === placed);
    expect(await eventually(runaways, (count) => count > 0)).toBe(atATime);
  } finally {
    over = true;
    await Promise.all(callers);
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(new Set(answers.map(({ body }) => body.code))).toEqual(
    new Set(["report-cut-off", "reports-busy"]),
  );
  const cutOff = answers.find(({ body }) => body.code === "report-cut-off");
  expect(cutOff?.body.detail).toContain("Ask for fewer days");
  expect(cutOff?.headers.get("retry-after")).not.toBeNull();

  await owner.query("drop policy slow on reporting.products");
  expect((await test.manager.get("/api/reports/stock")).status).toBe(200);
  expect((await test.manager.get("/api/reports/today")).body.totals.orders).toBe(placed);
  expect((await test.reconcile()).differences).toEqual([]);
});

it("gives every module connections of its own, with an end to statements, waits for locks and idle transactions", async () => {
  const postgres = await openPostgres({
    url: database.url,
    secret: TEST_SECRET,
    roles: "own",
    manifest,
    logger: { warn: () => undefined },
  });
  try {
    for (const module of postgres.modules) {
      const limits = await postgres.connect(module, { max: 1 }).run<Record<string, string>>(
        {
          name: "",
          text: `select current_user as role, current_setting('statement_timeout') as statement,
            current_setting('lock_timeout') as lock,
            current_setting('idle_in_transaction_session_timeout') as idle`,
        },
        [],
      );
      expect(limits).toEqual([
        { role: `tiffin_${module}`, statement: "10s", lock: "5s", idle: "10s" },
      ]);
    }
    expect(reportingPools(15)).toEqual({
      own: { max: 4, statementTimeoutMs: 15_000 },
      reading: { max: atATime, statementTimeoutMs: 15_000, stepsBack: true },
    });
  } finally {
    await postgres.close();
  }
});
