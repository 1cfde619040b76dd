// The files of the database: made whole or not at all, and refused when another version or another secret made them.
import { createHmac, randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "#platform/kernel";
import type { Account } from "./account.js";
import type { Binaries } from "./binaries.js";
import { keep } from "./keeper.js";
import { explainFailure } from "./messages.js";

export const OWNER = "postgres";
const MAJOR = "18";
const SECRET_CHECK = "secret-check";
const UNFINISHED = "postgres.new-";

/** For a small server. They land in postgresql.conf, where a person may change them; the rest are safe defaults. */
const SETTINGS = [
  "shared_buffers=128MB",
  "max_connections=100",
  "wal_level=replica",
  "max_wal_size=512MB",
  "jit=off",
  "timezone=UTC",
  "log_timezone=UTC",
];

/** The owner's password, and a mark that tells by which secret it was made without giving either away. */
export const passwordOf = (secret: string): string => derive(secret, "postgres owner password");
const markOf = (secret: string): string => derive(secret, "postgres secret check");
const derive = (secret: string, purpose: string): string =>
  createHmac("sha256", secret).update(purpose).digest("base64url");

/** Whose the data is; null when there is none yet. A folder that somebody prepared empty counts as none. */
export async function findCluster(dataPath: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await stat(dataPath);
    if ((await readdir(dataPath)).length > 0) return { uid, gid };
    await rmdir(dataPath);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") throw notOurs(dataPath, error);
    if (code !== "ENOENT") throw error;
  }
  return null;
}

/** @throws StartError when the files are not for this account, this PostgreSQL or this secret */
export async function checkCluster(
  dataPath: string,
  secret: string,
  account: Account,
): Promise<void> {
  const { uid } = await stat(dataPath);
  const ours = account.ids?.uid ?? process.getuid?.();
  // Only root comes by here with files of root: restored from a backup, say.
  if (uid === 0 && account.ids) await giveTo(account, dataPath);
  else if (uid !== ours) throw notOurs(dataPath);
  await chmod(dataPath, 0o700); // a copy may have been made with wider rights, which PostgreSQL refuses

  const major = (await readFile(join(dataPath, "PG_VERSION"), "utf8").catch(() => "")).trim();
  if (major === "") {
    throw new StartError(
      `${dataPath} holds something else than a database: move it away, or set DATA_DIR to another folder.`,
    );
  }
  if (major !== MAJOR) {
    throw new StartError(
      `The database in ${dataPath} is of PostgreSQL ${major} and this version brings PostgreSQL ${MAJOR}: export it with the version of Tiffin that made it, and import it into a new DATA_DIR.`,
    );
  }
  const mark = await readFile(join(dataPath, SECRET_CHECK), "utf8").catch(() => null);
  if (mark !== null && mark !== markOf(secret)) {
    throw new StartError(
      `The file secret is not the one that the database in ${dataPath} was made with: restore both from the same backup.`,
    );
  }
}

/** Made under another name and renamed when it is on disk: a crash on the way leaves only what the next start removes. */
export async function createCluster(options: {
  folderPath: string;
  dataPath: string;
  secret: string;
  account: Account;
  binaries: Binaries;
  /** For tests only: does not wait for the disk. */
  volatile: boolean;
}): Promise<void> {
  const { folderPath, dataPath, secret, account, binaries, volatile } = options;
  const staging = join(folderPath, `${UNFINISHED}${randomBytes(4).toString("hex")}`);
  const data = join(staging, "data");
  const passwordFile = join(staging, "password");
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(passwordFile, passwordOf(secret), { mode: 0o600 }); // not in an argument: those are public
    await giveTo(account, staging);

    const lines: string[] = [];
    const command = [
      binaries.initdb,
      `--pgdata=${data}`,
      `--username=${OWNER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin", // sorts the same on every machine, whatever locales it has
      "--builtin-locale=C.UTF-8",
      ...(volatile ? ["--no-sync"] : []),
      ...SETTINGS.map((setting) => `--set=${setting}`),
    ];
    const run = keep(command, { account, env: binaries.env, onLine: (line) => lines.push(line) });
    if ((await run.ended) !== 0) throw new StartError(explainFailure(lines, folderPath));

    await writeSynced(join(data, SECRET_CHECK), markOf(secret));
    if (account.ids) await chown(join(data, SECRET_CHECK), account.ids.uid, account.ids.gid);
    await rename(data, dataPath);
    await syncFolder(folderPath);
  } finally {
    await remove(staging);
  }
}

export async function removeUnfinished(folderPath: string): Promise<void> {
  const names = await readdir(folderPath);
  for (const name of names) if (name.startsWith(UNFINISHED)) await remove(join(folderPath, name));
}

/** Retries: an initdb whose start was killed may write for an instant yet. */
const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 10 });

async function giveTo({ ids }: Account, path: string): Promise<void> {
  if (!ids) return;
  await chown(path, ids.uid, ids.gid);
  const inside = await readdir(path, { recursive: true, withFileTypes: true });
  // A link (a tablespace, say) leads out of what is ours.
  const entries = inside.filter((entry) => !entry.isSymbolicLink());
  for (const entry of entries) await chown(join(entry.parentPath, entry.name), ids.uid, ids.gid);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const notOurs = (dataPath: string, cause?: unknown): StartError =>
  new StartError(
    `The database in ${dataPath} belongs to another account: start as that account or as root, or set DATA_DIR to another folder.`,
    { cause },
  );
