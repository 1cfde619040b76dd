// Who may be set up by whom: as a superuser, as one who may make roles, as one who may not, and beside another Tiffin.
// Modules have random names here: roles belong to the whole server, and other tests use the real ones.
import { Client } from "pg";
import { afterEach, describe, expect, inject, it } from "vitest";
import { StartError } from "#platform/kernel";
import { openPostgres, type Postgres, type PostgresOptions } from "./postgres.js";
import { defineStatement } from "./statements.js";
import { createEmptyDatabase, query } from "./testing.js";

const whoAmI = defineStatement<{ user: string }>("test.who", "select current_user::text as user");
const serverUrl = inject("databaseUrl");
const cleanups: (() => Promise<void>)[] = [];
/** Can go once no database needs them. */
const roles: string[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  for (const role of roles.splice(0)) await query(serverUrl, `drop role if exists ${role}`);
});

const letters = () =>
  Array.from({ length: 8 }, () => "abcdefghijkmnpqrstuvwxyz"[Math.floor(Math.random() * 24)]).join(
    "",
  );

function newModule(): string {
  const module = `t${letters()}`;
  roles.push(`tiffin_${module}`, `tiffin_${module}_owner`);
  return module;
}

async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createEmptyDatabase(serverUrl);
  cleanups.push(drop);
  return url;
}

async function open(
  url: string,
  modules: readonly string[],
  over: Partial<PostgresOptions> = {},
): Promise<Postgres> {
  const manifest = Object.fromEntries(
    modules.map((name) => [name, { store: "postgres", calls: [], hears: [] } as const]),
  );
  const logger = { warn: () => undefined };
  const postgres = await openPostgres({
    url,
    secret: "s",
    roles: "own",
    manifest,
    logger,
    ...over,
  });
  cleanups.push(() => postgres.close());
  return postgres;
}

const userOf = async (postgres: Postgres, module: string) =>
  (await postgres.connect(module).run(whoAmI, []))[0]?.user;

async function select<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another user of the server, who owns a database; for what DATABASE_URL may be elsewhere. */
async function asUser(attributes: string): Promise<string> {
  const user = `u${letters()}`;
  await query(serverUrl, `create role ${user} login password 'p' ${attributes}`);
  roles.push(user);
  const url = new URL(await emptyDatabase());
  await query(serverUrl, `alter database ${url.pathname.slice(1)} owner to ${user}`);
  url.username = user;
  url.password = "p";
  return url.href;
}

