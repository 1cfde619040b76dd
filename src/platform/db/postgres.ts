// The PostgreSQL server as the application sees it: migrated schemas, and one connection pool for each module.
import { fileURLToPath } from "node:url";
import { Client, type ClientBase } from "pg";
import { type Ownership, StartError } from "#platform/kernel";
import { DEFAULT_POOL, parseServer, type PoolOptions } from "./connection.js";
import { createDatabase, type Database, type PoolUse } from "./database.js";
import { findHoles } from "./holes.js";
import { describeSchema, type SchemaPicture } from "./picture.js";
import { applyMigrations, readMigrations, repeatGrants } from "./migrations.js";
import { explainRefusal } from "./refusal.js";
import { closePublic, ensureRoles, ownerOf, passwordOf, roleOf } from "./roles.js";
import { adoptSchema, isForeign, prepareSchema } from "./schemas.js";
import { proveSignIns } from "./sign-in.js";

export interface PostgresOptions extends Ownership {
  /** Of a user who makes schemas and roles; modules never sign in as it. */
  readonly url: string;
  readonly secret: string;
  /** `own`: a login role for each module. `shared`: all use the one of `url`, and the database enforces nothing. */
  readonly roles: "own" | "shared";
  readonly logger: { warn(details: object, message: string): void };
  /** Default: the `migrations` folder of the package. */
  readonly migrations?: string;
}

