// How long from an event's commit until a subscription has applied it (its transaction committed), at 50 events/s on
// a durable embedded PostgreSQL; beside one round trip of LISTEN/NOTIFY, and a reader that polls every 100 ms.
// The whole application, over all its subscriptions: bench/order-lag.ts.
// Run: node --import tsx bench/lag.ts [seconds]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { createBus } from "#platform/bus";
import { defineStatement } from "#platform/db";
import { openDataFolder, startEmbeddedPostgres } from "#platform/embedded";
import { defineEvent, newId } from "#platform/kernel";
import {
  createPostgresInbox,
  createPostgresOutbox,
  outboxRows,
  toOutboxRows,
} from "#platform/outbox";
import { createTestPostgres } from "../src/platform/db/testing.js";
import { quantile, rounded } from "./kit/figures.js";
import { announce, report } from "./kit/report.js";

const SECONDS = Number(process.argv[2] ?? 10);
const EVERY_MS = 20;

const Placed = defineEvent("shop.order-placed.v1", {
  key: (data) => data.orderId,
  schema: z.object({ orderId: z.string(), n: z.int() }),
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
  "insert into inbox (subscription, event_id) select 'bench', unnest($1::uuid[])",
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

/** Publishes one event each 20 ms; answers with the commit-to-applied times in ms once all are applied. */
async function publishAll(wake: () => void, appliedAt: Map<string, number>): Promise<number[]> {
  const committedAt = new Map<string, number>();
  const started = performance.now();
  for (let n = 0; n < (SECONDS * 1_000) / EVERY_MS; n++) {
    const event = Placed.create({ orderId: newId(), n });
    await database.run(publish, [toOutboxRows([event])]);
    committedAt.set(event.id, performance.now());
    wake();
    await pause(Math.max(0, started + (n + 1) * EVERY_MS - performance.now()));
  }
  for (
    const until = performance.now() + 10_000;
    appliedAt.size < committedAt.size && performance.now() < until;
  )
    await pause(20);
  return [...committedAt].map(([id, at]) => (appliedAt.get(id) ?? Infinity) - at);
}

async function measureRelay() {
  const bus = createBus();
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const appliedAt = new Map<string, number>();
  let inHand: string[] = [];
  const outbox = createPostgresOutbox({ database, bus, logger });
  const inbox = createPostgresInbox({
    database,
    bus,
    logger,
    subscriptions: [
      {
        name: "shop.bench",
        events: [Placed],
        async handle(events, tx) {
          inHand = events.map((event) => event.id);
          await database.run(touch, [inHand], tx);
        },
        applied() {
          for (const id of inHand) appliedAt.set(id, performance.now());
        },
      },
    ],
  });
  inbox.start();
  outbox.start();
  await pause(500);
  const samples = await publishAll(() => outbox.wake(), appliedAt);
  await outbox.stop();
  await inbox.stop();
  return figures("outbox → relay → inbox applied", samples);
}

/** What one durable commit costs here: the subscription's own transaction needs one. */
async function measureCommit() {
  const samples: number[] = [];
  for (let n = 0; n < 200; n++) {
    const sent = performance.now();
    await database.run(touch, [[newId()]]);
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
  const appliedAt = new Map<string, number>();
  const stop = new AbortController();
  const polling = (async () => {
    for (let last = 0; !stop.signal.aborted; await pause(100)) {
      const rows = await session.run(poll, [last]);
      if (rows.length === 0) continue;
      await database.run(touch, [rows.map((row) => row.id)]);
      last = rows.at(-1)?.position ?? last;
      for (const row of rows) appliedAt.set(row.id, performance.now());
    }
  })();
  const samples = await publishAll(() => undefined, appliedAt);
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
