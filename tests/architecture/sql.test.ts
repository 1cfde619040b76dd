// The database itself refuses what no import rule can see: raw SQL. Each planted statement runs under a module's role,
// through that module's own pool, and must end with exactly this SQLSTATE.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { ClientBase } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { manifest } from "#modules/manifest";
import { type Database, openPostgres } from "#platform/db";
import { BoundaryError } from "#platform/kernel";
import {
  createEmptyDatabase,
  createTestPostgres,
  TEST_SECRET,
  type TestPostgres,
} from "../../src/platform/db/testing.js";

const REFUSED = "42501";
/** The triggers of history. */
const RESTRICTED = "23001";
/** A schema that may not be used is as if it were not there. */
const UNKNOWN_TABLE = "42P01";

const modules = Object.entries(manifest).flatMap(([name, { store }]) =>
  store === "postgres" ? [name] : [],
);
const pairs = modules.flatMap((module) =>
  modules.filter((other) => other !== module).map((other) => [module, other] as const),
);

let test: TestPostgres;
const databases = new Map<string, Database>();
beforeAll(async () => {
  test = await createTestPostgres(inject("databaseUrl"), manifest);
  for (const module of modules) databases.set(module, test.postgres.connect(module, { max: 1 }));
});
afterAll(() => test.close());

const on = (module: string, text: string): Promise<unknown> => {
  const database = databases.get(module);
  if (!database) throw new Error(`${module} has no database`);
  return sql.raw(text).execute(database.kysely);
};
/** Runs the statements one by one in a transaction that is undone; answers with the error that ends it. */
async function refusal(module: string, ...statements: string[]): Promise<unknown> {
  await on(module, "begin");
  try {
    for (const statement of statements) await on(module, statement);
    return "was not refused";
  } catch (error) {
    return error;
  } finally {
    await on(module, "rollback");
  }
}

describe("SQL across schemas", () => {
  it("is no matter of course: each module reads and writes its own tables", async () => {
    for (const module of modules) {
      await on(module, "select * from inbox");
      await on(module, `delete from ${module}.inbox`);
    }
  });

  it.each(pairs)("by %s into %s is refused, whatever the statement", async (module, other) => {
    for (const statement of [
      `select * from ${other}.outbox`,
      `select 1 from inbox join ${other}.inbox as theirs using (event_id)`,
      `select (select count(*) from ${other}.inbox)`,
      `with gone as (delete from ${other}.outbox returning 1) select * from gone`,
      `insert into ${other}.inbox (subscription, event_id) values ('x', gen_random_uuid())`,
      `update ${other}.outbox set name = 'x'`,
      `truncate ${other}.outbox`,
      `lock table ${other}.outbox`,
      `copy ${other}.outbox to stdout`,
      `table ${other}.schema_migrations`,
    ]) {
      const error = await refusal(module, statement);
      expect(error, statement).toBeInstanceOf(BoundaryError);
      expect(error, statement).toMatchObject({ code: REFUSED });
      const { message } = error as Error;
      expect(message, statement).toContain(`\`${module}\` may not`);
      expect(message, statement).toMatch(new RegExp(`\`${other}\\b`));
    }
  });

  it.each(pairs)("by %s as %s is refused: no role can be put on", async (module, other) => {
    for (const role of [`tiffin_${other}`, `tiffin_${other}_owner`, `tiffin_${module}_owner`]) {
      expect(await refusal(module, `set role ${role}`), role).toMatchObject({ code: REFUSED });
      expect(await refusal(module, `set session authorization ${role}`), role).toMatchObject({
        code: REFUSED,
      });
    }
    expect(await refusal(module, `grant tiffin_${other} to tiffin_${module}`)).toMatchObject({
      code: REFUSED,
    });
  });

  it.each(pairs)("by %s is not opened by a search_path with %s in it", async (module, other) => {
    expect(
      await refusal(module, `set local search_path = ${other}`, "select * from outbox"),
    ).toMatchObject({ code: UNKNOWN_TABLE });
  });

  it.each(modules)(
    "cannot be left behind by %s: it makes and alters nothing at run time",
    async (module) => {
      for (const statement of [
        `create view spy as select 1 as x`,
        `create table own (id integer)`,
        `create temporary table own (id integer)`,
        `create function spy() returns integer language sql return 1`,
        `create schema another`,
        `create extension postgres_fdw`,
        `create role another`,
        `alter table outbox add column extra text`,
        `alter table inbox drop constraint inbox_pkey`,
        `alter table outbox disable trigger all`,
        `create index on outbox (name)`,
        `drop table outbox`,
        `truncate outbox`,
        `alter table outbox owner to tiffin_${module}`,
        `alter role tiffin_${module} createrole`,
        `alter database ${new URL(test.url).pathname.slice(1)} set search_path = public`,
        `update schema_migrations set checksum = ''`,
        `copy inbox to program 'true'`,
        `select pg_read_file('PG_VERSION')`,
        `select * from pg_authid`,
      ]) {
        expect(await refusal(module, statement), statement).toMatchObject({ code: REFUSED });
      }
    },
  );

  it("into a database of another application on the same server is refused at the door", async () => {
    const other = await createEmptyDatabase(inject("databaseUrl"));
    try {
      const postgres = await openPostgres({
        url: other.url,
        secret: TEST_SECRET,
        roles: "own",
        manifest: { strangers: { store: "postgres", calls: [], hears: [] } },
        logger: { warn: () => undefined },
      });
      await postgres.migrate();
      const stranger = await openPostgres({
        url: other.url,
        secret: TEST_SECRET,
        roles: "own",
        manifest,
        logger: { warn: () => undefined },
      });
      const database = stranger.connect(modules[0] ?? "");
      await expect(sql`select 1`.execute(database.kysely)).rejects.toMatchObject({ code: REFUSED });
      await stranger.close();
    } finally {
      await other.drop();
    }
  });
});

