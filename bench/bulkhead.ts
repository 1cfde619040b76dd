// What an order feels of a report that has run away: ten orders a second (a very busy evening), and four tills
// without a pause (more than two processors have room for), alternately while reports are idle (A) and
// while as many reports as are made at a time burn a processor on a query that has no end but its time limit (B).
// Run: node --import tsx bench/bulkhead.ts [seconds a turn]
import pg from "pg";
import { median, quantile, ratios, rounded, showSpread } from "./kit/figures.js";
import { closedLoop, createClient, openLoop, type Run } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { createOrders, place, startTiffin } from "./kit/tiffin.js";

const SECONDS = Number(process.argv[2] ?? 5);
const TURNS = 4;
const TILLS = 4;
const PER_SECOND = 10;
const CALLERS = 4;
const AT_LEAST = 1;
const TIMEOUT_SECONDS = 2;

/** A report that reads a product now counts to a hundred million first: the cross join that somebody forgot to restrict.
 *  Listeners that copy stock are left alone. */
const RUN_AWAY = `
  alter table reporting.products enable row level security;
  create policy all_rows on reporting.products using (true);
  create policy endless on reporting.products as restrictive for select using (
    case when current_query() like 'insert%' then true else (
      select count(*) from generate_series(1, 10000) as one cross join generate_series(1, 10000 + on_hand) as other) > 0
    end)`;

interface Turn {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

announce("bulkhead");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench, {
    env: { REPORT_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS) },
  });
  const tills = createClient(tiffin.url, tiffin.token, TILLS);
  const next = createOrders(tiffin.dishes);
  const owner = new pg.Client(bench.postgresUrl);
  await owner.connect();
  await owner.query(RUN_AWAY);

  const order = () => place(tills, next());
  const loads = {
    [`${PER_SECOND} orders/s`]: () => openLoop(PER_SECOND, SECONDS, order),
    [`${TILLS} tills without a pause`]: () => closedLoop(TILLS, SECONDS, order),
  };
  const turn = async (load: () => Promise<Run>): Promise<Turn> => {
    const { latenciesMs, count, seconds } = await load();
    return {
      p50: quantile(latenciesMs, 0.5),
      p99: quantile(latenciesMs, 0.99),
      perSecond: count / seconds,
    };
  };
  const busy = async () => {
    const { rows } = await owner.query<{ busy: number }>(
      "select count(*)::int as busy from pg_stat_activity where application_name = 'tiffin:reporting' and state = 'active'",
    );
    return rows[0]?.busy ?? 0;
  };

  let cutOff = 0;
  const rows: Record<string, unknown>[] = [];
  for (const [name, load] of Object.entries(loads)) {
    const quiet: Turn[] = [];
    const runaway: Turn[] = [];
    await turn(load); // warm-up
    for (let n = 0; n < TURNS; n++) {
      await tiffin.quiet();
      quiet.push(await turn(load));
      let over = false;
      const callers = Array.from({ length: CALLERS }, async () => {
        while (!over) {
          const path = "/api/reports/stock";
          const { status } = await tiffin.manager.send({ method: "GET", path });
          if (status !== 503) throw new Error(`The runaway report was answered ${status}`);
          cutOff += 1;
        }
      });
      while ((await busy()) < AT_LEAST) await new Promise((resolve) => setTimeout(resolve, 50));
      runaway.push(await turn(load));
      over = true;
      await Promise.all(callers);
    }
    const row = (side: string, turns: readonly Turn[]) => ({
      load: name,
      side,
      "p50 ms": rounded(median(turns.map(({ p50 }) => p50))),
      "p99 ms": rounded(median(turns.map(({ p99 }) => p99))),
      "orders/s": rounded(median(turns.map(({ perSecond }) => perSecond)), 0),
    });
    const ratio = (of: (turn: Turn) => number) =>
      showSpread(ratios(runaway.map(of), quiet.map(of)));
    rows.push(row("A: reports idle", quiet), row("B: a report runs away", runaway), {
      load: name,
      side: "B / A",
      "p50 ms": ratio(({ p50 }) => p50),
      "p99 ms": ratio(({ p99 }) => p99),
      "orders/s": ratio(({ perSecond }) => perSecond),
    });
  }
  await owner.end();
  tills.close();
  report("bulkhead", rows);
  console.log(`${cutOff} reports were cut off after ${TIMEOUT_SECONDS} s; every order was placed.`);
});
