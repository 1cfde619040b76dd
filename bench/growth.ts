// Does it stay fast when the restaurant has history? Placing and listing orders with a thousand, a hundred thousand and
// a million stored orders; each figure as a share of the first.
// Run: node --import tsx bench/growth.ts [largest number of stored orders] [seconds a turn]
import pg from "pg";
import { cpuOf } from "./kit/cpu.js";
import { quantile, rounded } from "./kit/figures.js";
import { closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { memoryOf, withBench } from "./kit/server.js";
import { createOrders, place, startTiffin } from "./kit/tiffin.js";

const LARGEST = Number(process.argv[2] ?? 1_000_000);
const SECONDS = Number(process.argv[3] ?? 5);
const TILLS = 16;
const TEMPLATES = 50;
const CHUNK = 50_000;
/** Before the first figure, so that it is not the figure of code that was never run before. */
const WARM_SECONDS = 20;

/** Copies the templates' rows under new ids, a year old: whatever columns the tables have, these rows are real ones. */
const GROW = `
  with source as (
    select o.id as template, uuidv7(interval '-1 year') as id, gen_random_uuid() as payment_id,
      (select min(number) from orders.orders) - row_number() over () as number
    from (select * from bench_templates) o cross join generate_series(1, $1::int / ${TEMPLATES})
  ), placed as (
    insert into orders.orders
    select copy.* from source join orders.orders o on o.id = source.template
    cross join lateral jsonb_populate_record(null::orders.orders,
      to_jsonb(o) || to_jsonb(source) - 'template') as copy
  ), sold as (
    insert into orders.line_items
    select copy.* from source join orders.line_items line on line.order_id = source.template
    cross join lateral jsonb_populate_record(null::orders.line_items,
      to_jsonb(line) || jsonb_build_object('order_id', source.id)) as copy
  ), run as (
    insert into orders.sagas
    select copy.* from source join orders.sagas saga on saga.id = source.template
    cross join lateral jsonb_populate_record(null::orders.sagas,
      to_jsonb(saga) || jsonb_build_object('id', source.id, 'idempotency_key', source.id)) as copy
  )
  insert into payments.payments
  select copy.* from source join payments.payments payment on payment.order_id = source.template
  cross join lateral jsonb_populate_record(null::payments.payments,
    to_jsonb(payment) || jsonb_build_object('id', source.payment_id, 'order_id', source.id)) as copy`;

announce("growth");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench);
  const client = createClient(tiffin.url, tiffin.token, TILLS);
  const next = createOrders(tiffin.dishes);
  const owner = new pg.Client(bench.postgresUrl);
  await owner.connect();
  for (let n = 0; n < TEMPLATES; n++) await place(client, next());
  await tiffin.quiet();
  const placeOne = () => place(client, next());
  await owner.query("create temporary table bench_templates as select id from orders.orders");
  const stored = async () =>
    (await owner.query<{ n: number }>("select count(*)::int as n from orders.orders")).rows[0]?.n ??
    0;

  const postgresMs = () => cpuOf(process.pid).get("postgres") ?? NaN;
  const list = async () => {
    const { status, text } = await client.send({ method: "GET", path: "/api/orders?limit=50" });
    if (status !== 200) throw new Error(`Listing answered ${status}: ${text}`);
  };
  const rows: { stored: number; place: number; list: number; [figure: string]: unknown }[] = [];
  for (const target of [1_000, 100_000, 1_000_000].filter((one) => one <= LARGEST)) {
    for (let missing = target - (await stored()); missing > 0; missing -= CHUNK)
      await owner.query(GROW, [Math.max(TEMPLATES, Math.min(CHUNK, missing))]);
    await owner.query("vacuum analyze");
    await owner.query("checkpoint");
    await closedLoop(TILLS, rows.length === 0 ? WARM_SECONDS : SECONDS, placeOne);
    await tiffin.quiet();
    const before = postgresMs();
    const placing = await closedLoop(TILLS, SECONDS, placeOne);
    await tiffin.quiet();
    const postgres = (postgresMs() - before) / placing.count;
    const listing = await closedLoop(TILLS, SECONDS, list);
    const [first] = rows;
    const placed = placing.count / placing.seconds;
    const listed = listing.count / listing.seconds;
    rows.push({
      stored: await stored(),
      place: rounded(placed, 0),
      "of the first": rounded(placed / (first?.place ?? placed)),
      list: rounded(listed, 0),
      "list of the first": rounded(listed / (first?.list ?? listed)),
      // Says the same whatever else the machine does.
      "CPU of PostgreSQL an order, ms": rounded(postgres),
      "place p99 ms": rounded(quantile(placing.latenciesMs, 0.99)),
      "memory MB": await memoryOf(tiffin.child.pid),
    });
  }
  await owner.end();
  client.close();
  report("growth", rows);
  console.log("Goal: at the last at least 0.9 of the first figure.");
});