describe("What was sold", () => {
  it("is changed by nobody: the module has no right to, and a trigger stops whoever has", async () => {
    const codes = async (run: (text: string) => Promise<unknown>) => {
      const found: unknown[] = [];
      for (const text of [
        "update line_items set quantity = 2",
        "delete from line_items",
        "truncate line_items",
      ]) {
        const error = await run(text).catch((reason: unknown) => reason);
        found.push((error as { code?: string }).code);
      }
      return found;
    };
    expect(await codes((text) => refusal("orders", text))).toEqual(Array(3).fill(REFUSED));
    await test.postgres.asOwner(async (client) => {
      await client.query(`
        begin;
        set local search_path = orders;
        set local session_replication_role = replica;
        insert into line_items select gen_random_uuid(), gen_random_uuid(), 1, gen_random_uuid(), 'SKU', '{}', '{}',
          'grill', 1, 3500, '[]', null, '[]', 3500;
        commit;
        set search_path = orders`);
      expect(await codes((text) => client.query(text))).toEqual(Array(3).fill(RESTRICTED));
    });
  });

  it("and was cancelled stays so: nobody changes or removes the row that says so", async () => {
    await test.postgres.asOwner(async (client) => {
      await client.query(`
        begin;
        set local search_path = orders;
        set local session_replication_role = replica;
        insert into cancellations values
          (gen_random_uuid(), 'Ordered twice', '[]', '2026-11-23', now(), 'm', 'Manager', null, null);
        commit`);
      const codes = async (run: (text: string) => Promise<unknown>) => {
        const found: unknown[] = [];
        for (const text of [
          "update orders.cancellations set reason = ''",
          "delete from orders.cancellations",
          "truncate orders.cancellations",
        ]) {
          const error = await run(text).catch((reason: unknown) => reason);
          found.push((error as { code?: string }).code);
        }
        return found;
      };
      expect(await codes((text) => client.query(text))).toEqual(Array(3).fill(RESTRICTED));
      expect(await codes((text) => refusal("orders", text))).toEqual([
        RESTRICTED,
        RESTRICTED,
        REFUSED,
      ]);
    });
  });
});

