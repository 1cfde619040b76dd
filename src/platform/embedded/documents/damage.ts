// How a store whose files cannot be trusted is refused: in one sentence, with what to do.
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

export const damaged = (what: string): Error =>
  new Error(`The document store is damaged: ${what}; restore the last backup of the data folder.`);

/** LMDB reads its file by mapping it into memory: a file that is cut short or scribbled over ends the process. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ["SIGBUS", "SIGSEGV", "SIGABRT"];
export const isCrash = (signal: NodeJS.Signals | null): boolean => CRASHES.includes(signal);

/** LMDB's own complaints; those of the system keep their names. */
export const isLmdbError = (error: unknown): error is Error =>
  error instanceof Error && error.message.startsWith("MDB_");

/** What LMDB would answer with a crash, a bare errno or an empty store, said before it opens its folder.
 *  @throws Error when the files are another account's, on a read-only disk, or empty */
export function checkFiles(folder: string): void {
  const file = join(folder, "data.mdb");
  try {
    for (const path of [folder, file, join(folder, "lock.mdb")]) checkAccess(path);
  } catch (error) {
    throw new Error(
      `The document store in ${folder} may not be read and written by this account (${(error as Error).message}): start as the account that it belongs to, or give that folder and all in it to this one.`,
      { cause: error },
    );
  }
  if (statSync(file, { throwIfNoEntry: false })?.size !== 0) return;
  // LMDB would take it for a new store, and what was in it for never written.
  throw new Error(
    `The document store is damaged: ${file} is empty; restore the last backup of the data folder, or remove that file if nothing was ever stored here.`,
  );
}

function checkAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
