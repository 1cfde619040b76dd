// One process per data folder. The kernel holds the lock and drops it with the process, so that
// neither kill -9 nor a power cut leaves a stale one. It refuses a second owner and names the first.
import { constants, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const O_EXLOCK = 0x20; // BSD and macOS: open and lock in one call

/** Waits up to `patienceMs` for an owner that is just leaving (a child whose parent was killed). */
export async function lockFolder(folder: string, patienceMs = 3000): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const owner = await tryLock(folder);
    if (owner === undefined) return;
    if (performance.now() > until)
      throw new Error(
        `The document store in ${folder} is in use by process ${owner}: stop that process, or use another folder.`,
      );
    await sleep(50);
  }
}

function tryLock(folder: string): Promise<string | undefined> {
  const { dev, ino } = statSync(folder, { bigint: true }); // the folder itself, whatever its path
  const id = `${dev}-${ino}`;
  if (process.platform === "win32") return listen(`\\\\.\\pipe\\documents-${id}`);
  if (process.platform === "linux") return listen(`\0documents-${id}`);
  return Promise.resolve(openExclusively(join(folder, "owner")));
}

/** A name in the kernel's own space: bound atomically, gone with its process. */
function listen(name: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") askOwner(name).then(resolve, reject);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(undefined);
    });
  });
}

function askOwner(name: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(name);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer || "unknown"));
  });
}

function openExclusively(file: string): string | undefined {
  try {
    openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    writeFileSync(file, String(process.pid));
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    return readFileSync(file, "utf8") || "unknown";
  }
}