const PAID = `values (gen_random_uuid(), gen_random_uuid(), 'card', 'captured', 'MMK', 3675, 3675, 3675, 0, null, null,
      '4242', null, null, null, now(), now())`;
/** Of each table: what may change in it, a row, and what must not become of that. */
const HISTORY = [
  {
    table: "orders.orders",
    moving: ["payment_status", "status", "version"],
    row: `values (gen_random_uuid(), 1, 'cancelled', 2, 'takeaway', null, '2026-11-23', 'MMK', 3500, 0, 0, 175, 0, 0,
      3675, '[]', gen_random_uuid(), 'cash', 'refund-pending', 5000, 1325, 'c', 'Cashier', now(), null)`,
    allowed: "payment_status = 'refunded', version = 3",
    refused: [
      "number = 2",
      "total = 3676, tax = 176",
      "placed_at = '2026-11-23'",
      "status = 'placed'",
    ],
  },
  {
    table: "payments.payments",
    moving: [
      "authorised",
      "barred_at",
      "barred_reason",
      "captured",
      "captured_at",
      "decline_code",
      "refunded",
      "status",
    ],
    row: PAID,
    allowed: "refunded = 3675, barred_at = now(), barred_reason = 'Cancelled'",
    refused: [
      "amount = 3676",
      "method = 'cash'",
      "currency = 'USD'",
      "captured = 0",
      "created_at = '2026-11-23'",
    ],
  },
  {
    table: "payments.refunds",
    moving: ["refusal_code", "settled_at", "status"],
    row: `select gen_random_uuid(), id, 'key', 75, 'pending', 'cold', null, now(), null from payments.payments`,
    allowed: "status = 'refunded', settled_at = now()",
    refused: [
      "amount = 74",
      "reason = ''",
      "status = 'refused'; update payments.refunds set status = 'pending'",
    ],
  },
] as const;
const movingColumns = async (client: ClientBase, table: string) => {
  const { rows } = await client.query<{ columns: string[]; deletes: boolean }>(
    `select array_agg(attname::text order by attname) as columns, has_table_privilege($2, $1, 'delete') as deletes
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and has_column_privilege($2, $1, attname, 'update')`,
    [table, `tiffin_${table.split(".")[0]}`],
  );
  return rows[0];
};
/** As the owner, who has every right, in a transaction that is undone. */
async function expectHistory(
  client: ClientBase,
  { table, row, allowed, refused }: (typeof HISTORY)[number],
) {
  await client.query("begin; set local session_replication_role = replica");
  await client.query(
    `insert into payments.payments ${PAID}; truncate ${table} cascade; insert into ${table} ${row}`,
  );
  await client.query("set local session_replication_role = origin; savepoint sold");
  const codeOf = async (statement: string) => {
    const error = await client.query(statement).catch((reason: unknown) => reason);
    await client.query("rollback to sold");
    return (error as { code?: string }).code;
  };
  expect(await codeOf(`update ${table} set ${allowed}`), allowed).toBeUndefined();
  for (const change of refused) {
    expect(await codeOf(`update ${table} set ${change}`), change).toBe(RESTRICTED);
  }
  expect(await codeOf(`delete from ${table}`)).toBe(RESTRICTED);
  expect(await codeOf(`truncate ${table} cascade`)).toBe(RESTRICTED);
  // What a later version adds is history, too, until it is said to be none.
  await client.query(`alter table ${table} add column tip bigint`);
  await client.query("savepoint sold");
  expect(await codeOf(`update ${table} set tip = 500`)).toBe(RESTRICTED);
  await client.query("rollback");
}

