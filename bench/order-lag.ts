// How far behind an order its consequences are: from an event's commit until each subscription has applied it (stock
// sold, tickets, copies, the day's figures), in the whole application, at 10 and 50 orders/s and as many as it takes.
// Beside LISTEN/NOTIFY and a poller, the mechanism alone: bench/lag.ts.
// Run: node --import tsx bench/order-lag.ts [seconds a rate]
import { rounded } from "./kit/figures.js";
import { closedLoop, createClient, openLoop, type Run } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { createOrders, place, startTiffin, type Tiffin } from "./kit/tiffin.js";

const SECONDS = Number(process.argv[2] ?? 20);
const TILLS = 16;
/** At each rate, so that connections and code are those of that rate. */
const WARM_SECONDS = 5;
const BUCKET = /^tiffin_event_lag_seconds_bucket\{le="([^"]+)"[^}]*\} (\d+)/gm;

/** Deliveries that took at most so many seconds, over all subscriptions, since the server's start. */
async function readLag({ manager }: Tiffin): Promise<ReadonlyMap<number, number>> {
  const { text } = await manager.send({ method: "GET", path: "/metrics" });
  const counts = new Map<number, number>();
  for (const [, le = "", count] of text.matchAll(BUCKET)) {
    const bound = le === "+Inf" ? Infinity : Number(le);
    counts.set(bound, (counts.get(bound) ?? 0) + Number(count));
  }
  return counts;
}

/** In ms, by a straight line through the bucket that holds it. */
function quantileOf(buckets: readonly (readonly [number, number])[], share: number): number {
  const wanted = (buckets.at(-1)?.[1] ?? 0) * share;
  let [from, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= wanted) {
      const part = count > below ? (wanted - below) / (count - below) : 1;
      return 1_000 * (Number.isFinite(bound) ? from + (bound - from) * part : from);
    }
    [from, below] = [bound, count];
  }
  return NaN;
}

announce("order-lag");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench);
  const client = createClient(tiffin.url, tiffin.token, TILLS);
  const next = createOrders(tiffin.dishes);
  const order = () => place(client, next());
  await closedLoop(TILLS, 20, order);
  await tiffin.quiet();

  async function measure(load: string, run: (seconds: number) => Promise<Run>) {
    await run(WARM_SECONDS);
    await tiffin.quiet();
    const before = await readLag(tiffin);
    const { count, seconds } = await run(SECONDS);
    await tiffin.quiet();
    const after = await readLag(tiffin);
    const buckets = [...after]
      .toSorted(([a], [b]) => a - b)
      .map(([bound, total]) => [bound, total - (before.get(bound) ?? 0)] as const);
    return {
      load,
      "orders/s": rounded(count / seconds, 1),
      deliveries: buckets.at(-1)?.[1],
      "p50 ms": rounded(quantileOf(buckets, 0.5)),
      "p99 ms": rounded(quantileOf(buckets, 0.99)),
    };
  }

  report("order-lag", [
    await measure("10 orders/s", (seconds) => openLoop(10, seconds, order)),
    await measure("50 orders/s", (seconds) => openLoop(50, seconds, order)),
    await measure(`${TILLS} tills without a pause`, (seconds) => closedLoop(TILLS, seconds, order)),
  ]);
  client.close();
  console.log("Goal: p99 below 20 ms at 50 orders/s.");
});