describe("The roles of the modules", () => {
  it("sign in and do nothing else: no powers, no membership, no way in for everybody", async () => {
    const url = await emptyDatabase();
    const module = newModule();
    const postgres = await open(url, [module]);
    await postgres.migrate();
    expect(await userOf(postgres, module)).toBe(`tiffin_${module}`);
    const rows = await select(
      url,
      `select rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
         (select count(*)::int from pg_auth_members where member = pg_roles.oid) as memberships
       from pg_roles where rolname like 'tiffin_${module}%' order by rolname`,
    );
    const nothing = {
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
      memberships: 0,
    };
    expect(rows).toEqual([
      { rolname: `tiffin_${module}`, rolcanlogin: true, ...nothing },
      { rolname: `tiffin_${module}_owner`, rolcanlogin: false, ...nothing },
    ]);
    const everybody = await select(
      url,
      `select has_database_privilege('public', current_database(), 'connect, temporary')
         or has_schema_privilege('public', 'public', 'usage, create')
         or has_schema_privilege('public', '${module}', 'usage, create') as may`,
    );
    expect(everybody).toEqual([{ may: false }]);
  });

  it("lose at the next start what somebody gave them", async () => {
    const url = await emptyDatabase();
    const [one, two] = [newModule(), newModule()];
    const postgres = await open(url, [one, two]);
    await postgres.migrate();
    await query(
      url,
      `alter role tiffin_${one} createdb; grant pg_read_all_data to tiffin_${one};
       grant usage on schema ${two} to tiffin_${one}`,
    );
    await postgres.migrate();
    const rows = await select(
      url,
      `select rolcreatedb or pg_has_role(oid, 'pg_read_all_data', 'member')
         or has_schema_privilege(oid, '${two}', 'usage') as may
       from pg_roles where rolname = 'tiffin_${one}'`,
    );
    expect(rows).toEqual([{ may: false }]);
  });

  it("are made once when many databases of one server start at the same time", async () => {
    const modules = [newModule(), newModule()];
    const urls = await Promise.all(Array.from({ length: 6 }, emptyDatabase));
    const all = await Promise.all(urls.map((url) => open(url, modules)));
    await Promise.all([...all, ...all].map((postgres) => postgres.migrate()));
    for (const postgres of all) {
      expect(await userOf(postgres, modules[0] ?? "")).toBe(`tiffin_${modules[0]}`);
    }
  });

  it("get a new password with a new secret, unless another database needs the old one", async () => {
    const module = newModule();
    const url = await emptyDatabase();
    await (await open(url, [module])).migrate();
    const renewed = await open(url, [module], { secret: "new" });
    await renewed.migrate();
    expect(await userOf(renewed, module)).toBe(`tiffin_${module}`);

    const second = await open(await emptyDatabase(), [module], { secret: "another" });
    await expect(second.migrate()).rejects.toThrow(
      /serves tiffin_test_\w+ too, with another secret/,
    );
    expect(await userOf(await open(url, [module], { secret: "new" }), module)).toBe(
      `tiffin_${module}`,
    );
  });
});

it("A role's password stays while another process is signed in with it, as one with another secret may start beside it", async () => {
  const module = newModule();
  const url = await emptyDatabase();
  const first = await open(url, [module]);
  await first.migrate();
  const working = first.connect(module);
  await working.run(whoAmI, []);
  const second = await open(url, [module], { secret: "another" });
  await expect(second.migrate()).rejects.toThrow(/with another secret: give both the same/);
  expect(await userOf(first, module)).toBe(`tiffin_${module}`);
  await first.close();
  await expect.poll(() => second.migrate().catch(String)).toEqual([]);
});

it("A role for which the server has no room is told apart from one that it does not let in", async () => {
  const url = await emptyDatabase();
  const module = newModule();
  const postgres = await open(url, [module]);
  await postgres.migrate();
  await query(url, `alter role tiffin_${module} connection limit 0`);
  await expect(postgres.migrate()).rejects.toThrow(
    /sign in \(too many connections.*\): end other programs .*max_connections/,
  );
});

