// For tests: the `World` of conformance.ts in a fresh PostgreSQL database.
import { type Database, defineStatement, type Transaction } from "#platform/db";
import { createTestPostgres, TEST_SECRET } from "../../db/testing.js";
import { passwordOf, roleOf } from "../../db/roles.js";
import { createPostgresInbox, createPostgresOutbox, openSession, toOutboxRows } from "../index.js";
import { quiet, type World } from "../testing.js";
import { insert } from "./outbox-statements.js";

const MODULE = "shop";
export type ShopTx = Transaction<never>;

const statement = (text: string) => defineStatement<never>(`test.${text}`, text);
const addChange = statement("insert into changes default values");
const addEffect = statement(
  "insert into effects (subscription, n) select $1, n from unnest($2::integer[]) with ordinality as list(n, place) order by place",
);
const countChanges = defineStatement<{ count: number }>(
  "test.changes",
  "select count(*) as count from changes",
);
const listEffects = defineStatement<{ n: number }>(
  "test.effects",
  "select n from effects where subscription = $1 order by position",
);

/** Session options of one module, as the application would have them. */
export const sessionOf = (url: string, module: string) => {
  const connection = new URL(url);
  connection.username = roleOf(module);
  connection.password = passwordOf(TEST_SECRET, roleOf(module));
  return () => openSession({ connectionString: connection.href, schema: module });
};

export interface PostgresWorld extends World<ShopTx> {
  readonly url: string;
  readonly database: Database;
  readonly owner: Awaited<ReturnType<typeof openSession>>;
}

export async function createPostgresWorld(serverUrl: string): Promise<PostgresWorld> {
  const test = await createTestPostgres(serverUrl, [MODULE]);
  const owner = await openSession({ connectionString: test.url, schema: MODULE, name: "tests" });
  const asOwner = (text: string, values: unknown[] = []) => owner.run({ name: "", text }, values);
  await asOwner("create table changes (at timestamptz default now())");
  await asOwner(
    "create table effects (position bigint generated always as identity, subscription text, n integer)",
  );
  const database = test.postgres.connect<never>(MODULE);
  return {
    url: test.url,
    database,
    owner,
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
    changes: async () => (await database.run(countChanges, []))[0]?.count ?? 0,
    async apply(tx, subscription, events) {
      const numbers = events.map((event) => (event.data as { n: number }).n);
      await database.run(addEffect, [subscription, numbers], tx);
    },
    effects: async (subscription) =>
      (await database.run(listEffects, [subscription])).map(({ n }) => n),
    createOutbox: (bus, { timing, retentionDays }) =>
      createPostgresOutbox({
        database,
        openSession: sessionOf(test.url, MODULE),
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
      await asOwner(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()",
        [`tiffin:${MODULE}:relay`],
      );
    },
    async breakInbox(broken) {
      const [from, to] = broken ? ["inbox", "inbox_away"] : ["inbox_away", "inbox"];
      await asOwner(`alter table ${from} rename to ${to}`);
    },
    async age(days) {
      await asOwner(
        "update outbox_archive set archived_at = archived_at - make_interval(days => $1)",
        [days],
      );
    },
    async reset() {
      await asOwner(
        "truncate outbox, outbox_archive, outbox_subscriptions, inbox, inbox_failures, changes, effects restart identity",
      );
    },
    async close() {
      await owner.close();
      await test.close();
    },
  };
}
