// The MongoDB server as the application sees it: one connection pool and one database for each module.
// Which documents there are is the module's business.
import mongoose, { type Connection, type ConnectOptions } from "mongoose";
import { type Ownership, StartError } from "#platform/kernel";
import { mendDriver } from "./driver.js";
import { codeOf } from "./errors.js";
import { guardConnection } from "./guard.js";
import { findHoles } from "./holes.js";
import { claim } from "./owner.js";
import { databaseOf, ensureUser, hasOnlyItsRoles, signInAs, statusOf, userOf } from "./users.js";

export interface DocumentsOptions extends Ownership {
  readonly url: string;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Names of databases begin with it; tests that share a server choose their own. Default `tiffin_`. */
  readonly prefix?: string;
  /** Given: where the server asks for a password, each module signs in as a user of its own. */
  readonly secret?: string | undefined;
  /** A restaurant whose databases become this one's. */
  readonly adopts?: string | undefined;
}

export interface Documents {
  readonly version: string;
  /** The module's own pool, on the database `tiffin_<module>`. */
  connect(module: string): Promise<Connection>;
  /** Makes sure that the databases of all who are connected are this restaurant's. Call before the first write.
   *  @throws StartError when one is another restaurant's */
  claim(identity: string): Promise<void>;
  /** A module's collections, with their documents counted. */
  describe(module: string): Promise<{ name: string; rows: number }[]>;
  /** Tries to leave each module's own database, and answers with who could; and with what else is to be known. */
  findHoles(): Promise<{ holes: string[]; notes: string[] }>;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  readonly url: string;
  readonly options?: ConnectOptions;
}

const OLDEST = 6;

/** What the address may ask for besides: where it is, how to get in, and TLS. */
const OPTIONS: ConnectOptions = {
  // Acknowledged means on disk: on a standalone server `majority` is that server, and `journal` its disk. Under its old
  // name, too, or the address could take it back.
  writeConcern: { w: "majority", journal: true, j: true },
  // What is decided by a read must be what stands: a secondary may not know yet that a sale has been settled.
  readPreference: "primary",
  // A bulkhead: one module's flood cannot take the connections of another.
  maxPoolSize: 32,
  waitQueueTimeoutMS: 5_000,
  serverSelectionTimeoutMS: 5_000,
  // A server that is gone without a word (a failover, a router that forgot a connection) is noticed after both together;
  // then whatever waits on it fails, and is tried again.
  heartbeatFrequencyMS: 1_000,
  connectTimeoutMS: 2_500,
  // One that is gone alone is noticed by whoever waits on it.
  socketTimeoutMS: 10_000,
  // A module makes its indexes when it starts, and waits for them; a lost server is an error, not a queue.
  autoCreate: false,
  autoIndex: false,
  bufferCommands: false,
};

const GUARDED: ConnectOptions = { monitorCommands: true };

