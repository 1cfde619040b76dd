// Does it stay fast when the restaurant has history? Placing and listing orders with a thousand, a hundred thousand and
// a million stored orders, against a young restaurant with a server and a PostgreSQL of its own. Sides alternate; the
// first row, both of them young, shows what chance does.
// Run: node --import tsx bench/growth.ts [largest number of stored orders] [seconds a turn] [turns]
import pg from "pg";
import { cpuOf } from "./kit/cpu.js";
import { median, quantile, ratios, rounded, showSpread } from "./kit/figures.js";
import { type Client, closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { type Bench, memoryOf, withBench } from "./kit/server.js";
import { createOrders, place, startTiffin, type Tiffin, warmUp } from "./kit/tiffin.js";

const LARGEST = Number(process.argv[2] ?? 1_000_000);
const SECONDS = Number(process.argv[3] ?? 4);
const TURNS = Number(process.argv[4] ?? 5);
const TILLS = 16;
const TEMPLATES = 50;
const CHUNK = 50_000;

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

interface Side {
  readonly tiffin: Tiffin;
  readonly client: Client;
  readonly next: () => string;
  readonly owner: pg.Client;
}
interface Turn {
  readonly place: number;
  readonly list: number;
  readonly postgresMs: number;
  readonly p99: number;
}

announce("growth");
await withBench((youngBench) =>
  withBench(async (bench) => {
    const young = await open(youngBench);
    const grown = await open(bench);
    await grown.owner.query(
      "create temporary table bench_templates as select id from orders.orders",
    );
    for (const { tiffin } of [young, grown]) await warmUp(tiffin);
    const rows: Record<string, unknown>[] = [];
    for (const target of [1_000, 100_000, 1_000_000].filter((one) => one <= LARGEST)) {
      await grow(grown, target);
      const ours: Turn[] = [];
      const theirs: Turn[] = [];
      for (let n = 0; n < TURNS; n++) {
        theirs.push(await turn(young));
        ours.push(await turn(grown));
      }
      const of = (turns: Turn[], figure: keyof Turn) => turns.map((one) => one[figure]);
      const share = (figure: keyof Turn) =>
        showSpread(ratios(of(ours, figure), of(theirs, figure)));
      rows.push({
        stored: await stored(grown),
        beside: await stored(young),
        "place/s": rounded(median(of(ours, "place")), 0),
        "place, of the young": share("place"),
        "list/s": rounded(median(of(ours, "list")), 0),
        "list, of the young": share("list"),
        // Says the same whatever else the machine does.
        "CPU of PostgreSQL an order, of the young": share("postgresMs"),
        "place p99 ms": rounded(median(of(ours, "p99"))),
        "memory MB": await memoryOf(grown.tiffin.child.pid),
      });
    }
    for (const { owner, client } of [young, grown]) {
      await owner.end();
      client.close();
    }
    report("growth", rows);
    console.log("Goal: at the last at least 0.9 of the young one's.");
  }),
);

async function open(bench: Bench): Promise<Side> {
  const tiffin = await startTiffin(bench);
  const client = createClient(tiffin.url, tiffin.token, TILLS);
  const next = createOrders(tiffin.dishes);
  const owner = new pg.Client(bench.postgresUrl);
  await owner.connect();
  for (let n = 0; n < TEMPLATES; n++) await place(client, next());
  await tiffin.quiet();
  return { tiffin, client, next, owner };
}

async function stored({ owner }: Side): Promise<number> {
  const { rows } = await owner.query<{ n: number }>("select count(*)::int as n from orders.orders");
  return rows[0]?.n ?? 0;
}

async function grow(side: Side, target: number): Promise<void> {
  for (let missing = target - (await stored(side)); missing > 0; missing -= CHUNK)
    await side.owner.query(GROW, [Math.max(TEMPLATES, Math.min(CHUNK, missing))]);
  await side.owner.query("vacuum analyze");
  await side.owner.query("checkpoint");
}

async function turn({ tiffin, client, next }: Side): Promise<Turn> {
  const postgresMs = () => cpuOf(process.pid).get("postgres") ?? NaN;
  const before = postgresMs();
  const placing = await closedLoop(TILLS, SECONDS, () => place(client, next()));
  await tiffin.quiet();
  const spent = postgresMs() - before;
  const listing = await closedLoop(TILLS, SECONDS / 2, async () => {
    const { status, text } = await client.send({ method: "GET", path: "/api/orders?limit=50" });
    if (status !== 200) throw new Error(`Listing answered ${status}: ${text}`);
  });
  return {
    place: placing.count / placing.seconds,
    list: listing.count / listing.seconds,
    postgresMs: spent / placing.count,
    p99: quantile(placing.latenciesMs, 0.99),
  };
}
