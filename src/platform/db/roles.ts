// Two roles for each module: one it signs in with, which may use the rows of its own schema and nothing else; and one
// that owns that schema, which nobody signs in with and migrations run under, so that they cannot cross either.
import { createHmac } from "node:crypto";
import { type ClientBase, escapeIdentifier } from "pg";
import { StartError } from "#platform/kernel";
import { scramVerifier } from "./scram.js";

export const roleOf = (module: string): string => `tiffin_${module}`;
export const ownerOf = (module: string): string => `tiffin_${module}_owner`;

/** The same secret gives the same password, so nothing needs to be stored. */
export const passwordOf = (secret: string, role: string): string =>
  createHmac("sha256", secret).update(`postgres:${role}`).digest("base64url");

const LOCKED_DOWN = "nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit";

interface RoleState {
  readonly name: string;
  readonly powerful: boolean;
  readonly login: boolean;
  readonly memberOf: readonly string[];
  readonly mayConnect: boolean;
  /** Whether the user of DATABASE_URL can act as this role. */
  readonly mayBecome: boolean;
}

const STATE = `
  select rolname as name, rolcanlogin as login,
    rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as powerful,
    array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = role.oid) as "memberOf",
    has_database_privilege(role.oid, current_database(), 'connect') as "mayConnect",
    pg_has_role(current_user, role.oid,
      case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) as "mayBecome"
  from pg_roles as role where rolname = any($1::text[])`;

/** The statements that are still missing for each module's roles to be as they must. */
async function findRepairs(
  client: ClientBase,
  modules: readonly string[],
  secret: string,
): Promise<string[]> {
  const names = modules.flatMap((module) => [roleOf(module), ownerOf(module)]);
  const { rows } = await client.query<RoleState>(STATE, [names]);
  const states = new Map(rows.map((row) => [row.name, row]));
  const { rows: here } = await client.query<{ database: string; user: string; superuser: boolean }>(
    `select quote_ident(current_database()) as database, quote_ident(current_user) as user, rolsuper as superuser
     from pg_roles where rolname = current_user`,
  );
  const { database = "", user = "", superuser = false } = here[0] ?? {};
  return modules.flatMap((module) => {
    const role = roleOf(module);
    const owner = ownerOf(module);
    const state = states.get(role);
    const ownerState = states.get(owner);
    const repairs: string[] = [];
    if (!state) {
      const password = scramVerifier(passwordOf(secret, role));
      repairs.push(`create role ${role} login ${LOCKED_DOWN} password '${password}'`);
    } else {
      if (state.powerful || !state.login) repairs.push(`alter role ${role} login ${LOCKED_DOWN}`);
      for (const other of state.memberOf) {
        repairs.push(`revoke ${escapeIdentifier(other)} from ${role}`);
      }
    }
    if (!state?.mayConnect) {
      repairs.push(`grant connect on database ${database} to ${role}`);
    }
    if (!ownerState) repairs.push(`create role ${owner} nologin ${LOCKED_DOWN}`);
    else if (ownerState.powerful || ownerState.login) {
      repairs.push(`alter role ${owner} nologin ${LOCKED_DOWN}`);
    }
    if (!(ownerState?.mayBecome ?? superuser)) repairs.push(`grant ${owner} to ${user}`);
    return repairs;
  });
}

const REFUSED = "42501";
/** Roles belong to the whole server, so that another database's start may be doing the same at this moment. */
const isRace = (error: unknown): boolean => {
  const { code, message } = error as { code?: string; message?: string };
  return (
    code === "42710" ||
    code === "23505" ||
    (code === "XX000" && (message ?? "").includes("concurrently"))
  );
};
const ROUNDS = 20;

/** Makes or mends the roles of all modules.
 *  @throws StartError with the SQL for an administrator when the user of DATABASE_URL may not */
export async function ensureRoles(
  client: ClientBase,
  modules: readonly string[],
  secret: string,
): Promise<void> {
  for (let round = 1; ; round++) {
    const repairs = await findRepairs(client, modules, secret);
    if (repairs.length === 0) return;
    if (round === ROUNDS) throw needsAdministrator(repairs);
    for (const repair of repairs) {
      try {
        await client.query(repair);
      } catch (error) {
        if ((error as { code?: string }).code === REFUSED) {
          throw needsAdministrator(repairs, error);
        }
        if (!isRace(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * round));
        break;
      }
    }
  }
}

function needsAdministrator(repairs: readonly string[], cause?: unknown) {
  const sql = repairs.map((repair) => `  ${repair};`).join("\n");
  return new StartError(
    `The user of DATABASE_URL may not set up the roles that keep the modules apart: have an administrator run these statements in this database and start again, or set DATABASE_ROLES=shared to go without that protection.\n${sql}`,
    { cause },
  );
}

/** Nobody may connect, make temporary tables or use schema public just because they have an account. Answers with
 *  what the user of DATABASE_URL may not take away. */
export async function closePublic(client: ClientBase): Promise<string[]> {
  const find = async () => {
    const { rows } = await client.query<{ sql: string }>(`
      select format('revoke all on database %I from public', current_database()) as sql
      where has_database_privilege('public', current_database(), 'connect')
         or has_database_privilege('public', current_database(), 'temporary')
      union all
      select 'revoke all on schema public from public'
      from pg_namespace where nspname = 'public' and has_schema_privilege('public', oid, 'usage, create')`);
    return rows.map((row) => row.sql);
  };
  for (const sql of await find()) {
    await client.query(sql).catch((error: unknown) => {
      if ((error as { code?: string }).code !== REFUSED) throw error;
    });
  }
  return find();
}
