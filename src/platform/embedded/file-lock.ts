// An exclusive lock on a file that the kernel releases when its holder dies, however it dies: nothing can go stale.
// Node has no flock(2). macOS locks in open(2); on Linux flock(1) locks the very file description that we keep open.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, type promises } from "node:fs";
import { open } from "node:fs/promises";
import { StartError } from "#platform/kernel";

const O_EXLOCK_ON_MACOS = 0x20;

export type FileLock =
  | { readonly held: true; release(): Promise<void> }
  | { readonly held: false; readonly ownerPid: number | null };

/** Takes the lock or says who has it; never waits. The file stays when released: removing it would race. */
export async function lockFile(path: string): Promise<FileLock> {
  const macos = process.platform === "darwin";
  const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
  let file: promises.FileHandle;
  try {
    file = await open(path, O_RDWR | O_CREAT | (macos ? O_EXLOCK_ON_MACOS | O_NONBLOCK : 0), 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    return { held: false, ownerPid: await readOwner(path) };
  }
  try {
    if (!macos && !(await flock(file.fd, path))) {
      await file.close();
      return { held: false, ownerPid: await readOwner(path) };
    }
    await file.truncate(0);
    await file.write(`${process.pid}\n`, 0);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  return { held: true, release: () => file.close() };
}

/** flock(1) answers so when somebody else has the lock, and by other codes when it could not try. */
const TAKEN = 1;

/** The lock belongs to the open file, not to flock(1): it outlives that process and ends with our descriptor. */
async function flock(fd: number, path: string): Promise<boolean> {
  const child = spawn("flock", ["-n", "-x", "3"], { stdio: ["ignore", "ignore", "pipe", fd] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  let ended: [code: number | null, signal: string | null];
  try {
    ended = (await once(child, "close")) as typeof ended;
  } catch (error) {
    throw new StartError(
      "The program flock is missing, which guards the data folder: install the package util-linux.",
      { cause: error },
    );
  }
  const [code, signal] = ended;
  if (code === 0 || code === TAKEN) return code === 0;
  const why = said.trim() || `flock ended with ${signal ?? `code ${code}`}`;
  throw new StartError(
    `The file ${path}, which guards the data folder, cannot be locked (${why}): start again, and if that does not help, set DATA_DIR to a folder on a disk of this machine.`,
  );
}

async function readOwner(path: string): Promise<number | null> {
  const file = await open(path, "r");
  try {
    return Number.parseInt(await file.readFile("utf8"), 10) || null;
  } finally {
    await file.close();
  }
}
