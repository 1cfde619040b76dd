// How a store whose files cannot be trusted is refused: in one sentence, with what to do.
import { statSync } from "node:fs";

export const damaged = (what: string): Error =>
  new Error(`The document store is damaged: ${what}; restore the last backup of the data folder.`);

/** LMDB reads its file by mapping it into memory: a file that is cut short or scribbled over ends the process. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ["SIGBUS", "SIGSEGV", "SIGABRT"];
export const isCrash = (signal: NodeJS.Signals | null): boolean => CRASHES.includes(signal);

/** LMDB's own complaints; those of the system keep their names. */
export const isLmdbError = (error: unknown): error is Error =>
  error instanceof Error && error.message.startsWith("MDB_");

/** LMDB takes an empty file for a new store, and what was in it for never written.
 *  @throws Error when the file is there and empty */
export function refuseEmpty(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size !== 0) return;
  throw new Error(
    `The document store is damaged: ${file} is empty; restore the last backup of the data folder, or remove that file if nothing was ever stored here.`,
  );
}
