// For tests: the `World` of conformance.ts in a fresh PostgreSQL database.
import {
  type Database,
  defineStatement,
  openPostgres,
  type Postgres,
  type Transaction,
} from "#platform/db";
import { createTestPostgres, query, TEST_SECRET } from "../../db/testing.js";
import { createPostgresInbox, createPostgresOutbox, toOutboxRows } from "../index.js";
import { quiet, type World } from "../testing.js";
import { insert } from "./outbox-statements.js";

const MODULE = "shop";
export type ShopTx = Transaction<never>;

const addChange = defineStatement<never>("test.add-change", "insert into changes default values");
const addEffect = defineStatement<never>(
  "test.add-effect",
  "insert into effects (subscription, n) select $1, n from unnest($2::integer[]) with ordinality as list(n, place) order by place",
);
const countChanges = defineStatement<{ count: number }>(
  "test.changes",
  "select count(*) as count from changes",
);
const naiveRead = defineStatement<{ place: number; n: number }>(
  "test.naive-read",
  `select position as place, (data->>'n')::integer as n from outbox where position > $1 order by position`,
);
const countKnown = defineStatement<{ count: number }>(
  "test.known",
  "select count(*) as count from inbox",
);
const removeEffects = defineStatement<never>(
  "test.remove-effects",
  "delete from effects where subscription = $1",
);
const listEffects = defineStatement<{ n: number }>(
  "test.effects",
  "select n from effects where subscription = $1 order by position",
);

export interface PostgresWorld extends World<ShopTx> {
  readonly url: string;
  readonly database: Database;
}

export async function createPostgresWorld(serverUrl: string): Promise<PostgresWorld> {
  const test = await createTestPostgres(serverUrl, [MODULE]);
  await query(
    test.url,
    `create table shop.changes (at timestamptz default now());
     create table shop.effects (position bigint generated always as identity, subscription text, n integer);
     grant all on shop.changes, shop.effects to tiffin_shop`,
  );
  return worldOf(test.url, test.postgres, () => test.close());
}

/** The world that another process created. */
export async function joinPostgresWorld(url: string): Promise<PostgresWorld> {
  const postgres = await openPostgres({
    url,
    secret: TEST_SECRET,
    roles: "own",
    manifest: { [MODULE]: { store: "postgres", calls: [], hears: [] } },
    logger: quiet,
  });
  return worldOf(url, postgres, () => postgres.close());
}

function worldOf(url: string, postgres: Postgres, close: () => Promise<void>): PostgresWorld {
  const asOwner = (text: string) => query(url, text);
  const database = postgres.connect<never>(MODULE);
  return {
    url,
    database,
    publish: (events) =>
      database.transaction(async (tx) => {
        await database.run(addChange, [], tx);
        await database.run(insert, [toOutboxRows(events)], tx);
      }),
    async publishInVain(event) {
      const undone = new Error("undone");
      await database
        .transaction(async (tx) => {
          await database.run(addChange, [], tx);
          await database.run(insert, [toOutboxRows([event])], tx);
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });
    },
    async beginLate(event) {
      let commit = () => undefined as void;
      const mayCommit = new Promise<void>((resolve) => (commit = resolve));
      let ended: Promise<void> = Promise.resolve();
      await new Promise<void>((written, failed) => {
        ended = database.transaction(async (tx) => {
          await database.run(insert, [toOutboxRows([event])], tx);
          written();
          await mayCommit;
        });
        ended.catch(failed);
      });
      return {
        async commit() {
          commit();
          await ended;
        },
      };
    },
    readAfter: (last) => database.run(naiveRead, [last ?? 0]),
    changes: async () => (await database.run(countChanges, []))[0]?.count ?? 0,
    async apply(tx, subscription, events) {
      const numbers = events.map((event) => (event.data as { n: number }).n);
      await database.run(addEffect, [subscription, numbers], tx);
    },
    effects: async (subscription) =>
      (await database.run(listEffects, [subscription])).map(({ n }) => n),
    clearEffects: async (subscription) => {
      await database.run(removeEffects, [subscription]);
    },
    createOutbox: (bus, { timing, retentionDays }) =>
      createPostgresOutbox({
        database,
        bus,
        logger: quiet,
        ...(timing && { timing }),
        ...(retentionDays !== undefined && { retentionDays }),
      }),
    createInbox: (bus, subscriptions, { retry, retentionDays }) =>
      createPostgresInbox({
        database,
        subscriptions,
        bus,
        logger: quiet,
        ...(retry && { retry }),
        ...(retentionDays !== undefined && { retentionDays }),
      }),
    async breakClaim() {
      await asOwner(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'tiffin:${MODULE}:relay' and datname = current_database()`);
    },
    async breakInbox(broken) {
      const [from, to] = broken ? ["inbox", "inbox_away"] : ["inbox_away", "inbox"];
      await asOwner(`alter table shop.${from} rename to ${to}`);
    },
    async age(days) {
      // The inbox knows the age of an event by its id.
      await asOwner(
        `update shop.outbox_archive set archived_at = archived_at - make_interval(days => ${days});
         update shop.inbox set event_id = (lpad(to_hex(
           (extract(epoch from now() - make_interval(days => ${days})) * 1000)::bigint), 12, '0')
           || substr(replace(event_id::text, '-', ''), 13))::uuid`,
      );
    },
    known: async () => (await database.run(countKnown, []))[0]?.count ?? 0,
    async reset() {
      const tables = [
        "outbox",
        "outbox_archive",
        "outbox_subscriptions",
        "inbox",
        "inbox_failures",
        "changes",
        "effects",
      ];
      await asOwner(
        `truncate ${tables.map((table) => `shop.${table}`).join(", ")} restart identity`,
      );
    },
    close,
  };
}
