// For tests: a fresh database, migrated, with each module's role. Dropped at the end.
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { Database } from "./database.js";
import { openPostgres, type Postgres, type PostgresOptions } from "./postgres.js";
import type { Manifest } from "#platform/kernel";

/** One secret for all tests: roles belong to the whole server, so their passwords must agree. */
export const TEST_SECRET = "the one secret of all tests on a server";

export interface TestPostgres {
  readonly url: string;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** An empty database on the test server (`serverUrl`, of an owner who may create databases and roles). */
export async function createEmptyDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `tiffin_test_${randomBytes(6).toString("hex")}`;
  await query(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => query(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

/** A migrated database of its own, for these modules or those of a manifest. */
export async function createTestPostgres(
  serverUrl: string,
  modules: readonly string[] | Manifest,
  options: Partial<PostgresOptions> = {},
): Promise<TestPostgres> {
  const { url, drop } = await createEmptyDatabase(serverUrl);
  try {
    const postgres = await openPostgres({
      url,
      secret: TEST_SECRET,
      roles: "own",
      manifest: isList(modules) ? manifestOf(modules) : modules,
      logger: { warn: () => undefined },
      ...options,
    });
    await postgres.migrate();
    const close = async () => {
      await postgres.close();
      await drop();
    };
    return { url, postgres, close };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** One module's fresh database. */
export async function createModuleDatabase<Tables>(serverUrl: string, module: string) {
  const test = await createTestPostgres(serverUrl, [module]);
  const database: Database<Tables> = test.postgres.connect<Tables>(module);
  return { database, url: test.url, close: () => test.close() };
}

const isList = (modules: readonly string[] | Manifest): modules is readonly string[] =>
  Array.isArray(modules);

const manifestOf = (modules: readonly string[]): Manifest =>
  Object.fromEntries(modules.map((name) => [name, { store: "postgres", calls: [], hears: [] }]));

/** One statement as the owner, past the triggers that keep history as it was; checks hold even so. */
export const rewriteHistory = (url: string, statement: string): Promise<void> =>
  query(url, `set session_replication_role = replica; ${statement}`);

/** One statement as the owner. */
export async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