describe("A user of DATABASE_URL who is no superuser", () => {
  it("is enough when it may make roles", async () => {
    const url = await asUser("createrole");
    const module = newModule();
    const postgres = await open(url, [module]);
    await postgres.migrate();
    expect(await postgres.migrate()).toEqual([]);
    expect(await userOf(postgres, module)).toBe(`tiffin_${module}`);
    const [row] = await select(url, `select count(*)::int as count from ${module}.outbox`);
    expect(row).toEqual({ count: 0 });
  });

  it("is told the exact statements when it may not, and starts once an administrator ran them", async () => {
    const url = await asUser("");
    const module = newModule();
    const postgres = await open(url, [module]);
    const error = await postgres.migrate().catch((reason: unknown) => reason as Error);
    if (!(error instanceof StartError)) throw error;
    expect(error.message).toMatch(
      /^The user of DATABASE_URL may not set up .*DATABASE_ROLES=shared/,
    );
    expect(error.message).not.toContain("\n  undefined");
    const sql = error.message.slice(error.message.indexOf("\n"));
    expect(sql).toMatch(/create role tiffin_\w+ login .* password 'SCRAM-SHA-256\$/);
    const administrator = new URL(serverUrl);
    administrator.pathname = new URL(url).pathname;
    await query(administrator.href, sql);
    await postgres.migrate();
    expect(await userOf(postgres, module)).toBe(`tiffin_${module}`);
  });

  it("may share its own role, with a warning; roles can follow later and keep what was narrowed", async () => {
    const url = await asUser("");
    const module = newModule();
    const warnings: string[] = [];
    const logger = { warn: (_details: object, message: string) => void warnings.push(message) };
    const shared = await open(url, [module], { roles: "shared", logger });
    await shared.migrate();
    expect(warnings).toEqual([expect.stringContaining("DATABASE_ROLES=shared")]);
    expect(await userOf(shared, module)).toBe(new URL(url).username);

    const administrator = new URL(serverUrl);
    administrator.pathname = new URL(url).pathname;
    const own = await open(administrator.href, [module]);
    expect(await own.migrate()).toEqual([]);
    const database = own.connect(module);
    const count = (await database.run(rightsOn, []))[0];
    expect(count).toEqual({
      reads: true,
      updatesOutbox: true,
      updatesArchive: false,
      migrates: false,
    });
    const owners = await select(
      administrator.href,
      `select distinct pg_get_userbyid(relowner)::text as owner from pg_class where relnamespace = '${module}'::regnamespace`,
    );
    expect(owners).toEqual([{ owner: `tiffin_${module}_owner` }]);
  });
});

const rightsOn = defineStatement(
  "test.rights",
  `select has_table_privilege('outbox_archive', 'select') as reads,
     has_table_privilege('outbox', 'update') as "updatesOutbox",
     has_table_privilege('outbox_archive', 'update') as "updatesArchive",
     has_table_privilege('schema_migrations', 'insert, update, delete') as migrates`,
);

describe("A start", () => {
  it("says in one sentence what is wrong with DATABASE_URL", async () => {
    const bad = async (url: string) =>
      open(url, ["x"]).catch((error: unknown) => {
        if (error instanceof StartError) return error.message;
        throw error;
      });
    expect(await bad("mysql://localhost/x")).toMatch(/is not a PostgreSQL URL: write it as/);
    expect(await bad("not a url")).toMatch(/is not a PostgreSQL URL: write it as/);
    expect(await bad("postgres://127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/no.pem")).toMatch(
      /^A file that DATABASE_URL names cannot be read \(ENOENT.*\/no\.pem.*\): correct its path/,
    );
    expect(await bad("postgres://127.0.0.1:1/x")).toMatch(
      /cannot be reached .*ECONNREFUSED.*: check/,
    );
  });
});

describe("holes", () => {
  it("are none after a start, and each right that is given beside it is found, in words", async () => {
    const url = await emptyDatabase();
    const [one, other] = [newModule(), newModule()];
    const postgres = await open(url, [one, other]);
    await postgres.migrate();
    expect(await postgres.findHoles()).toEqual([]);
    const role = `tiffin_${one}`;
    await query(
      url,
      `create table ${other}.secrets (word text);
       create table ${other}.locked (word text, other text);
       grant usage on schema ${other} to ${role};
       grant select (word) on ${other}.locked to ${role};
       grant create on schema ${one} to ${role};
       create table ${one}.own (word text);
       alter table ${one}.own owner to ${role};
       grant tiffin_${other}_owner to ${role};
       alter role ${role} createdb`,
    );
    expect(await postgres.findHoles()).toEqual([
      `${role} is a member of tiffin_${other}_owner`,
      `${role} may do more than sign in: it is a superuser, or may make databases or roles`,
      `${role} may make things in its schema`,
      `${role} may use the schema ${other}`,
      `${role} may use the table ${other}.locked`,
      `${role} owns ${one}.own, and so may change or drop it`,
    ]);
  });

  it("are not looked for where roles are shared", async () => {
    const postgres = await open(await emptyDatabase(), [newModule()], { roles: "shared" });
    expect(await postgres.findHoles()).toBeNull();
  });
});
