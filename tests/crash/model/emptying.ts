// The databases as they were after the migrations: cheaper than new ones, and than new tables.
import { Client } from "pg";
import type { Stores } from "../stores.js";

export async function openEmptying(stores: Stores, modules: readonly string[]) {
  const client = new Client({ connectionString: stores.postgresUrl() });
  await client.connect();
  // History refuses to be changed, and this is no change of it.
  await client.query("set session_replication_role = replica");
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = any($1) and tablename <> 'schema_migrations'`,
    [modules],
  );
  const kept: { name: string; rows: string }[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ all: string | null }>(
      `select jsonb_agg(to_jsonb(kept_row))::text as all from ${name} as kept_row`,
    );
    if (rows[0]?.all) kept.push({ name, rows: rows[0].all });
  }
  return {
    /** Only while nobody lives on them. */
    async empty(): Promise<void> {
      await client.query(`truncate ${tables.map(({ name }) => name).join()} restart identity`);
      for (const { name, rows } of kept) {
        await client.query(
          `insert into ${name} select * from jsonb_populate_recordset(null::${name}, $1::jsonb)`,
          [rows],
        );
      }
      await stores.dropDocuments();
    },
    close: () => client.end(),
  };
}
