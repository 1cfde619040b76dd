// The folder that holds all that the embedded servers keep. One process at a time; a second one is refused by name.
import { randomBytes } from "node:crypto";
import { access, constants, mkdir, open, readFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { StartError } from "#platform/kernel";
import { lockFile } from "./file-lock.js";

export interface DataFolder {
  readonly path: string;
  /** 32 random bytes in hexadecimal, made once: the root of every password in this folder. */
  readonly secret: string;
  release(): Promise<void>;
}

/** Another process works in the folder. */
export class FolderInUse extends StartError {
  constructor(
    path: string,
    readonly ownerPid: number | null,
  ) {
    super(
      `The data folder ${path} is in use by process ${ownerPid ?? "(unknown)"}: stop that one first, or set DATA_DIR to another folder.`,
    );
  }
}

/** @throws StartError when the folder is in use, not a folder, or not ours to write in */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const lock = await lockFile(join(path, "lock"));
    if (!lock.held) throw new FolderInUse(path, lock.ownerPid);
    try {
      return {
        path,
        secret: await keepSecret(join(path, "secret")),
        release: () => lock.release(),
      };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw explain(path, error);
  }
}

async function keepSecret(path: string): Promise<string> {
  try {
    const secret = (await readFile(path, "utf8")).trim();
    if (/^[0-9a-f]{64}$/.test(secret)) return secret;
    throw new StartError(`The file ${path} is damaged: restore it from a backup.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = randomBytes(32).toString("hex");
  // On disk before it has its name: a crash leaves no half-written secret.
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return secret;
}

const NOT_OURS =
  "may not be read or written by this account: start as the account that it belongs to (sudo -u <account>), or set DATA_DIR to another folder";
const TOO_MANY_FILES =
  "cannot be opened, since too many files are open: let this account open more (ulimit -n), and start again";

const CAUSES: Record<string, string> = {
  EACCES: NOT_OURS,
  EPERM: NOT_OURS,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  EROFS: "lies on a read-only disk: set DATA_DIR to a folder that can be written",
  ENOSPC: "lies on a full disk: free some space, or set DATA_DIR to a folder on another disk",
  EDQUOT: "is over its disk quota: free some space, or set DATA_DIR to a folder on another disk",
  EEXIST: "is not a folder: set DATA_DIR to a folder",
  ENOTDIR: "is not a folder: set DATA_DIR to a folder",
};

function explain(path: string, error: unknown): unknown {
  const cause = CAUSES[(error as NodeJS.ErrnoException).code ?? ""];
  return cause ? new StartError(`The data folder ${path} ${cause}.`, { cause: error }) : error;
}
