// Brings a module's schema up to date. A file and its record are one transaction, so an interrupt cannot leave a
// migration applied but unrecorded; an advisory lock keeps two starting processes from migrating at once.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { StartError } from "#platform/kernel";

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

async function readMigrations(folder: string, prefix: string): Promise<Migration[]> {
  const files = await readdir(folder).catch(() => [] as string[]);
  const named = files.filter((file) => FILE.test(file)).toSorted();
  return Promise.all(
    named.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      return {
        name: `${prefix}/${file}`,
        text,
        checksum: createHash("sha256").update(text).digest("hex"),
      };
    }),
  );
}

/** The platform's tables first, then the module's own. In the files, `:role` stands for the module's role.
 *  @throws StartError when a file fails, was changed after it ran, or is unknown to this version */
export async function migrateSchema(
  client: pg.ClientBase,
  { folder, module, role }: { folder: string; module: string; role: string },
): Promise<string[]> {
  const migrations = [
    ...(await readMigrations(join(folder, "platform"), "platform")),
    ...(await readMigrations(join(folder, module), module)),
  ];
  await client.query(`create table if not exists ${module}.schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select name, checksum from ${module}.schema_migrations`,
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = rows.find((row) => !known.has(row.name));
  if (unknown) {
    throw new StartError(
      `The database holds migration ${unknown.name}, which this version of Tiffin does not know: start the newer version, or restore a backup from before it.`,
    );
  }
  const done: string[] = [];
  for (const { name, text, checksum } of migrations) {
    const before = applied.get(name);
    if (before === checksum) continue;
    if (before !== undefined) {
      throw new StartError(
        `The migration ${name} was changed after it had run: restore its text, and put the change into a new file.`,
      );
    }
    await applyOne(client, { module, role, name, text, checksum });
    done.push(name);
  }
  return done;
}

async function applyOne(
  client: pg.ClientBase,
  { module, role, name, text, checksum }: Migration & { module: string; role: string },
): Promise<void> {
  try {
    await client.query("begin");
    await client.query(`set local search_path = ${module}`);
    await client.query(text.replaceAll(/(?<!:):role\b/g, role));
    await client.query(`insert into ${module}.schema_migrations (name, checksum) values ($1, $2)`, [name, checksum]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new StartError(
      `The migration ${name} failed and was undone (${(error as Error).message}): mend the cause and start again.`,
      { cause: error },
    );
  }
}