export interface Postgres {
  readonly version: string;
  readonly url: string;
  /** Those of the manifest that keep their data here. */
  readonly modules: readonly string[];
  /** Makes roles and schemas and runs what is missing; answers with the names of the migrations that ran. Two that
   *  start at once take turns. */
  migrate(): Promise<string[]>;
  /** Once for each module, and once more for what must not disturb the rest of it. */
  connect<Tables>(module: string, pool?: Partial<PoolOptions>): Database<Tables>;
  /** Every schema as it is now. */
  describe(): Promise<SchemaPicture[]>;
  /** One sentence for each right of a module's role that leads out of its own schema, or lets it change what it only
   *  uses: none is as it must be. Null where roles are shared. */
  findHoles(): Promise<string[] | null>;
  /** A few statements in the name of the user of `url`: for tools and tests, never for a module. */
  asOwner<T>(work: (client: ClientBase) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// From src/platform/db and from dist/src/platform/db alike, as the build leaves no copy of the files.
const MIGRATIONS = fileURLToPath(new URL("../../../migrations", import.meta.url));
const OLDEST = 150_000;
/** "tiffin" in ASCII. */
const MIGRATION_LOCK = 0x7469_6666_696en;
const LOCK_WAIT = "2min";
const NAME = /^[a-z][a-z0-9_]{0,40}$/;

/** @throws StartError when the server cannot be reached or is too old */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { url, secret, roles, manifest, logger } = options;
  const modules = Object.keys(manifest).filter((name) => manifest[name]?.store === "postgres");
  const odd = Object.keys(manifest).find((name) => !NAME.test(name));
  if (odd !== undefined) throw new Error(`${odd} cannot be the name of a module`);
  const open: Pick<Database, "module" | "poolUse" | "close">[] = [];
  const asOwner = <T>(work: (client: ClientBase) => Promise<T>) => withClient(url, work);

  const version = await asOwner(readVersion);
  if (roles === "shared") {
    logger.warn(
      {},
      "DATABASE_ROLES=shared: the databases do not keep the modules apart, only the code does.",
    );
  }

  const migrate = () =>
    asOwner(async (client) => {
      await takeTurn(client);
      if (roles === "own") {
        // First, so that what everybody may is not taken for a role's own right.
        const left = await closePublic(client);
        await ensureRoles(client, modules, secret);
        if (left.length > 0) {
          logger.warn(
            { sql: left },
            "Every account of this PostgreSQL server may enter the database: have an administrator run the statements",
          );
        }
      }
      const done: string[] = [];
      for (const module of modules) done.push(...(await migrateModule(client, module)));
      if (roles === "own") {
        await proveSignIns(client, { url, secret, modules });
        const holes = await findHoles(client, modules);
        if (holes.length > 0) logger.warn({ holes }, "The databases do not keep all modules apart");
      }
      return done;
    });

  async function migrateModule(client: ClientBase, module: string): Promise<string[]> {
    const migrations = await readMigrations(options.migrations ?? MIGRATIONS, module);
    if (roles === "shared") {
      const { rows } = await client.query<{ user: string }>(
        "select quote_ident(current_user) as user",
      );
      const user = rows[0]?.user ?? "";
      const place = { module, role: user, owner: user };
      await prepareSchema(client, module, place, []);
      return applyMigrations(client, place, migrations);
    }
    const place = { module, role: roleOf(module), owner: ownerOf(module) };
    const others = modules.filter((other) => other !== module).map(roleOf);
    await prepareSchema(client, module, place, others);
    const foreign = await isForeign(client, module, place.owner);
    if (foreign) await adoptSchema(client, module, place);
    const done = await applyMigrations(client, place, migrations);
    if (foreign) await repeatGrants(client, place, migrations);
    return done;
  }

  return {
    version,
    url,
    modules,
    migrate,
    asOwner,
    connect<Tables>(module: string, pool: Partial<PoolOptions> = {}) {
      if (!modules.includes(module)) {
        throw new Error(`${module} is not a Postgres module of the manifest`);
      }
      const role = roleOf(module);
      const as = roles === "own" ? { user: role, password: passwordOf(secret, role) } : undefined;
      const database = createDatabase<Tables>(
        {
          module,
          server: parseServer(url, as),
          explain: (error, statement) => explainRefusal(options, module, error, statement),
        },
        { ...DEFAULT_POOL, ...pool },
        (error) =>
          logger.warn({ module, error: error.message }, "Lost an idle database connection"),
      );
      open.push(database);
      return database;
    },
    describe: () =>
      asOwner(async (client) => {
        const pictures: SchemaPicture[] = [];
        for (const module of modules) {
          const role = roles === "own" ? roleOf(module) : (parseServer(url).user ?? "");
          const pool = sumUse(
            open.filter((database) => database.module === module).map((one) => one.poolUse()),
          );
          pictures.push({
            ...(await describeSchema(client, { module, role })),
            ...(pool && { pool }),
          });
        }
        return pictures;
      }),
    findHoles: async () =>
      roles === "own" ? asOwner((client) => findHoles(client, modules)) : null,
    async close() {
      await Promise.all(open.map((database) => database.close()));
    },
  };
}

async function readVersion(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ number: string; text: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as text",
  );
  const { number = "0", text = "?" } = rows[0] ?? {};
  if (Number(number) < OLDEST) {
    throw new StartError(
      `PostgreSQL ${text} is too old: Tiffin needs 15 or newer. Set DATABASE_URL to such a server.`,
    );
  }
  return text.split(" ")[0] ?? text;
}

async function takeTurn(client: ClientBase): Promise<void> {
  try {
    await client.query(`set lock_timeout = '${LOCK_WAIT}'`);
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query("reset lock_timeout");
  } catch (error) {
    if ((error as { code?: string }).code !== "55P03") throw error;
    throw new StartError(
      `Another Tiffin has been preparing this database for more than ${LOCK_WAIT}: wait until it is done, or stop it, and start again.`,
      { cause: error },
    );
  }
}

async function withClient<T>(url: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new Client({
    ...parseServer(url),
    application_name: "tiffin:owner",
    connectionTimeoutMillis: 10_000,
  });
  client.on("error", () => undefined); // the query under way reports it
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new StartError(
      `PostgreSQL cannot be reached (${(error as Error).message}): check DATABASE_URL and that the server runs.`,
      { cause: error },
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Of a module's pools together; undefined where it has none. */
const sumUse = ([first, ...others]: readonly PoolUse[]): PoolUse | undefined =>
  first &&
  others.reduce(
    (sum, { max, open, idle, waiting }) => ({
      max: sum.max + max,
      open: sum.open + open,
      idle: sum.idle + idle,
      waiting: sum.waiting + waiting,
    }),
    first,
  );
