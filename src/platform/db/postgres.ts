// The PostgreSQL server as the application sees it: migrated schemas, and one connection pool for each module.
import { fileURLToPath } from "node:url";
import pg from "pg";
import { StartError } from "#platform/kernel";
import { createDatabase, type Database, DEFAULT_POOL, type PoolOptions } from "./database.js";
import { migrateSchema } from "./migrations.js";
import { ensureRole, grantOwnSchema, passwordOf, roleOf } from "./roles.js";

export interface PostgresOptions {
  /** Of the owner: makes schemas, tables and roles. */
  readonly url: string;
  readonly secret: string;
  /** `own`: a login role for each module. `shared`: all use the owner's, and the database enforces nothing. */
  readonly roles: "own" | "shared";
  readonly modules: readonly string[];
  readonly logger: { warn(details: object, message: string): void };
}

export interface Postgres {
  readonly version: string;
  readonly url: string;
  /** Answers with the names of the migrations that ran. */
  migrate(): Promise<string[]>;
  connect<Tables>(module: string, pool?: Partial<PoolOptions>): Database<Tables>;
  /** For a connection of the module's own outside its pool. */
  connectionStringOf(module: string): string;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL("../../../migrations", import.meta.url));
const OLDEST = 150_000;
/** "tiffin" in ASCII: one starting process at a time migrates. */
const MIGRATION_LOCK = 0x7469_6666_696en;

/** @throws StartError when the server cannot be reached or is too old */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { url, secret, roles, modules, logger } = options;
  const databases: { close(): Promise<void> }[] = [];
  const version = await withClient(url, async (client) => {
    const { rows } = await client.query<{ number: string; text: string }>(
      "select current_setting('server_version_num') as number, current_setting('server_version') as text",
    );
    const [row] = rows;
    if (!row || Number(row.number) < OLDEST) {
      throw new StartError(`PostgreSQL ${row?.text ?? "?"} is too old: Tiffin needs 15 or newer.`);
    }
    return row.text.split(" ")[0] ?? row.text;
  });
  if (roles === "shared") {
    logger.warn({}, "DATABASE_ROLES=shared: the database does not enforce the modules' boundaries");
  }

  return {
    version,
    url,
    migrate: () =>
      withClient(url, async (client) => {
        await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
        if (roles === "own") await closePublic(client);
        const done: string[] = [];
        for (const module of modules) {
          const role = roles === "own" ? roleOf(module) : new URL(url).username;
          if (roles === "own") await ensureRole(client, role, passwordOf(secret, role));
          await grantOwnSchema(client, module, role);
          if (roles === "own") {
            const { rows } = await client.query<{ name: string }>("select quote_ident(current_database()) as name");
            await client.query(`grant connect on database ${rows[0]?.name} to ${role}`);
          }
          done.push(...(await migrateSchema(client, { folder: MIGRATIONS, module, role })));
        }
        return done;
      }),
    connect<Tables>(module: string, pool: Partial<PoolOptions> = {}) {
      const role = roleOf(module);
      const signIn = roles === "own" ? { user: role, password: passwordOf(secret, role) } : {};
      const database = createDatabase<Tables>(
        module,
        { connectionString: url, ...signIn },
        { ...DEFAULT_POOL, ...pool },
        (error) => logger.warn({ module, error: error.message }, "lost an idle database connection"),
      );
      databases.push(database);
      return database;
    },
    connectionStringOf(module) {
      if (roles === "shared") return url;
      const own = new URL(url);
      own.username = roleOf(module);
      own.password = passwordOf(secret, roleOf(module));
      return own.href;
    },
    ping: () => withClient(url, async (client) => void (await client.query("select 1"))),
    async close() {
      await Promise.all(databases.map((database) => database.close()));
    },
  };
}

/** Nobody may connect, make temporary tables or use schema public just because they have an account. */
async function closePublic(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select quote_ident(current_database()) as name");
  await client.query(`revoke all on database ${rows[0]?.name} from public; revoke all on schema public from public`);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let client: pg.Client;
  try {
    client = new pg.Client({ connectionString: url, application_name: "tiffin:owner", connectionTimeoutMillis: 10_000 });
  } catch (error) {
    throw new StartError("DATABASE_URL is not a PostgreSQL URL: write it as postgres://user:password@host:5432/database.", { cause: error });
  }
  client.on("error", () => undefined); // the query under way reports it
  try {
    await client.connect();
  } catch (error) {
    throw new StartError(`PostgreSQL cannot be reached (${(error as Error).message}): check DATABASE_URL and that the server runs.`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
