// For tests: a fresh database, migrated, with each module's role. Dropped at the end.
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Database } from "./database.js";
import { openPostgres, type Postgres } from "./postgres.js";

/** One secret for all tests: roles belong to the whole server, so their passwords must agree. */
export const TEST_SECRET = "tests";

export interface TestPostgres {
  readonly url: string;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

/** A database of its own on the test server (`serverUrl`, of an owner who may create databases and roles). */
export async function createTestPostgres(serverUrl: string, modules: readonly string[]): Promise<TestPostgres> {
  const name = `tiffin_test_${randomBytes(6).toString("hex")}`;
  await asOwner(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const postgres = await openPostgres({
    url: url.href,
    secret: TEST_SECRET,
    roles: "own",
    modules,
    logger: { warn: () => undefined },
  });
  await postgres.migrate();
  return {
    url: url.href,
    postgres,
    async close() {
      await postgres.close();
      await asOwner(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** One module's fresh database. */
export async function createModuleDatabase<Tables>(serverUrl: string, module: string) {
  const test = await createTestPostgres(serverUrl, [module]);
  const database: Database<Tables> = test.postgres.connect<Tables>(module);
  return { database, url: test.url, close: () => test.close() };
}

async function asOwner(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
