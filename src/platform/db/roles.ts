// Each module signs in to PostgreSQL as itself: a login role with rights on its own schema and nothing else.
// The owner role (the one of DATABASE_URL) makes schemas and tables; no module can alter what it uses.
import { createHmac } from "node:crypto";
import type pg from "pg";
import { StartError } from "#platform/kernel";

export const roleOf = (module: string): string => `tiffin_${module}`;

/** The same secret gives the same password, so nothing needs to be stored. */
export const passwordOf = (secret: string, role: string): string =>
  createHmac("sha256", secret).update(`postgres:${role}`).digest("base64url");

/** What an administrator runs where the owner may not create roles. */
export const roleSql = (role: string, password: string): string =>
  `create role ${role} login password '${password}' nosuperuser nocreatedb nocreaterole noinherit;`;

/** Makes or mends the role. Roles belong to the whole server, so another database's start may do the same now. */
export async function ensureRole(client: pg.ClientBase, role: string, password: string): Promise<void> {
  const { rows } = await client.query("select 1 from pg_roles where rolname = $1", [role]);
  try {
    if (rows.length === 0) await client.query(roleSql(role, password));
    else await client.query(`alter role ${role} login password '${password}' nosuperuser nocreatedb nocreaterole noinherit`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "42501") {
      throw new StartError(
        `The user of DATABASE_URL may not create roles: have an administrator run «${roleSql(role, "…")}» for each module (npm run modules -- --sql prints them), or set DATABASE_ROLES=shared.`,
        { cause: error },
      );
    }
    // 42710 and 23505: another start made it first, with the same password.
    if (code !== "42710" && code !== "23505") throw error;
  }
}

/** Own schema, own tables, nothing else; new tables of the owner follow by default privileges. */
export async function grantOwnSchema(client: pg.ClientBase, module: string, role: string): Promise<void> {
  await client.query(`
    create schema if not exists ${module};
    revoke all on schema ${module} from public;
    grant usage on schema ${module} to ${role};
    alter default privileges in schema ${module} grant select, insert, update, delete on tables to ${role};
    alter default privileges in schema ${module} grant usage, select on sequences to ${role};
    alter default privileges in schema ${module} revoke execute on functions from public;`);
}
