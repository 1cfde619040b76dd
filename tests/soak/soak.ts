// An evening that lasts as long as one likes: tills sell while the server is killed, databases fail and the network
// drops. It ends by itself, on this machine alone, and says whether everything adds up. Exits with 1 when it does not.
// Each night everything that is finished grows older than it is kept, so that the purges of months are seen in minutes.
// Run: npm run soak -- [--minutes 10] [--tills 4] [--evenings 2]
import { readArguments } from "../../src/cli/arguments.js";
import { printReconciliation, reconcileQuietly } from "../../src/cli/reconciliation.js";
import { ApiError, createApi } from "../../src/cli/server.js";
import { renderTable } from "../../src/cli/table.js";
import type { Reconciliation } from "../../src/system/contract.js";
import { brokenInvariants } from "../crash/invariants.js";
import { countRows, letYearsPass, sizesMb, sweep } from "./night.js";
import { openRestaurant } from "./restaurant.js";
import { createTills } from "./tills.js";
import { createTrouble } from "./trouble.js";

const USAGE = "npm run soak -- [--minutes 10] [--tills 4] [--evenings 2]";
const { values } = readArguments(
  {
    options: {
      minutes: { type: "string", default: "10" },
      tills: { type: "string", default: "4" },
      evenings: { type: "string" },
    },
  },
  USAGE,
);
const minutes = Number(values.minutes);
const tillCount = Number(values.tills);
if (!(minutes >= 1 && minutes <= 240) || !(tillCount >= 1 && tillCount <= 32)) {
  console.error(`--minutes takes 1 to 240 and --tills 1 to 32: ${USAGE}`);
  process.exit(2);
}

/** The last of them without kills, so that one server's memory can be watched while it lives. */
const EVENINGS = Math.max(2, Math.round(Number(values.evenings ?? minutes / 5)));
const LOOK_EVERY_MS = 60_000;
const WARM_MS = 20_000;
const PATIENCE_MS = 180_000;
const ASK_AGAIN_MS = 30_000;
/** After the last night: the purge comes ten seconds after a start. */
const PURGED_WITHIN_MS = 60_000;
/** What may be left then: sagas and events of the start itself. */
const FEW_ROWS = 200;
const GROWTH = { factor: 1.5, mb: 64 };
/** Of tables, for each row, from the first two evenings to the last: an evening takes the room of those before it, and
 *  more where it has more rows. Were no room taken again, twelve evenings would need twelve times as much. */
const ROOM_GROWTH = { factor: 2, mb: 16 };

const differences: string[] = [];
const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const restaurant = await openRestaurant();
const { stores } = restaurant;
const tills = createTills(restaurant.door);
const trouble = createTrouble(restaurant);
const memory: { from: number; to: number } = { from: 0, to: 0 };
let since = new Date();
let rowsAtEnd: Record<string, number> = {};
/** How much the tables held at the end of each evening, and in how much room. */
const evenings: { readonly rows: number; readonly mb: number }[] = [];

async function look(): Promise<void> {
  const { passing, documents } = await sizesMb(stores);
  say(
    `memory ${restaurant.memoryMb()} MB; what passes ${passing} MB, documents ${documents} MB; ${tills.told.placed.size} orders`,
  );
}

async function spendEvening(number: number): Promise<void> {
  // Between two starts of the server there is nothing to look at.
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  const isLast = number === EVENINGS;
  const ends = performance.now() + (minutes * 60_000) / EVENINGS;
  await tills.start(tillCount);
  if (isLast) {
    await pause(WARM_MS);
    memory.from = restaurant.memoryMb();
  }
  await trouble.make(ends, { kill: !isLast });
  if (isLast) memory.to = restaurant.memoryMb();
  clearInterval(looking);
  await tills.close();
  await check();
  const rows = await countRows(stores);
  const { passing } = await sizesMb(stores);
  evenings.push({ rows: sumOf(rows), mb: passing });
  say(
    `evening ${number} of ${EVENINGS}: ${tills.told.placed.size} orders so far; ${rowsOf(rows)} in ${passing} MB`,
  );
}

/** Asks again, as its answer says, when a connection was lost in the last fault and nobody had used it since. */
async function readBooks(): Promise<Reconciliation> {
  const api = createApi(restaurant.door().url, await restaurant.operatorToken());
  const deadline = performance.now() + ASK_AGAIN_MS;
  for (;;) {
    try {
      return await reconcileQuietly(api, PATIENCE_MS);
    } catch (error) {
      const isPassing = error instanceof ApiError && error.status === 503;
      if (!isPassing || performance.now() > deadline) throw error;
      await pause(1_000);
    }
  }
}

