// The store's own process: opens the folder, answers on the socket until its parent is gone.
// Started by supervisor.ts with an IPC channel; useless without it.
import { chmodSync, rmSync } from "node:fs";
import { unwritable } from "./damage.js";
import { Engine } from "./engine.js";
import { explained } from "./level.js";
import { lockFolder } from "./lock.js";
import { watchMemory } from "./memory.js";
import type { FromParent, ToParent } from "./messages.js";
import { createListener } from "./server.js";
import { Store } from "./store.js";

const SWEEP_MS = 1000;

const tell = (message: ToParent) => process.send?.(message);

/** One clear line for the parent, then the end: memory may be ahead of the disk. */
function abort(error: unknown): void {
  const reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
  const leave = () => process.exit(1);
  if (process.send) process.send({ kind: "failed", reason } satisfies ToParent, leave);
  setTimeout(leave, 200);
}

const failedCommit = (error: unknown) =>
  abort(unwritable(error instanceof Error ? error.message : String(error)));

async function run(folder: string, socketPath: string, memoryMegabytes: number): Promise<void> {
  await lockFolder(folder);
  watchMemory(memoryMegabytes, (megabytes) => tell({ kind: "nearly-full", megabytes }));
  const listener = createListener((command, client) => engine.handle(command, client));
  const engine = await explained(folder, async () =>
    Engine.open(await Store.open(folder, failedCommit), listener.connections),
  );
  const { store } = engine;
  if (process.platform !== "win32") rmSync(socketPath, { force: true }); // ours: we hold the lock
  await new Promise<void>((resolve, reject) => {
    listener.server.once("error", reject);
    listener.server.listen({ path: socketPath, backlog: 1024 }, resolve);
  });
  if (process.platform !== "win32") chmodSync(socketPath, 0o600);

  const sweeper = setInterval(() => {
    listener.sweep();
    engine.sweep();
  }, SWEEP_MS);

  let leaving = false;
  const leave = async () => {
    if (leaving) return;
    leaving = true;
    clearInterval(sweeper);
    listener.close();
    await store.close(); // what was begun is finished
    process.exit(0);
  };
  const answer = async ({ kind, ...message }: FromParent) => {
    if (kind === "stop") return leave();
    const { id, folder: target } = message as { id: number; folder: string };
    try {
      await store.backup(target);
      tell({ kind: "backed-up", id });
    } catch (error) {
      tell({
        kind: "backed-up",
        id,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  };
  process.on("message", (message) => void answer(message as FromParent));
  process.on("disconnect", () => void leave());
  // A signal to the whole group (Ctrl+C, a service manager) reaches us too; the parent decides when we go.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  if (!process.connected) return leave();
  tell({ kind: "ready" });
}

process.on("uncaughtException", abort);
process.on("unhandledRejection", abort);
const [folder = "", socketPath = "", memoryMegabytes] = process.argv.slice(2);
run(folder, socketPath, Number(memoryMegabytes)).catch(abort);
