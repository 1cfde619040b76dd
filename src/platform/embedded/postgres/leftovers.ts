// After a crash a PostgreSQL may still run, or still shut down, in the data folder. We hold the folder's lock, so it is
// a leftover of ours: it is stopped. No process is touched unless it is a postgres that works in this very folder.
import { execFile } from "node:child_process";
import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { StartError } from "#platform/kernel";

const POLL_MS = 50;
/** Asked politely, then firmly, then not asked: [signal, how long to wait after it]. */
const STEPS: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGINT", 20_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 2_000],
];

/** Afterwards nothing runs in `dataPath` and no postmaster.pid stands in the way of a start. */
export async function endLeftovers(dataPath: string): Promise<void> {
  const pidFile = join(dataPath, "postmaster.pid");
  const text = await readFile(pidFile, "utf8").catch(() => null);
  if (text === null) return;
  const folder = await realpath(dataPath);
  const postmaster = Number.parseInt(text, 10);

  for (const [signal, waitMs] of STEPS) {
    const running = await findRunning(folder);
    // Children of a postmaster that died end by themselves; a signal to all of them is the last resort.
    const targets = signal === "SIGKILL" ? running : running.filter((pid) => pid === postmaster);
    for (const pid of targets) send(pid, signal);
    if (await goneWithin(folder, waitMs)) {
      await rm(pidFile, { force: true });
      return;
    }
  }
  const [pid] = await findRunning(folder);
  throw new StartError(
    `A PostgreSQL still runs in ${dataPath} and does not end: end process ${pid} and start again.`,
  );
}

async function goneWithin(folder: string, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= waitMs; waitedMs += POLL_MS) {
    if ((await findRunning(folder)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** The processes of a PostgreSQL whose data folder is `folder`. Each of them works in that folder. */
async function findRunning(folder: string): Promise<number[]> {
  if (process.platform !== "linux") return findPostmasters(folder);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const ours = await Promise.all(
    pids.map(async (pid) => {
      const [cwd, exe] = await Promise.all([
        readlink(`/proc/${pid}/cwd`),
        readlink(`/proc/${pid}/exe`),
      ]).catch(() => ["", ""]);
      return cwd === folder && basename(exe ?? "").startsWith("postgres");
    }),
  );
  return pids.filter((_, index) => ours[index]).map(Number);
}

/** Without /proc: by command line, which names the folder for the postmaster alone. */
async function findPostmasters(folder: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,command="], {
    maxBuffer: 8 << 20,
  });
  return stdout
    .split("\n")
    .filter((line) => line.includes("/postgres -D ") && line.includes(` ${folder} `))
    .map((line) => Number.parseInt(line, 10));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended by itself
  }
}
