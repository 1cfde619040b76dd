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
import {
  checkCluster,
  createCluster,
  findCluster,
  OWNER,
  passwordOf,
  removeUnfinished,
} from "./cluster.js";
import { keep, type Kept } from "./keeper.js";
import { endLeftovers } from "./leftovers.js";
import {
  explainFailure,
  isPortTaken,
  isReady,
  LINE_PREFIX,
  readLogLine,
  readVersion,
} from "./messages.js";
import { createPatience } from "./patience.js";

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
/** Without a word: recovery after a crash tells every ten seconds how far it is, and may take as long as the disk needs. */
const SILENT_MS = 180_000;
const LAST_WORDS = 20;

/** @throws StartError with cause and remedy; nothing is left running then */
export async function startEmbeddedPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === "win32") {
    throw new StartError(
      "The embedded PostgreSQL does not run on Windows itself: use WSL, or set DATABASE_URL.",
    );
  }
  const { folder, logger, volatile = false } = options;
  await mkdir(folder.path, { recursive: true, mode: 0o700 });
  const folderPath = await realpath(folder.path);
  const dataPath = join(folderPath, "postgres");
  try {
    const binaries = await findBinaries(join(folderPath, "postgres-libraries"));
    await removeUnfinished(folderPath);
    const owner = await findCluster(dataPath);
    const account = await chooseAccount(
      [binaries.initdb, binaries.postgres, binaries.home, folderPath],
      owner,
    );
    if (owner) {
      await checkCluster(dataPath, folder.secret, account);
      await endLeftovers(dataPath);
    } else {
      await createCluster({
        folderPath,
        dataPath,
        secret: folder.secret,
        account,
        binaries,
        volatile,
      });
    }
    const server = await startServer({ binaries, account, dataPath, volatile, logger });
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
  logger: Logger | undefined;
}): Promise<Server> {
  const { binaries, account, dataPath, volatile, logger } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const command = commandOf(binaries, dataPath, port, volatile);
    const lastWords: string[] = [];
    let version = "";
    let isUp: (value: true) => void;
    const up = new Promise<true>((resolve) => (isUp = resolve));
    const patience = createPatience(SILENT_MS, () => void kept.stop());
    const onLine = (line: string): void => {
      patience.heard();
      lastWords.push(line);
      if (lastWords.length > LAST_WORDS) lastWords.shift();
      const { level, text } = readLogLine(line);
      logger?.[level]({ part: "postgres" }, text);
      version = readVersion(line) ?? version;
      if (isReady(line)) isUp(true);
    };
    const kept = keep(command, { account, env: binaries.env, onLine });
    const outcome = await Promise.race([up, kept.ended]).finally(() => patience.end());
    if (outcome === true) return { kept, port, pid: await kept.pid, version, lastWords };
    // The port was free a moment ago; another program was faster.
    if (!isPortTaken(lastWords) || attempt === TRIES) {
      throw new StartError(explainFailure(lastWords, dataPath));
    }
  }
}

/** On the command line stands what must hold whatever postgresql.conf says. */
const commandOf = (
  binaries: Binaries,
  dataPath: string,
  port: number,
  volatile: boolean,
): string[] => [
  binaries.postgres,
  "-D",
  dataPath,
  ...[
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "logging_collector=off",
    "log_destination=stderr",
    `log_line_prefix=${LINE_PREFIX}`,
    "log_error_verbosity=terse", // details quote rows, which are people's data
    "log_min_error_statement=panic",
    ...(volatile ? ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] : []),
  ].flatMap((setting) => ["-c", setting]),
];

function offer({ kept, port, pid, version, lastWords }: Server, secret: string): EmbeddedPostgres {
  let asked = false;
  const died = kept.ended.then(() => {
    const said = lastWords.map((line) => readLogLine(line).text).join("; ");
    return `The embedded PostgreSQL ended without having been stopped (it said last: ${said})`;
  });
  const report = async (tell: (reason: string) => void): Promise<void> => {
    const reason = await died;
    if (!asked) tell(reason);
  };
  return {
    url: `postgres://${OWNER}:${passwordOf(secret)}@127.0.0.1:${port}/postgres`,
    version,
    pid,
    async stop() {
      asked = true;
      await kept.stop();
    },
    onExit(callback) {
      void report(callback);
    },
  };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What the file system refused us while files were made or read. */
function describe(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ? new StartError(explainFailure([message, code], path), { cause: error }) : error;
}
