// How long from a placed order's commit until each of three subscriptions has applied it (its transaction committed),
// at 50 orders/s on a durable embedded PostgreSQL; beside one round trip of LISTEN/NOTIFY, and a reader that polls every
// 100 ms. What the mechanism itself takes; the whole application, with all that its listeners do: bench/order-lag.ts.
// Run: node --import tsx bench/lag.ts [seconds]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { createBus } from "#platform/bus";
import { defineStatement, type Transaction } from "#platform/db";
import { openDataFolder, startEmbeddedPostgres } from "#platform/embedded";
import { defineEvent, newId } from "#platform/kernel";
import {
  createPostgresInbox,
  createPostgresOutbox,
  defineSubscription,
  outboxRows,
  toOutboxRows,
} from "#platform/outbox";
import { createTestPostgres } from "../src/platform/db/testing.js";
import { quantile, rounded } from "./kit/figures.js";
import { announce, report } from "./kit/report.js";

const SECONDS = Number(process.argv[2] ?? 10);
const EVERY_MS = 20;
/** As many hear of an order in the application. */
const LISTENERS = ["shop.stock", "shop.kitchen", "shop.reports"];

const Placed = defineEvent("shop.order-placed.v1", {
  key: (data) => data.orderId,
  schema: z.object({
    orderId: z.uuid(),
    placedAt: z.iso.datetime(),
    total: z.int(),
    lines: z.array(
      z.object({
        id: z.uuid(),
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        total: z.int(),
      }),
    ),
  }),
});
const createOrder = () =>
  Placed.create({
    orderId: newId(),
    placedAt: new Date().toISOString(),
    total: 10_500,
    lines: ["Mohinga", "Milk tea", "Samosa"].map((name) => ({
      id: newId(),
      sku: `${name.slice(0, 3).toUpperCase()}-01`,
      name,
      quantity: 1,
      total: 3_500,
    })),
  });

const publish = defineStatement<never>(
  "bench.publish",
  `insert into outbox (id, name, key, occurred_at, trace, data)
   select id, name, key, occurred_at, trace, data from ${outboxRows("$1")}`,
);
const poll = defineStatement<{ position: number; id: string }>(
  "bench.poll",
  "select position, id from outbox where position > $1 order by position",
);
const touch = defineStatement<never>(
  "bench.touch",
  "insert into inbox (subscription, event_id) select 'bench.' || $1, unnest($2::uuid[])",
);
const notify = defineStatement<never>("bench.notify", "select pg_notify('bench', '')");
const clear = defineStatement<never>("bench.clear", "delete from outbox");

const figures = (name: string, samples: readonly number[]) => ({
  name,
  count: samples.length,
  p50: rounded(quantile(samples, 0.5)),
  p99: rounded(quantile(samples, 0.99)),
  max: rounded(quantile(samples, 1)),
});

const path = await mkdtemp(join(tmpdir(), "tiffin-bench-"));
const folder = await openDataFolder(path);
const server = await startEmbeddedPostgres({ folder });
const test = await createTestPostgres(server.url, ["shop"]);
const database = test.postgres.connect<never>("shop");
const session = await database.openSession("bench");

/** When each of these events was applied, for each listener. */
type Applied = ReadonlyMap<string, Map<string, number>>;
const nothingApplied = (listeners: readonly string[]): Applied =>
  new Map(listeners.map((name) => [name, new Map()]));

/** Publishes one order each 20 ms; answers with the commit-to-applied times in ms once all are applied everywhere. */
async function publishAll(wake: () => void, applied: Applied): Promise<number[]> {
  const committedAt = new Map<string, number>();
  const started = performance.now();
  for (let n = 0; n < (SECONDS * 1_000) / EVERY_MS; n++) {
    const event = createOrder();
    await database.run(publish, [toOutboxRows([event])]);
    committedAt.set(event.id, performance.now());
    wake();
    await pause(Math.max(0, started + (n + 1) * EVERY_MS - performance.now()));
  }
  const isAllApplied = () => [...applied.values()].every(({ size }) => size === committedAt.size);
  for (const until = performance.now() + 10_000; !isAllApplied() && performance.now() < until;)
    await pause(20);
  return [...applied.values()].flatMap((appliedAt) =>
    [...committedAt].map(([id, at]) => (appliedAt.get(id) ?? Infinity) - at),
  );
}

function listener([name, appliedAt]: [string, Map<string, number>]) {
  let inHand: string[] = [];
  return defineSubscription<Transaction<never>>({
    name,
    events: [Placed],
    async handle(events, tx) {
      inHand = events.map((event) => event.id);
      await database.run(touch, [name, inHand], tx);
    },
    applied() {
      for (const id of inHand) appliedAt.set(id, performance.now());
    },
  });
}

async function measureRelay() {
  const bus = createBus();
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const applied = nothingApplied(LISTENERS);
  const outbox = createPostgresOutbox({ database, bus, logger });
  const inbox = createPostgresInbox({
    database,
    bus,
    logger,
    subscriptions: [...applied].map(listener),
  });
  inbox.start();
  outbox.start();
  await pause(500);
  const samples = await publishAll(() => outbox.wake(), applied);
  await outbox.stop();
  await inbox.stop();
  return figures("outbox → relay → three inboxes applied", samples);
}

/** What one durable commit costs here: the subscription's own transaction needs one. */
async function measureCommit() {
  const samples: number[] = [];
  for (let n = 0; n < 200; n++) {
    const sent = performance.now();
    await database.run(touch, ["alone", [newId()]]);
    samples.push(performance.now() - sent);
    await pause(5);
  }
  return figures("one durable commit alone", samples);
}

async function measureNotify() {
  const samples: number[] = [];
  let heard = () => undefined as void;
  await session.listen("bench", () => heard());
  for (let n = 0; n < 300; n++) {
    const arrived = new Promise<void>((resolve) => (heard = resolve));
    const sent = performance.now();
    await database.run(notify, []);
    await arrived;
    samples.push(performance.now() - sent);
    await pause(5);
  }
  return figures("LISTEN/NOTIFY round trip alone", samples);
}

async function measurePoller() {
  const applied = nothingApplied(["poller"]);
  const stop = new AbortController();
  const polling = (async () => {
    for (let last = 0; !stop.signal.aborted; await pause(100)) {
      const rows = await session.run(poll, [last]);
      if (rows.length === 0) continue;
      await database.run(touch, ["poller", rows.map((row) => row.id)]);
      last = rows.at(-1)?.position ?? last;
      for (const row of rows) applied.get("poller")?.set(row.id, performance.now());
    }
  })();
  const samples = await publishAll(() => undefined, applied);
  stop.abort();
  await polling;
  await database.run(clear, []);
  return figures("poller, every 100 ms", samples);
}

try {
  announce("lag");
  const ours = await measureRelay();
  const commitAlone = await measureCommit();
  const bare = await measureNotify();
  const poller = await measurePoller();
  report("lag", [ours, commitAlone, bare, poller]);
  console.log(
    `p50: ${(ours.p50 / bare.p50).toFixed(1)} × a NOTIFY round trip, 1/${(poller.p50 / ours.p50).toFixed(0)} of the poller. Goal: p99 below 20 ms.`,
  );
} finally {
  await session.close();
  await test.close();
  await server.stop();
  await folder.release();
  await rm(path, { recursive: true, force: true });
}
