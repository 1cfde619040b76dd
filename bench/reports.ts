// Do reports stay fast when the restaurant has history, and how long does it take to make them all anew? A year with a
// thousand, a hundred thousand and a million orders, counted by a rebuild while the server runs.
// Run: node --import tsx bench/reports.ts [largest number of orders]
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { quantile, rounded } from "./kit/figures.js";
import { closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { ask, createOrders, place, startTiffin } from "./kit/tiffin.js";

const LARGEST = Number(process.argv[2] ?? 1_000_000);
const TEMPLATES = 50;
const CHUNK = 50_000;
const SECONDS = 2;

/** Copies the events of the templates under new ids, evenly over a year: whatever events hold, these are real ones. */
const GROW = `
  with source as (
    select template.order_id as template, gen_random_uuid() as id,
      nth * ${TEMPLATES} + (select count(*) from reporting.journal) as number,
      now() - (1 - nth * ${TEMPLATES} / $1::float8) * interval '360 days' - interval '1 day' as at
    from generate_series(1, $1::int / ${TEMPLATES}) as nth cross join bench_templates as template
  )
  insert into reporting.journal (event_id, name, order_id, data)
  select gen_random_uuid(), name, source.id, data || jsonb_build_object('orderId', source.id, 'number', number)
    || case name when 'orders.order-placed.v1'
       then jsonb_build_object('businessDate', (at + interval '2 hours 30 minutes')::date, 'placedAt', at)
       else jsonb_build_object('paymentId', source.id, 'capturedAt', at) end
  from source join reporting.journal as event on event.order_id = source.template
  order by at, seq`;

interface Rebuild {
  readonly status: string;
  readonly done: number;
  readonly startedAt: string;
  readonly endedAt: string;
}

announce("reports");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench, { env: { REPORT_TIMEOUT_SECONDS: "600" } });
  const till = createClient(tiffin.url, tiffin.token, 1);
  const next = createOrders(tiffin.dishes);
  const owner = new pg.Client(bench.postgresUrl);
  await owner.connect();
  for (let n = 0; n < TEMPLATES; n++) await place(till, next());
  await tiffin.quiet();
  await owner.query(
    "create temporary table bench_templates as select distinct order_id from reporting.journal",
  );
  const get = (path: string) => ask<unknown>(tiffin.manager, "GET", path);
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const year = `from=${day(365)}&to=${day(0)}`;
  const dish = tiffin.dishes[0]?.productId ?? "";
  const asked: Record<string, string> = {
    today: "/api/reports/today",
    "year by date": `/api/reports/sales?by=date&${year}`,
    "year by dish": `/api/reports/sales?by=dish&${year}`,
    "year by method": `/api/reports/sales?by=method&${year}`,
    "orders of a day": `/api/reports/orders?businessDate=${day(100)}`,
    "orders of a dish": `/api/reports/orders?dish=${dish}&${year}`,
    "orders of a category": `/api/reports/orders?category=drinks&${year}`,
  };

  const rows: Record<string, unknown>[] = [];
  for (const target of [1_000, 100_000, 1_000_000].filter((one) => one <= LARGEST)) {
    const stored = async () =>
      (await owner.query<{ n: number }>("select count(*)::int / 2 as n from reporting.journal"))
        .rows[0]?.n ?? 0;
    for (let missing = target - (await stored()); missing > 0; missing -= CHUNK)
      await owner.query(GROW, [Math.max(TEMPLATES, Math.min(CHUNK, missing))]);
    let rebuild = await ask<Rebuild>(tiffin.manager, "POST", "/api/reports/rebuild");
    while (rebuild.status === "running") {
      await pause(200);
      rebuild = await ask<Rebuild>(tiffin.manager, "GET", "/api/reports/rebuild");
    }
    if (rebuild.status !== "done") throw new Error(JSON.stringify(rebuild));
    const seconds = (Date.parse(rebuild.endedAt) - Date.parse(rebuild.startedAt)) / 1_000;
    const row: Record<string, unknown> = {
      orders: await stored(),
      "rebuild s": rounded(seconds, 1),
      "events/s": Math.round(rebuild.done / seconds),
    };
    for (const [name, path] of Object.entries(asked)) {
      await get(path);
      const { latenciesMs } = await closedLoop(1, SECONDS, () => get(path));
      row[`${name}, ms`] = rounded(quantile(latenciesMs, 0.5), 1);
    }
    const placing = await closedLoop(1, SECONDS, () => place(till, next()));
    await tiffin.quiet();
    row["place an order, ms"] = rounded(quantile(placing.latenciesMs, 0.5), 1);
    rows.push(row);
  }
  await owner.end();
  till.close();
  report("reports", rows);
});
