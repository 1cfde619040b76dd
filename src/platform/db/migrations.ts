// Brings a module's schema up to date. A file and its record are one transaction, so an interrupt cannot leave a
// migration applied but unrecorded. Each runs as the owner of that one schema, and so cannot touch another.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClientBase } from "pg";
import { StartError } from "#platform/kernel";
import type { SchemaRoles } from "./schemas.js";

export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

/** The platform's files first, then the module's own, each in the order of their numbers. In them, `:role` stands for
 *  the module's role. @throws StartError when a file's name would be passed over */
export async function readMigrations(folder: string, module: string): Promise<Migration[]> {
  return [
    ...(await readFolder(join(folder, "platform"), "platform")),
    ...(await readFolder(join(folder, module), module)),
  ];
}

async function readFolder(path: string, prefix: string): Promise<Migration[]> {
  const files = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const misnamed = files.find((file) => file.endsWith(".sql") && !FILE.test(file));
  if (misnamed !== undefined) {
    throw new StartError(
      `The migration ${prefix}/${misnamed} has a name that would be passed over: call it like 0002_add_tips.sql.`,
    );
  }
  return Promise.all(
    files
      .filter((file) => FILE.test(file))
      .sort()
      .map(async (file) => {
        const text = await readFile(join(path, file), "utf8");
        const checksum = createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
        return { name: `${prefix}/${file}`, text, checksum };
      }),
  );
}

interface Place extends SchemaRoles {
  readonly module: string;
}

/** Answers with the names of those that ran.
 *  @throws StartError when one fails, was changed after it ran, or is unknown to this version */
export async function applyMigrations(
  client: ClientBase,
  place: Place,
  migrations: readonly Migration[],
): Promise<string[]> {
  const { module, role } = place;
  await inName(client, place, async () => {
    await client.query(`
      create table if not exists schema_migrations (
        name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
    // Shared roles are the owner's own: nothing is to be taken from it.
    if (role !== place.owner) {
      await client.query(`revoke insert, update, delete on schema_migrations from ${role}`);
    }
  });
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select name, checksum from ${module}.schema_migrations order by name`,
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = rows.find((row) => !known.has(row.name));
  if (unknown) {
    throw new StartError(
      `The database holds the migration ${unknown.name}, which this version of Tiffin does not know: start the newer version, or restore a backup from before it.`,
    );
  }
  const changed = migrations.find(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  );
  if (changed) {
    throw new StartError(
      `The migration ${changed.name} was changed after it had run: restore its text, and put the change into a new file.`,
    );
  }
  const due = migrations.filter(({ name }) => !applied.has(name));
  for (const migration of due) await applyOne(client, place, migration);
  return due.map(({ name }) => name);
}

const XACT = "select pg_current_xact_id()::text as id";

async function applyOne(client: ClientBase, place: Place, { name, text, checksum }: Migration) {
  try {
    await inName(client, place, async () => {
      const before = await client.query<{ id: string }>(XACT);
      await client.query(withRole(text, place.role));
      const after = await client.query<{ id: string }>(XACT);
      if (before.rows[0]?.id !== after.rows[0]?.id) {
        throw new Error("it ends the transaction it runs in, so that a part of it may stay");
      }
      await client.query("insert into schema_migrations (name, checksum) values ($1, $2)", [
        name,
        checksum,
      ]);
    });
  } catch (error) {
    throw new StartError(
      `The migration ${name} failed for ${place.module} and was undone (${(error as Error).message}): mend the cause and start again.`,
      { cause: error },
    );
  }
}

/** One transaction, as the owner of the schema and with only that schema in sight. */
async function inName(client: ClientBase, { module, owner }: Place, work: () => Promise<void>) {
  await client.query("begin");
  try {
    await client.query(`set local role ${owner}; set local search_path = ${module}`);
    await work();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

const withRole = (text: string, role: string): string => text.replaceAll(/(?<!:):role\b/g, role);

/** What migrations said about the role's rights, once more: after the whole schema was granted anew. */
export async function repeatGrants(
  client: ClientBase,
  place: Place,
  migrations: readonly Migration[],
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select name from ${place.module}.schema_migrations`,
  );
  const applied = new Set(rows.map((row) => row.name));
  await inName(client, place, async () => {
    await client.query(`revoke insert, update, delete on schema_migrations from ${place.role}`);
    for (const { name, text } of migrations) {
      if (!applied.has(name)) continue;
      for (const [statement] of text.matchAll(/^(grant|revoke)\b[^;]*:role\b[^;]*;/gim)) {
        await client.query(withRole(statement, place.role));
      }
    }
  });
}
