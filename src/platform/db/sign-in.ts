// Proves at each start that every module can sign in as itself and as nobody else, and mends its password where this
// is safe: a role belongs to the whole server, and another Tiffin there may be using it.
import { Client, type ClientBase } from "pg";
import { StartError } from "#platform/kernel";
import { parseServer } from "./connection.js";
import { passwordOf, roleOf } from "./roles.js";
import { scramVerifier } from "./scram.js";

const WRONG_PASSWORD = "28P01";

/** @throws StartError */
export async function proveSignIns(
  owner: ClientBase,
  { url, secret, modules }: { url: string; secret: string; modules: readonly string[] },
): Promise<void> {
  for (const module of modules) {
    const role = roleOf(module);
    const password = passwordOf(secret, role);
    const sign = () => signIn(url, role, password);
    const refusal = await sign();
    if (refusal === null) continue;
    if (refusal.code !== WRONG_PASSWORD) throw cannotSignIn(role, refusal);
    await refuseIfShared(owner, role);
    await refuseIfInUse(owner, role);
    const sql = `alter role ${role} password '${scramVerifier(password)}'`;
    await owner.query(sql).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "42501") return; // a race: the next try tells
      throw new StartError(
        `PostgreSQL's role ${role} has another password, and the user of DATABASE_URL may not change it: restore the secret that the roles were made with, or have an administrator run this and start again.\n  ${sql};`,
        { cause: error },
      );
    });
    const again = await sign();
    if (again) throw cannotSignIn(role, again);
  }
}

type Refusal = Error & { code?: string };

async function signIn(url: string, role: string, password: string): Promise<Refusal | null> {
  const client = new Client({
    ...parseServer(url, { user: role, password }),
    application_name: "tiffin:start",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>("select current_user as name");
    if (rows[0]?.name !== role) throw new Error(`it makes ${role} into ${rows[0]?.name}`);
    return null;
  } catch (error) {
    return error as Refusal;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const NO_ROOM = "53300";

const cannotSignIn = (role: string, cause: Refusal) => {
  const remedy =
    cause.code === NO_ROOM
      ? "end other programs that use this server, or let it have more connections (max_connections, or a limit of the role or the database)"
      : "allow the roles tiffin_… with scram-sha-256 in its pg_hba.conf, or set DATABASE_ROLES=shared";
  return new StartError(
    `PostgreSQL does not let the role ${role} sign in (${cause.message}): ${remedy}.`,
    { cause },
  );
};

/** A new password here would lock the other Tiffin out of its own database. */
async function refuseIfShared(owner: ClientBase, role: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select distinct datname as name from pg_shdepend join pg_database on pg_database.oid = dbid
     where refclassid = 'pg_authid'::regclass and refobjid = $1::regrole and datname <> current_database()`,
    [role],
  );
  if (rows.length === 0) return;
  throw new StartError(
    `PostgreSQL's role ${role} serves ${rows.map(({ name }) => name).join(" and ")} too, with another secret: give both the same TIFFIN_SECRET, or use a PostgreSQL server for each.`,
  );
}

/** Nor may one that runs on this very database be locked out: its pools open new connections all the time. */
async function refuseIfInUse(owner: ClientBase, role: string): Promise<void> {
  const { rows } = await owner.query(
    "select from pg_stat_activity where usename = $1 and datname = current_database() limit 1",
    [role],
  );
  if (rows.length === 0) return;
  throw new StartError(
    `Another Tiffin works in this database as ${role}, with another secret: give both the same TIFFIN_SECRET, or stop that one and start again.`,
  );
}
