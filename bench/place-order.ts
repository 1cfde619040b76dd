// Placing an order over HTTP (three lines, cash, durable, signed in, every event consumed) at 1, 16 and 64 tills, against
// the yardstick of bench/baseline in the same run on the same PostgreSQL with as many connections. Sides alternate;
// the time until every event is applied counts as ours.
// Run: node --import tsx bench/place-order.ts [seconds a turn] [turns]
import { median, quantile, ratios, rounded, showSpread, spread } from "./kit/figures.js";
import { startBaseline } from "./kit/baseline.js";
import { closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { createOrders, type Dish, place, startTiffin, warmUp } from "./kit/tiffin.js";

const SECONDS = Number(process.argv[2] ?? 5);
const TURNS = Number(process.argv[3] ?? 5);
const TILLS = [1, 16, 64];

interface Side {
  readonly url: string;
  readonly token: string;
  readonly dishes: readonly Dish[];
  /** Resolves when nothing is left to do. */
  quiet(): Promise<void>;
}
interface Turn {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

announce("place-order");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench);
  const connections = await tiffin.connections();
  const baseline = { ...(await startBaseline(bench, connections)), quiet: () => Promise.resolve() };
  console.log(
    `${connections} connections to PostgreSQL on each side, ${TURNS} turns of ${SECONDS} s`,
  );
  for (const side of [tiffin, baseline]) await warmUp(side);
  const rows: Record<string, unknown>[] = [];
  for (const tills of TILLS) {
    await turn(tiffin, tills);
    await turn(baseline, tills);
    const ours: Turn[] = [];
    const theirs: Turn[] = [];
    for (let n = 0; n < TURNS; n++) {
      ours.push(await turn(tiffin, tills));
      theirs.push(await turn(baseline, tills));
    }
    const of = (turns: Turn[], figure: keyof Turn) => turns.map((one) => one[figure]);
    rows.push({
      tills,
      "ours/s": showSpread(spread(of(ours, "perSecond"))),
      "yardstick/s": showSpread(spread(of(theirs, "perSecond"))),
      throughput: showSpread(ratios(of(ours, "perSecond"), of(theirs, "perSecond"))),
      "ours p50 ms": rounded(median(of(ours, "p50"))),
      "yardstick p50 ms": rounded(median(of(theirs, "p50"))),
      "p50 ratio": showSpread(ratios(of(ours, "p50"), of(theirs, "p50"))),
      "ours p99 ms": rounded(median(of(ours, "p99"))),
      "yardstick p99 ms": rounded(median(of(theirs, "p99"))),
    });
  }
  report("place-order", rows);
  console.log(
    "Goals: throughput at least 1 at 16 and 64 tills (aim 1.5); p50 at 1 till at most 2.",
  );
});

async function turn(side: Side, tills: number): Promise<Turn> {
  const client = createClient(side.url, side.token, tills);
  const next = createOrders(side.dishes);
  const started = performance.now();
  const { count, latenciesMs } = await closedLoop(tills, SECONDS, () => place(client, next()));
  await side.quiet();
  const seconds = (performance.now() - started) / 1_000;
  client.close();
  return {
    perSecond: count / seconds,
    p50: quantile(latenciesMs, 0.5),
    p99: quantile(latenciesMs, 0.99),
  };
}
