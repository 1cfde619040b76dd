// Looks for rights that would let a module out of its schema, as the catalogue has them: what the start set up may have
// been changed since, by an administrator or by a restored dump.
import type { ClientBase } from "pg";
import { roleOf } from "./roles.js";

const FIND = `
  with module as (select * from unnest($1::name[], $2::name[]) as row(name, role)),
  pair as (
    select one.role, other.name as other from module as one join module as other on one.name <> other.name)
  select format('%s may do more than sign in: it is a superuser, or may make databases or roles', role) as hole
  from module join pg_roles on rolname = role
  where rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
  union all
  select format('%s is a member of %s', role, pg_get_userbyid(roleid))
  from module join pg_auth_members on member = role::regrole
  union all
  select format('%s may use the schema %s', role, other)
  from pair where has_schema_privilege(role, other, 'usage, create')
  union all
  select format('%s may use the table %s.%s', role, other, relname)
  from pair join pg_class on relnamespace = other::regnamespace
  where relkind in ('r', 'p', 'v', 'm', 'f') and (
    has_table_privilege(role, pg_class.oid, 'select, insert, update, delete, truncate, references, trigger')
    or has_any_column_privilege(role, pg_class.oid, 'select, insert, update, references'))
  union all
  select format('%s may make things in its schema', role)
  from module where has_schema_privilege(role, name, 'create')
  union all
  select format('%s owns %s, and so may change or drop it', role, pg_class.oid::regclass)
  from module join pg_class on relowner = role::regrole where relkind in ('r', 'p', 'v', 'm', 'S')
  order by hole`;

/** One sentence for each. The modules' roles and schemas must be there. */
export async function findHoles(client: ClientBase, modules: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ hole: string }>(FIND, [modules, modules.map(roleOf)]);
  return rows.map(({ hole }) => hole);
}
