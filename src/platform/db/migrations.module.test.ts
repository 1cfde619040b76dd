// What a migration promises: whole or not at all, once, in its own schema, and refused when history was changed.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { StartError } from "#platform/kernel";
import { openPostgres } from "./postgres.js";
import { defineStatement } from "./statements.js";
import { createEmptyDatabase, TEST_SECRET, type TestDatabase } from "./testing.js";

const MANIFEST = {
  shelf: { store: "postgres", calls: [], hears: [] },
  other: { store: "postgres", calls: [], hears: [] },
} as const;

let folder: string;
let empty: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-migrations-"));
  for (const name of ["platform", "shelf", "other"]) await mkdir(join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  empty = await createEmptyDatabase(inject("databaseUrl"));
  for (const name of ["platform", "shelf", "other"]) {
    await rm(join(folder, name), { recursive: true });
    await mkdir(join(folder, name));
  }
});
afterEach(() => empty.drop());

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const open = () =>
  openPostgres({
    url: empty.url,
    secret: TEST_SECRET,
    roles: "own",
    manifest: MANIFEST,
    logger: { warn: () => undefined },
    migrations: folder,
  });
const migrate = async () => (await open()).migrate();
const refusal = () =>
  migrate().then(
    () => "not refused",
    (error: unknown) => {
      if (error instanceof StartError) return error.message;
      throw error;
    },
  );
const tables = async () =>
  (await open()).asOwner(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname in ('shelf', 'other') and tablename <> 'schema_migrations' order by 1`,
    );
    return rows.map((row) => row.name);
  });

describe("Migrations", () => {
  it("run in order, once, the platform's first in each schema", async () => {
    await write("platform/0001_base.sql", "create table base (id integer)");
    await write("shelf/0001_a.sql", "create table a (id integer)");
    await write("shelf/0002_b.sql", "alter table a rename to b");
    expect(await migrate()).toEqual([
      "platform/0001_base.sql",
      "shelf/0001_a.sql",
      "shelf/0002_b.sql",
      "platform/0001_base.sql",
    ]);
    expect(await migrate()).toEqual([]);
    expect(await tables()).toEqual(["other.base", "shelf.b", "shelf.base"]);
  });

  it("run once when several processes start together", async () => {
    await write("shelf/0001_a.sql", "create table a (id integer); select pg_sleep(0.1)");
    const done = await Promise.all([migrate(), migrate(), migrate()]);
    expect(done.flat()).toEqual(["shelf/0001_a.sql"]);
  });

  it("leave nothing of a file that fails, and go on from there once it is mended", async () => {
    await write("shelf/0001_a.sql", "create table a (id integer)");
    await write("shelf/0002_b.sql", "create table b (id integer); create table a (id integer)");
    expect(await refusal()).toMatch(
      /^The migration shelf\/0002_b\.sql failed for shelf and was undone \(.*already exists\): mend/,
    );
    expect(await tables()).toEqual(["shelf.a"]);
    await write("shelf/0002_b.sql", "create table b (id integer)");
    expect(await migrate()).toEqual(["shelf/0002_b.sql"]);
  });

  it("refuse a file that commits on its own", async () => {
    await write(
      "shelf/0001_a.sql",
      "create table a (id integer); commit; create table b (id integer)",
    );
    expect(await refusal()).toContain("ends the transaction it runs in");
  });

  it("refuse a file that was changed after it ran; line endings are no change", async () => {
    await write("shelf/0001_a.sql", "create table a (id integer);\n");
    await migrate();
    await write("shelf/0001_a.sql", "create table a (id integer);\r\n");
    expect(await migrate()).toEqual([]);
    await write("shelf/0001_a.sql", "create table a (id bigint);\n");
    expect(await refusal()).toMatch(
      /shelf\/0001_a\.sql was changed after it had run: restore its text/,
    );
  });

  it("refuse a database that is ahead of this version", async () => {
    await write("shelf/0001_a.sql", "create table a (id integer)");
    await write("shelf/0002_b.sql", "create table b (id integer)");
    await migrate();
    await rm(join(folder, "shelf/0002_b.sql"));
    expect(await refusal()).toMatch(/holds the migration shelf\/0002_b\.sql, which this version/);
  });

  it("refuse a name that would be passed over in silence", async () => {
    await write("shelf/0001-dashes.sql", "create table a (id integer)");
    expect(await refusal()).toMatch(/shelf\/0001-dashes\.sql has a name that would be passed over/);
  });

  it("give the module's role its rows, less what they take away, and never the record of migrations", async () => {
    await write(
      "shelf/0001_a.sql",
      `create table history (id integer generated always as identity, what text);
       revoke update, delete on history from :role;
       create function twice(n integer) returns integer language sql return n * 2;`,
    );
    const postgres = await open();
    await postgres.migrate();
    const shelf = postgres.connect("shelf");
    expect(await shelf.run(insert, [])).toEqual([{ id: 1, twice: 4 }]);
    await expect(shelf.run(update, [])).rejects.toMatchObject({ code: "42501" });
    await expect(shelf.run(forge, [])).rejects.toMatchObject({ code: "42501" });
    await postgres.close();
  });
});

const insert = defineStatement<{ id: number; twice: number }>(
  "test.insert-history",
  "insert into history (what) values ('it was') returning id, twice(2)",
);
const update = defineStatement("test.update-history", "update history set what = 'it was not'");
const forge = defineStatement("test.forge-migration", "delete from schema_migrations");
