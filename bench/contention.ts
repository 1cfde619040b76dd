// 64 tills that all sell one hot dish, and 64 tills at its last ten portions: no deadlock, nothing oversold.
// Run: node --import tsx bench/contention.ts [seconds]
import { randomUUID } from "node:crypto";
import { quantile, rounded } from "./kit/figures.js";
import { type Answer, closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { ask, orderOf, place, startTiffin } from "./kit/tiffin.js";

const SECONDS = Number(process.argv[2] ?? 5);
const TILLS = 64;
const LAST = 10;

interface Stock {
  readonly onHand: number;
  readonly available: number;
  readonly reserved: number;
}

announce("contention");
await withBench(async (bench) => {
  const tiffin = await startTiffin(bench);
  const client = createClient(tiffin.url, tiffin.token, TILLS);
  const hot = tiffin.dishes.find((dish) => dish.availability.available !== undefined);
  if (!hot) throw new Error("No dish of the sample is counted");
  const stock = async () => {
    const path = `/api/inventory/products/${hot.productId}`;
    return (await ask<{ stock: Stock }>(tiffin.manager, "GET", path)).stock;
  };

  const before = await stock();
  const run = await closedLoop(TILLS, SECONDS, () => place(client, orderOf([hot])));
  await tiffin.quiet();
  const after = await stock();
  const rows: Record<string, unknown>[] = [
    {
      what: `${TILLS} tills on one dish`,
      "orders/s": rounded(run.count / run.seconds, 0),
      "p50 ms": rounded(quantile(run.latenciesMs, 0.5)),
      "p99 ms": rounded(quantile(run.latenciesMs, 0.99)),
      sold: run.count,
      "missing from stock": before.onHand - after.onHand - run.count,
    },
  ];

  await ask(tiffin.manager, "POST", `/api/inventory/products/${hot.productId}/movements`, {
    type: "recount",
    quantity: LAST,
    reason: "The last portions",
  });
  const started = performance.now();
  const answers: Answer[] = await Promise.all(
    Array.from({ length: TILLS }, () =>
      client.send({
        method: "POST",
        path: "/api/orders",
        headers: { "idempotency-key": randomUUID() },
        body: orderOf([hot]),
      }),
    ),
  );
  const tookMs = performance.now() - started;
  await tiffin.quiet();
  const sold = answers.filter(({ status }) => status === 201).length;
  const odd = answers.filter(({ status }) => status !== 201 && status !== 409);
  const left = await stock();
  rows.push({
    what: `${TILLS} tills at the last ${LAST} portions`,
    "orders/s": rounded((TILLS / tookMs) * 1_000, 0),
    sold,
    refused: TILLS - sold - odd.length,
    "other answers": odd.length,
    "missing from stock": LAST - sold - left.onHand,
  });
  client.close();
  report("contention", rows);
  if (sold !== LAST || left.onHand !== 0 || left.available !== 0 || odd.length > 0)
    throw new Error(`The last ${LAST} portions: ${sold} sold, ${JSON.stringify(left)} left`);
});