describe("An order and its money", () => {
  it.each(HISTORY)("stay as they were in $table: only how they stand moves on", async (history) => {
    const [module = ""] = history.table.split(".");
    const { table, moving, refused } = history;
    await test.postgres.asOwner(async (client) => {
      expect(await movingColumns(client, table)).toEqual({ columns: moving, deletes: false });
      await expectHistory(client, history);
    });
    expect(await refusal(module, `update ${table} set ${refused[0]}`)).toMatchObject({
      code: REFUSED,
    });
    expect(await refusal(module, `delete from ${table}`)).toMatchObject({ code: REFUSED });
  });

  it("stay so from the start after an update on, and after one at which a restored dump gets its rights anew", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tiffin-before-"));
    const empty = await createEmptyDatabase(inject("databaseUrl"));
    const migrate = async (migrations: string) => {
      const options = { url: empty.url, secret: TEST_SECRET, roles: "own", migrations } as const;
      const postgres = await openPostgres({
        ...options,
        manifest,
        logger: { warn: () => undefined },
      });
      return { postgres, done: await postgres.migrate() };
    };
    try {
      await cp("migrations", folder, { recursive: true });
      const added = ["orders/0005_sold_orders.sql", "payments/0005_history.sql"];
      for (const file of added) await rm(join(folder, file));
      const { postgres } = await migrate(folder);
      const holds = () =>
        postgres.asOwner(async (client) => {
          for (const history of HISTORY) {
            expect(await movingColumns(client, history.table)).toEqual({
              columns: history.moving,
              deletes: false,
            });
            await expectHistory(client, history);
          }
        });
      await expect(holds()).rejects.toThrow("deletes: true");
      expect((await migrate("migrations")).done.toSorted()).toEqual(added);
      await holds();
      await postgres.asOwner((client) =>
        client.query(
          HISTORY.map(({ table }) => `alter table ${table} owner to current_user`).join(";"),
        ),
      );
      await migrate("migrations");
      await holds();
      await postgres.close();
    } finally {
      await empty.drop();
      await rm(folder, { recursive: true });
    }
  });
});

describe("A migration", () => {
  const [own = "", other = ""] = modules;
  // What a trusting reviewer would let pass, for the tables are "only looked at".
  it.each([
    [
      "a join",
      `create table copy as select inbox.* from inbox join ${other}.inbox as theirs using (event_id)`,
    ],
    ["a view", `create view spy as select * from ${other}.outbox`],
    [
      "a function",
      `create function spy() returns bigint language sql return (select count(*) from ${other}.outbox)`,
    ],
    [
      "a function that hides its statement",
      `create function sneak() returns void language plpgsql security definer as $$ begin execute 'select * from ${other}.outbox'; end $$; select sneak()`,
    ],
    ["a foreign key", `create table child (event uuid references ${other}.outbox (id))`],
    [
      "a trigger on a foreign table",
      `create trigger spy after insert on ${other}.outbox execute function spy()`,
    ],
    ["an inherited table", `create table child () inherits (${other}.outbox)`],
    ["a gift", `grant usage on schema ${other} to :role`],
    ["a gift to everybody", `grant usage on schema ${other} to public`],
    ["a change of a foreign table", `alter table ${other}.outbox add column spy text`],
    ["a table in a foreign schema", `create table ${other}.spy (id integer)`],
  ])("across schemas by %s is refused by PostgreSQL, and undone", async (_what, text) => {
    const folder = await mkdtemp(join(tmpdir(), "tiffin-planted-"));
    const empty = await createEmptyDatabase(inject("databaseUrl"));
    try {
      const postgres = await openPostgres({
        url: empty.url,
        secret: TEST_SECRET,
        roles: "own",
        // The other one first, so that its tables are there to be reached for.
        manifest: {
          [other]: { store: "postgres", calls: [], hears: [] },
          [own]: { store: "postgres", calls: [], hears: [] },
        },
        logger: { warn: () => undefined },
        migrations: folder,
      });
      await mkdir(join(folder, own));
      await mkdir(join(folder, "platform"));
      await writeFile(
        join(folder, "platform", "0001_base.sql"),
        `create table outbox (id uuid primary key); create table inbox (event_id uuid primary key);
         create function spy() returns trigger language plpgsql as $$ begin return null; end $$`,
      );
      await writeFile(join(folder, own, "0001_planted.sql"), text);
      const error = await postgres.migrate().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StartError", cause: { code: REFUSED } });
    } finally {
      await empty.drop();
      await rm(folder, { recursive: true });
    }
  });
});
