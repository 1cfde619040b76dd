// A real PostgreSQL as our child: files below the data folder, reachable from this machine only, and never outliving us.
// It listens on 127.0.0.1 with SCRAM passwords: one kind of URL for every client, no limit on the length of a socket's
// path, and another account of this machine that finds the port still needs a password made from the folder's secret.
import { mkdir, realpath } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { StartError } from "#platform/kernel";
import type { DataFolder } from "../data-folder.js";
import { chooseAccount, type Account } from "./account.js";
import { findBinaries, type Binaries } from "./binaries.js";
import { checkCluster, createCluster, findCluster, OWNER, passwordOf, removeUnfinished } from "./cluster.js";
import { keep, type Kept } from "./keeper.js";
import { endLeftovers } from "./leftovers.js";
import { explainFailure, isPortTaken, isReady, LINE_PREFIX, readLogLine } from "./messages.js";

export interface EmbeddedPostgres {
  /** Of the owner, who may do everything. */
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  /** Ends the server cleanly; open connections are cut. Repeated: the same end. */
  stop(): Promise<void>;
  /** Called once when the server ends without `stop`, with its last words. */
  onExit(callback: (reason: string) => void): void;
}

interface Logger {
  warn(details: object, message: string): void;
  debug(details: object, message: string): void;
}

export interface PostgresOptions {
  readonly folder: Pick<DataFolder, "path" | "secret">;
  readonly logger?: Logger;
  /** For tests only: nothing is forced to disk. */
  readonly volatile?: boolean;
}

const TRIES = 3;
/** Recovery after a crash reads back at most max_wal_size. */
const READY_WITHIN_MS = 180_000;
const LAST_WORDS = 20;

/** @throws StartError with cause and remedy; nothing is left running then */
export async function startEmbeddedPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === "win32") {
    throw new StartError("The embedded PostgreSQL does not run on Windows itself: use WSL, or set DATABASE_URL.");
  }
  const { folder, logger, volatile = false } = options;
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  const folderPath = await realpath(folder.path);
  const dataPath = join(folderPath, "postgres");
  try {
    const binaries = await findBinaries(join(folderPath, "postgres-libraries"));
    await removeUnfinished(folderPath);
    const owner = await findCluster(dataPath);
    const account = await chooseAccount([binaries.initdb, binaries.postgres, binaries.home, folderPath], owner);
    if (owner) {
      await checkCluster(dataPath, folder.secret, account);
      await endLeftovers(dataPath);
    } else {
      await createCluster({ folderPath, dataPath, secret: folder.secret, account, binaries, volatile });
    }
    const server = await startServer({ binaries, account, dataPath, volatile, ...(logger && { logger }) });
    return offer(server, folder.secret);
  } catch (error) {
    throw error instanceof StartError ? error : describe(error, folderPath);
  }
}

interface Server {
  readonly kept: Kept;
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  readonly lastWords: readonly string[];
}

async function startServer(options: {
  binaries: Binaries;
  account: Account;
  dataPath: string;
  volatile: boolean;
  logger?: Logger;
}): Promise<Server> {
  const { binaries, account, dataPath, volatile, logger } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const lines: string[] = [];
    const ready = Promise.withResolvers<"ready">();
    const kept = keep(commandOf(binaries, dataPath, port, volatile), {
      account,
      env: binaries.env,
      onLine(line) {
        lines.push(line);
        if (lines.length > LAST_WORDS) lines.shift();
        const { level, text } = readLogLine(line);
        logger?.[level]({ part: "postgres" }, text);
        if (isReady(line)) ready.resolve("ready");
      },
    });
    const version = Promise.resolve();
    void version;
    const timer = setTimeout(() => void kept.stop(), READY_WITHIN_MS);
    const outcome = await Promise.race([ready.promise, kept.ended]).finally(() => clearTimeout(timer));
    if (outcome === "ready") {
      return { kept, port, pid: await kept.pid, version: "", lastWords: lines };
    }
    // The port was free a moment ago; another program was faster.
    if (!isPortTaken(lines) || attempt === TRIES) throw new StartError(explainFailure(lines, dataPath));
  }
}
