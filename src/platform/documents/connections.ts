// The MongoDB server as the application sees it: one connection pool and one database for each module.
// Which documents there are is the module's business.
import mongoose, { type Connection, type ConnectOptions } from "mongoose";
import { StartError } from "#platform/kernel";
import { codeOf } from "./errors.js";

export interface DocumentsOptions {
  readonly url: string;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Names of databases begin with it; tests that share a server choose their own. Default `tiffin_`. */
  readonly prefix?: string;
}

export interface Documents {
  readonly version: string;
  /** The module's own pool, on the database `tiffin_<module>`. */
  connect(module: string): Promise<Connection>;
  /** A module's collections, with their documents counted. */
  describe(module: string): Promise<{ name: string; rows: number }[]>;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const OLDEST = 6;

/** Acknowledged means on disk: on a standalone server `majority` is that server, and `journal` its disk. */
const OPTIONS: ConnectOptions = {
  writeConcern: { w: "majority", journal: true },
  // A bulkhead: one module's flood cannot take the connections of another.
  maxPoolSize: 32,
  waitQueueTimeoutMS: 5_000,
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 30_000,
  // A module makes its indexes when it starts, and waits for them; a lost server is an error, not a queue.
  autoCreate: false,
  autoIndex: false,
  bufferCommands: false,
};

/** @throws StartError when the URL is wrong, or the server cannot be reached, refuses the user or is too old */
export async function openDocuments(options: DocumentsOptions): Promise<Documents> {
  const { url, logger, prefix = "tiffin_" } = options;
  const connections: Connection[] = [];

  async function open(dbName: string, appName: string): Promise<Connection> {
    const connection = mongoose.createConnection();
    // The command under way reports a lost server; without a listener the process would end.
    connection.on("error", (error: Error) =>
      logger.warn({ appName, error: error.message }, "the document store reported an error"),
    );
    connection.on("disconnected", () => logger.warn({ appName }, "lost the document store"));
    connection.on("reconnected", () => logger.info({ appName }, "the document store is back"));
    try {
      await connection.openUri(url, { ...OPTIONS, dbName, appName });
    } catch (error) {
      await connection.destroy().catch(() => undefined);
      throw explained(error);
    }
    connections.push(connection);
    return connection;
  }

  const own = await open("admin", "tiffin");
  const close = async () => {
    for (const connection of connections) connection.removeAllListeners("disconnected");
    await Promise.all(connections.map((connection) => connection.close()));
  };
  const { version } = (await databaseOf(own).command({ buildInfo: 1 })) as { version: string };
  if (Number.parseInt(version, 10) < OLDEST) {
    await close();
    throw new StartError(`MongoDB ${version} is too old: Tiffin needs ${OLDEST} or newer.`);
  }

  return {
    version,
    connect: (module) => open(`${prefix}${module}`, `tiffin:${module}`),
    async describe(module) {
      const db = own.getClient().db(`${prefix}${module}`);
      const collections = await db.listCollections({}, { nameOnly: true }).toArray();
      const names = collections.map(({ name }) => name).toSorted();
      return Promise.all(
        names.map(async (name) => ({
          name,
          rows: await db.collection(name).estimatedDocumentCount(),
        })),
      );
    },
    async ping() {
      await databaseOf(own).command({ ping: 1 }, { timeoutMS: 2_000 });
    },
    close,
  };
}

function databaseOf({ db }: Connection) {
  if (!db) throw new Error("The connection is open, so it has a database");
  return db;
}

// https://www.mongodb.com/docs/manual/reference/error-codes/: AuthenticationFailed, Unauthorized
const REFUSED = new Set([18, 13]);

function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
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
