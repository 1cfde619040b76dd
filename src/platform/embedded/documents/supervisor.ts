// The parent's side: starts the store's process, restarts it once when it dies, stops it. A second death
// within a minute is the end, said through `onExit`.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { FromParent, ToParent } from "./messages.js";

const RESTART_WINDOW_MS = 60_000;
const START_MS = 15 * 60_000; // a large folder is read and verified whole
const STOP_MS = 20_000;
const MAX_SOCKET_PATH = 100; // the kernel's limit is 107 bytes on Linux, 103 on macOS

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface DocumentStore {
  /** A MongoDB connection string; stays the same over a restart of the process. */
  url: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Copies the last commit into an empty folder while the store goes on; the copy can be started. */
  backup(folder: string): Promise<void>;
  /** Called once, when the store is gone for good without having been stopped. */
  onExit(listener: (reason: string) => void): void;
}

/** Of this machine, or of the container that we are in. */
export const machineMegabytes = (): number =>
  Math.floor(Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2 ** 20);

export async function startDocumentStore(options: {
  folder: string;
  logger?: Logger;
  /** All documents are in memory. Default: half of the machine's; the rest is for PostgreSQL and ourselves. */
  memoryMegabytes?: number;
}): Promise<DocumentStore> {
  const folder = resolve(options.folder);
  const { logger, memoryMegabytes = Math.max(512, Math.floor(machineMegabytes() / 2)) } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { path: socketPath, release } = socketFor(folder);
  const listeners: ((reason: string) => void)[] = [];
  let lastDeath = -Infinity;
  let stopping = false;
  let ended: string | undefined;
  let reviving: Promise<void> | undefined;
  let child = await launch().catch((error: unknown) => {
    release();
    throw error;
  });

  async function launch(): Promise<Child> {
    const started = await startChild({ folder, socketPath, memoryMegabytes, logger });
    started.process.once("exit", () => {
      reviving = revive(started);
    });
    return started;
  }

  async function revive(dead: Child): Promise<void> {
    if (stopping) return;
    const reason = dead.reason ?? "The document store's process died.";
    const now = performance.now();
    const again = now - lastDeath < RESTART_WINDOW_MS;
    lastDeath = now;
    if (again) return end(`${reason} It had died less than a minute before, so it stays down.`);
    logger?.warn(`${reason} Starting it again.`);
    try {
      child = await launch();
      if (!stopping) logger?.info("The document store runs again.");
    } catch (error) {
      if (!stopping) end(error instanceof Error ? error.message : String(error));
    }
  }

  function end(reason: string): void {
    ended = reason;
    release();
    logger?.error(reason);
    for (const listener of listeners) listener(reason);
  }

  return {
    url: `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`,
    get pid() {
      return child.process.pid ?? 0;
    },
    async stop() {
      stopping = true;
      await reviving; // a child that is just being started would go on
      await stopChild(child.process);
      release();
    },
    backup: (target) => child.backup(resolve(target)),
    onExit(listener) {
      if (ended === undefined) listeners.push(listener);
      else listener(ended);
    },
  };
}

interface Child {
  process: ChildProcess;
  reason: string | undefined;
  backup(folder: string): Promise<void>;
}

/** Room for what lives as long as one command: with the default, collecting it takes a sixth of the time. */
const YOUNG = "--max-semi-space-size=32";

const MORE_ROOM = "give the machine more memory, or move to a MongoDB (npm run documents:export).";

/** Settles when the child answers on its socket, or with the child's own reason why it does not. */
function startChild({
  folder,
  socketPath,
  memoryMegabytes,
  logger,
}: {
  folder: string;
  socketPath: string;
  memoryMegabytes: number;
  logger: Logger | undefined;
}): Promise<Child> {
  const asSource = import.meta.url.endsWith(".ts");
  const entry = fileURLToPath(new URL(asSource ? "./main.ts" : "./main.js", import.meta.url));
  const loader = asSource ? ["--import", import.meta.resolve("tsx")] : [];
  const flags = [YOUNG, `--max-old-space-size=${memoryMegabytes}`, ...loader];
  const args = [...flags, entry, folder, socketPath, String(memoryMegabytes)];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const backups = new Map<number, (reason: string | undefined) => void>();
  let lastBackup = 0;
  const self: Child = {
    process: child,
    reason: undefined,
    backup: (target) =>
      new Promise((resolve, reject) => {
        if (self.reason !== undefined) return reject(new Error(self.reason));
        const id = ++lastBackup;
        backups.set(id, (reason) => (reason === undefined ? resolve() : reject(new Error(reason))));
        // One that cannot be told of it is ending: then all that wait are settled.
        child.send({ kind: "backup", id, folder: target } satisfies FromParent, () => undefined);
      }),
  };
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      self.reason = `The document store in ${folder} was not read within ${START_MS / 60_000} minutes: look at its disk, and start again.`;
      child.kill("SIGKILL");
    }, START_MS);
    child.on("message", (message: ToParent) => {
      if (message.kind === "ready") {
        clearTimeout(late);
        resolve(self);
      } else if (message.kind === "failed") self.reason = message.reason;
      else if (message.kind === "nearly-full")
        logger?.warn(
          `The document store keeps all documents in memory, and they take ${message.megabytes} of the ${memoryMegabytes} MB that it may use. Before it is full, keep events for fewer days (EVENT_RETENTION_DAYS), ${MORE_ROOM}`,
        );
      else {
        backups.get(message.id)?.(message.reason);
        backups.delete(message.id);
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(late);
      self.reason ??=
        signal === "SIGABRT" // so V8 ends a process that has no memory left
          ? `The document store has no room left in the ${memoryMegabytes} MB of memory that it may use: ${MORE_ROOM} Should that not help, a file of it is damaged: restore the last backup.`
          : `The document store's process ended (${signal ?? `code ${code}`}).`;
      for (const settle of backups.values()) settle(self.reason);
      reject(new Error(self.reason));
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  if (child.connected) child.send({ kind: "stop" } satisfies FromParent, () => undefined);
  else child.kill("SIGTERM");
  await gone;
  clearTimeout(late);
}

/** Inside the folder, or in a private one below the system's temporary folder when the path is too long, or has a percent
 *  sign: the driver decodes a URL's path twice. */
function socketFor(folder: string): { path: string; release(): void } {
  if (process.platform === "win32") {
    const name = randomBytes(24).toString("hex"); // a pipe's name is its secret
    return { path: `\\\\.\\pipe\\${name}.sock`, release: () => {} };
  }
  const inside = join(folder, "documents.sock");
  if (!inside.includes("%") && Buffer.byteLength(inside) <= MAX_SOCKET_PATH)
    return { path: inside, release: () => {} };
  const path = join(mkdtempSync(join(tmpdir(), "documents-")), "documents.sock");
  return { path, release: () => rmSync(dirname(path), { recursive: true, force: true }) };
}