async function check(): Promise<void> {
  const books = await readBooks();
  if (!printReconciliation(books)) differences.push("The reconciliation finds differences.");
  if (books.captured - books.refunded !== books.ordersTotal) {
    differences.push(
      `${books.captured - books.refunded} kept, the orders cost ${books.ordersTotal}`,
    );
  }
  const told = tills.told.placed.size + trouble.placed.size;
  if (books.orders !== told)
    differences.push(`${books.orders} orders, the tills were told of ${told}`);
  if (books.cancelled !== tills.told.cancelled.size) {
    differences.push(
      `${books.cancelled} cancelled, the tills were told of ${tills.told.cancelled.size}`,
    );
  }
  for (const [what, rows] of Object.entries(await brokenInvariants(stores, since))) {
    differences.push(`Broken: ${what}: ${JSON.stringify(rows).slice(0, 500)}`);
  }
}

async function passNight(): Promise<void> {
  await letYearsPass(stores);
  since = new Date();
  rowsAtEnd = await expectPurged();
  await sweep(stores);
  const { passing, documents } = await sizesMb(stores);
  say(
    `after the night: ${rowsOf(rowsAtEnd)}; what passes ${passing} MB, documents ${documents} MB`,
  );
}

async function expectPurged(): Promise<Record<string, number>> {
  await restaurant.restart("SIGTERM");
  const deadline = Date.now() + PURGED_WITHIN_MS;
  for (;;) {
    const rows = await countRows(stores);
    const left = sumOf(rows);
    if (left <= FEW_ROWS) return rows;
    if (Date.now() > deadline) {
      differences.push(`Purges leave ${left} rows: ${rowsOf(rows)}`);
      return rows;
    }
    await pause(1_000);
  }
}

const sumOf = (rows: Record<string, number>) =>
  Object.values(rows).reduce((sum, count) => sum + count, 0);
const rowsOf = (rows: Record<string, number>) =>
  Object.entries(rows)
    .map(([table, count]) => `${table} ${count}`)
    .join(", ");

const rowsAtStart = await countRows(stores);
try {
  say(`${minutes} minutes, ${tillCount} tills, ${EVENINGS} evenings`);
  for (let evening = 1; evening <= EVENINGS; evening++) {
    await spendEvening(evening);
    await passNight();
  }
  await check();
} catch (error) {
  differences.push(
    `It broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
} finally {
  await restaurant.close();
}

const { kills, stops, faults, recoveriesMs, unrecovered } = trouble.seen();
const { placed, cancelled, refused, wrong } = tills.told;
const sorted = recoveriesMs.toSorted((a, b) => a - b);
const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
if (memory.to > memory.from * GROWTH.factor + GROWTH.mb) {
  differences.push(`Memory grew from ${memory.from} to ${memory.to} MB`);
}
const firstRoom = Math.max(
  ...evenings
    .slice(0, -1)
    .slice(0, 2)
    .map(({ rows, mb }) => mb / rows),
);
const last = evenings.at(-1);
if (last && last.mb > firstRoom * last.rows * ROOM_GROWTH.factor + ROOM_GROWTH.mb) {
  const rooms = evenings.map(({ rows, mb }) => `${mb} MB for ${rows} rows`);
  differences.push(`Tables grew from evening to evening: ${rooms.join(", ")}`);
}
differences.push(
  ...wrong,
  ...restaurant.surprises,
  ...unrecovered.map((what) => `No order went through within a minute after: ${what}`),
);
const sum = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((a, b) => a + b, 0);
console.log(
  `\n${renderTable(
    ["Soak", "Count"],
    [
      ["Orders placed", placed.size + trouble.placed.size],
      ["Orders cancelled", cancelled.size],
      ...[...refused].map(([code, count]): [string, number] => [`Refused: ${code}`, count]),
      ["Kills (SIGKILL)", kills],
      ["Stops (SIGTERM)", stops],
      ["Faults", sum(faults)],
      ...[...faults].map(([name, count]): [string, number] => [`  ${name}`, count]),
      ["Recoveries", recoveriesMs.length],
      ["Recovery, median ms", at(0.5)],
      ["Recovery, longest ms", at(1)],
      ["Memory of the last evening, from MB", memory.from],
      ["Memory of the last evening, to MB", memory.to],
    ],
  )}\n`,
);
console.log(`Rows at the start: ${rowsOf(rowsAtStart)}`);
console.log(`Rows at the end:   ${rowsOf(rowsAtEnd)}`);
for (const difference of differences) console.log(`✗ ${difference}`);
console.log(
  differences.length === 0 ? "✓ Everything adds up." : `✗ ${differences.length} differences.`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