/** @throws StartError when the URL is wrong, or the server cannot be reached, refuses the user or is too old */
export async function openDocuments(options: DocumentsOptions): Promise<Documents> {
  const { url, logger, prefix = "tiffin_" } = options;
  const connections: Connection[] = [];
  mendDriver();

  async function open(dbName: string, appName: string, options: Place = { url }) {
    const connection = mongoose.createConnection();
    // The command under way reports a lost server; without a listener the process would end.
    connection.on("error", (error: Error) =>
      logger.warn({ appName, error: error.message }, "the document store reported an error"),
    );
    connection.on("disconnected", () => logger.warn({ appName }, "lost the document store"));
    connection.on("reconnected", () => logger.info({ appName }, "the document store is back"));
    try {
      await connection.openUri(options.url, { ...OPTIONS, ...options.options, dbName, appName });
    } catch (error) {
      await connection.destroy().catch(() => undefined);
      throw error;
    }
    connections.push(connection);
    return connection;
  }

  const own = await open("admin", "tiffin").catch((error: unknown) => {
    throw explained(error);
  });
  const close = async () => {
    for (const connection of connections) connection.removeAllListeners("disconnected");
    await Promise.all(connections.map((connection) => connection.close()));
  };
  const version = await readVersion(own).catch(async (error: unknown) => {
    await close();
    throw explained(error);
  });
  const asked = await asksForPassword(own).catch(async (error: unknown) => {
    await close();
    throw explained(error);
  });
  if (options.secret !== undefined && !asked) {
    logger.warn(
      {},
      "MongoDB asks nobody for a password, so that only the code keeps the modules apart there.",
    );
  }

  const secret = asked ? options.secret : undefined;
  const signsIn = secret !== undefined;
  const guarded = new Map<string, Connection>();

  /** As the module's own user; mended where it cannot sign in, or may more or less than it must. */
  async function openAs(secret: string, database: string, appName: string): Promise<Connection> {
    const user = userOf(secret, database);
    const signIn = signInAs(user, url);
    const place = { url: signIn.url, options: { ...signIn.options, ...GUARDED } };
    const mend = () => ensureUser(user, (command) => own.getClient().db(database).command(command));
    const connection = await open(database, appName, place).catch(async (error: unknown) => {
      if (!AUTHENTICATION_FAILED.has(codeOf(error) ?? 0)) throw error;
      await mend();
      return open(database, appName, place);
    });
    if (!hasOnlyItsRoles(await statusOf(connection), database)) await mend();
    return connection;
  }

  return {
    version,
    async connect(module) {
      const database = `${prefix}${module}`;
      const appName = `tiffin:${module}`;
      const connection = await (
        secret !== undefined
          ? openAs(secret, database, appName)
          : open(database, appName, { url, options: GUARDED })
      ).catch((error: unknown) => {
        throw explained(error);
      });
      guardConnection(connection, { ...options, prefix, module });
      guarded.set(database, connection);
      return connection;
    },
    async claim(identity) {
      for (const connection of guarded.values()) {
        const adopted = await claim(databaseOf(connection), identity, options.adopts).catch(
          (error: unknown) => {
            throw explained(error);
          },
        );
        if (adopted)
          logger.warn(
            { database: connection.name },
            "Took over the documents of another restaurant: remove ADOPT_DOCUMENTS_OF",
          );
      }
    },
    async describe(module) {
      const name = `${prefix}${module}`;
      const connection = connections.find((one) => one.name === name) ?? own;
      const db = connection.getClient().db(name);
      const collections = await db.listCollections({}, { nameOnly: true }).toArray();
      const names = collections.map(({ name }) => name).toSorted();
      return Promise.all(
        names.map(async (name) => ({
          name,
          rows: await db.collection(name).estimatedDocumentCount(),
        })),
      );
    },
    async findHoles() {
      const found = await Promise.all(
        [...guarded].map(([database, connection]) => findHoles(connection, database, signsIn)),
      );
      const why = asked ? "All modules sign in as one user" : "MongoDB asks nobody for a password";
      const note = `${why}: only this process keeps the modules apart.`;
      return { holes: found.flat(), notes: signsIn ? [] : [note] };
    },
    async ping() {
      await databaseOf(own).command({ ping: 1 }, { timeoutMS: 2_000 });
    },
    close,
  };
}

// https://www.mongodb.com/docs/manual/reference/error-codes/: AuthenticationFailed, Unauthorized; and as Atlas says either,
// https://github.com/electerious/Ackee/issues/301
const ATLAS = 8_000;
const AUTHENTICATION_FAILED = new Set([18, ATLAS]);
const REFUSED = new Set([18, 13, ATLAS]);

/** @throws StartError when it is too old */
async function readVersion(connection: Connection): Promise<string> {
  const { version } = (await databaseOf(connection).command({ buildInfo: 1 })) as {
    version: string;
  };
  if (Number.parseInt(version, 10) >= OLDEST) return version;
  throw new StartError(`MongoDB ${version} is too old: Tiffin needs ${OLDEST} or newer.`);
}

/** Whether the server knows who we are. One that wants to know and was not told refuses here, and not later. */
async function asksForPassword(connection: Connection): Promise<boolean> {
  const { authInfo } = await statusOf(connection);
  if (authInfo.authenticatedUsers.length > 0) return true;
  await databaseOf(connection).command({ listDatabases: 1, nameOnly: true });
  return false;
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error;
  if (error.name === "MongoParseError" || error.name === "MongoInvalidArgumentError") {
    return new StartError(
      "MONGODB_URL is not a MongoDB URL: write it as mongodb://user:password@host:27017.",
      { cause: error },
    );
  }
  if (REFUSED.has(codeOf(error) ?? 0)) {
    return new StartError(
      "MongoDB refuses the user or the password in MONGODB_URL: check both, and authSource.",
      { cause: error },
    );
  }
  return new StartError(
    `MongoDB cannot be reached (${error.message}): check MONGODB_URL and that the server runs.`,
    { cause: error },
  );
}
