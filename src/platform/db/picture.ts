// What is there now, for people: each module's tables with their rows, what its role may do, how its pool is used.
import { type ClientBase, escapeIdentifier } from "pg";
import type { PoolUse } from "./database.js";

export interface TablePicture {
  readonly name: string;
  /** Counted up to a limit, estimated beyond. */
  readonly rows: number;
  /** Of the module's role, on some columns at least: `select, insert, update, delete` or less. */
  readonly rights: readonly string[];
}

export interface SchemaPicture {
  readonly module: string;
  readonly role: string;
  readonly tables: readonly TablePicture[];
  /** In this process; absent where the module did not connect. */
  readonly pool?: PoolUse;
}

const COUNTED_EXACTLY = 100_000;
const RIGHTS = ["select", "insert", "update", "delete"];

export async function describeSchema(
  client: ClientBase,
  { module, role }: { module: string; role: string },
): Promise<SchemaPicture> {
  const { rows: tables } = await client.query<{ name: string; estimate: number; rights: string[] }>(
    `select relname as name,
       case when relkind = 'p' then (
         select sum(greatest(part.reltuples, 0)) from pg_partition_tree(pg_class.oid) as tree
         join pg_class as part on part.oid = tree.relid where tree.isleaf)
       else greatest(reltuples, 0) end::float8 as estimate,
       array(select word from unnest($3::text[]) as word where case word
         when 'delete' then has_table_privilege($2, pg_class.oid, word)
         else has_any_column_privilege($2, pg_class.oid, word) end) as rights
     from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p') and not relispartition order by relname`,
    [module, role, RIGHTS],
  );
  const pictures: TablePicture[] = [];
  for (const { name, estimate, rights } of tables) {
    const rows =
      estimate > COUNTED_EXACTLY
        ? estimate
        : await countRows(client, `${escapeIdentifier(module)}.${escapeIdentifier(name)}`);
    pictures.push({ name, rows, rights });
  }
  return { module, role, tables: pictures };
}

async function countRows(client: ClientBase, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from (select from ${table} limit ${COUNTED_EXACTLY + 1}) as counted`,
  );
  return rows[0]?.count ?? 0;
}
