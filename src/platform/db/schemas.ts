// A module's schema: its owner makes what is in it, its role uses the rows, nobody else comes near.
import type { ClientBase } from "pg";
import { StartError } from "#platform/kernel";

/** In whose names: `role` uses, `owner` makes. Both are the user of DATABASE_URL where roles are shared. */
export interface SchemaRoles {
  readonly role: string;
  readonly owner: string;
}

/** New tables follow by default privileges; what must be less than them is taken away in the migrations.
 *  @throws StartError */
export async function prepareSchema(
  client: ClientBase,
  module: string,
  { role, owner }: SchemaRoles,
  otherRoles: readonly string[],
): Promise<void> {
  try {
    await client.query(`
      create schema if not exists ${module} authorization ${owner};
      revoke all on schema ${module} from ${["public", ...otherRoles].join(", ")};
      grant usage on schema ${module} to ${role};
      alter default privileges for role ${owner} in schema ${module}
        grant select, insert, update, delete on tables to ${role};
      alter default privileges for role ${owner} in schema ${module} grant usage, select on sequences to ${role};
      alter default privileges for role ${owner} in schema ${module} grant execute on functions to ${role};
      -- Not "in schema": what everybody gets by default can only be taken back for the whole database.
      alter default privileges for role ${owner} revoke execute on functions from public;`);
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error;
    throw new StartError(
      `The user of DATABASE_URL may not prepare the schema ${module} (${(error as Error).message}): have an administrator run «grant create on database … to …» for that user, or use the user that made the schema.`,
      { cause: error },
    );
  }
}

/** Whether something in the schema belongs to another than `owner`: made while roles were shared, or restored. */
export async function isForeign(client: ClientBase, module: string, owner: string) {
  const { rows } = await client.query(
    `select 1 from pg_class where relnamespace = $1::regnamespace and relowner <> $2::regrole and relkind in ('r', 'p', 'v', 'S')
     union all
     select 1 from pg_proc where pronamespace = $1::regnamespace and proowner <> $2::regrole
     union all
     select 1 from pg_namespace where oid = $1::regnamespace and nspowner <> $2::regrole
     limit 1`,
    [module, owner],
  );
  return rows.length > 0;
}

/** Hands everything in the schema to its owner, and the usual rights to its role. */
export async function adoptSchema(
  client: ClientBase,
  module: string,
  { role, owner }: SchemaRoles,
): Promise<void> {
  await client.query(`
    do $$
    declare statement text;
    begin
      for statement in
        select format('alter table %s owner to ${owner}', oid::regclass) from pg_class
        where relnamespace = '${module}'::regnamespace and relkind in ('r', 'p', 'v')
        union all
        -- A column's own sequence goes with its table.
        select format('alter sequence %s owner to ${owner}', oid::regclass) from pg_class as sequence
        where relnamespace = '${module}'::regnamespace and relkind = 'S' and not exists (
          select 1 from pg_depend where objid = sequence.oid and deptype in ('a', 'i') and refobjsubid > 0)
        union all
        select format('alter routine %s owner to ${owner}', oid::regprocedure) from pg_proc
        where pronamespace = '${module}'::regnamespace
      loop
        execute statement;
      end loop;
    end $$;
    alter schema ${module} owner to ${owner};
    revoke all on all functions in schema ${module} from public;
    grant execute on all functions in schema ${module} to ${role};
    grant usage, select on all sequences in schema ${module} to ${role};
    grant select, insert, update, delete on all tables in schema ${module} to ${role};`);
}
