// A relay that finds a long backlog (a day without it): does it drain at a rate that does not fall, in flat memory?
// Run: node --import tsx bench/backlog.ts [events]
import { createBus } from "#platform/bus";
import { defineStatement } from "#platform/db";
import { createPostgresInbox, createPostgresOutbox } from "#platform/outbox";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { defineEvent } from "#platform/kernel";
import { createTestPostgres } from "../src/platform/db/testing.js";
import { rounded } from "./kit/figures.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const TENTHS = 10;

const Happened = defineEvent("shop.thing-happened.v1", {
  key: (data) => data.subject,
  schema: z.object({ subject: z.string(), n: z.int() }),
});
const fill = defineStatement<never>(
  "bench.fill",
  `insert into outbox (id, name, key, occurred_at, data)
   select uuidv7(), '${Happened.name}', 'subject-' || n % 1000, now(),
     jsonb_build_object('subject', 'subject-' || n % 1000, 'n', n)
   from generate_series($1::int, $2::int) as n`,
);
const count = defineStatement<{ events: number }>(
  "bench.count",
  "select count(*)::int as events from outbox",
);

announce("backlog");
await withBench(async ({ postgresUrl }) => {
  const test = await createTestPostgres(postgresUrl, ["shop"]);
  const database = test.postgres.connect<never>("shop");
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const bus = createBus();
  let applied = 0;
  const outbox = createPostgresOutbox({ database, bus, logger });
  const inbox = createPostgresInbox({
    database,
    bus,
    logger,
    subscriptions: [
      {
        name: "shop.bench",
        events: [Happened],
        handle(events) {
          applied += events.length;
          return Promise.resolve();
        },
      },
    ],
  });
  for (let n = 1; n <= EVENTS; n += 50_000)
    await database.run(fill, [n, Math.min(EVENTS, n + 49_999)]);

  const rows: Record<string, unknown>[] = [];
  inbox.start();
  outbox.start();
  for (let tenth = 1; tenth <= TENTHS; tenth++) {
    const [before, started] = [applied, performance.now()];
    while (applied < (EVENTS * tenth) / TENTHS) await pause(5);
    rows.push({
      "drained %": tenth * TENTHS,
      "events/s": rounded(((applied - before) / (performance.now() - started)) * 1_000, 0),
      "memory MB": rounded(process.memoryUsage().rss / 2 ** 20, 0),
    });
  }
  while (((await database.run(count, []))[0]?.events ?? 0) > 0) await pause(50);
  await outbox.stop();
  await inbox.stop();
  await test.close();
  report("backlog", rows);
  console.log("Goal: the last tenth as fast as the first, in the same memory.");
});
