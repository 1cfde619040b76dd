// How long `npm start` takes (first, again, after kill -9), and how much memory it holds, idle and after many orders.
// Run: node --import tsx bench/start.ts [orders]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { rounded } from "./kit/figures.js";
import { closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { end, launch, memoryOf, said } from "./kit/server.js";
import { attach, createOrders, place } from "./kit/tiffin.js";

const ORDERS = Number(process.argv[2] ?? 10_000);
const TILLS = 16;

announce("start");
const folder = await mkdtemp(join(tmpdir(), "tiffin-bench-"));
const dataDir = join(folder, "data");
const env = { DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "error", REQUESTS_PER_MINUTE: "0" };
const rows: Record<string, unknown>[] = [];

async function start(what: string) {
  const began = performance.now();
  const child = launch("src/main.ts", env);
  await said(child, "Stop it with Ctrl-C");
  rows.push({ what, figure: `${rounded((performance.now() - began) / 1_000, 1)} s` });
  return child;
}

let child = await start("first start: databases made, sample restaurant loaded");
try {
  await end(child, "SIGTERM");
  child = await start("start after a stop");
  await end(child, "SIGKILL");
  child = await start("start after kill -9");
  await pause(3_000);
  rows.push({ what: "memory of the server, idle", figure: `${await memoryOf(child.pid)} MB` });

  const tiffin = await attach(child, dataDir, { stocked: true });
  const client = createClient(tiffin.url, tiffin.token, TILLS);
  const next = createOrders(tiffin.dishes);
  let placed = 0;
  for (const share of [0.5, 1]) {
    const target = ORDERS * share;
    await closedLoop(
      TILLS,
      600,
      async () => {
        placed += 1;
        await place(client, next());
      },
      () => placed >= target,
    );
    await tiffin.quiet();
    rows.push({
      what: `memory of the server after ${target} orders`,
      figure: `${await memoryOf(child.pid)} MB`,
    });
  }
  client.close();
} finally {
  await end(child, "SIGTERM");
  await rm(folder, { recursive: true, force: true });
}
report("start", rows);
