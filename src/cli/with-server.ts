// Runs a command against the server of this folder: the running one, or one started for it and stopped after it.
import { setTimeout as sleep } from "node:timers/promises";
import { type Config, loadConfig } from "#platform/config";
import { FolderInUse } from "#platform/embedded";
import { type Api, createApi, findRunning } from "./server.js";

/** A server has its folder long before it answers: it may read years of data first, or repair what a power cut left. */
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 500;

/** Prints what goes wrong and exits with 1. `over` is for a server that is started here. */
export async function withServer<T>(
  work: (api: Api) => Promise<T>,
  over: Partial<Config> = {},
): Promise<T> {
  try {
    const { api, stop } = await reachServer(loadConfig(), over);
    try {
      return await work(api);
    } finally {
      await stop();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

interface Reached {
  readonly api: Api;
  stop(): Promise<void>;
}

/** One that holds the folder and does not answer yet is waited for. */
async function reachServer(config: Config, over: Partial<Config>): Promise<Reached> {
  const until = performance.now() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    const running = await findRunning(config.dataDir);
    if (running) {
      const api = createApi(running.url, running.operatorToken, running.certPath);
      return { api, stop: () => Promise.resolve() };
    }
    try {
      return await startHere(config, over);
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error;
      const server = `The server (process ${error.ownerPid ?? "unknown"})`;
      if (performance.now() > until) {
        throw new Error(
          `${server} has not answered for ${PATIENCE_MS / 60_000} minutes: see in its log what it does, or start it again.`,
          { cause: error },
        );
      }
      if (!told) console.error(`${server} does not answer yet. Waiting for it…`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Nobody but this process is to reach it: without TLS, as no certificate is for 127.0.0.1, and behind no proxy. */
async function startHere(config: Config, over: Partial<Config>): Promise<Reached> {
  const here = { host: "127.0.0.1", port: 0, behindProxy: false, tls: undefined } as const;
  const local = { ...here, logLevel: "error" } as const;
  // Loaded only where it is needed: that takes longer than to ask a server that runs.
  const { startTiffin } = await import("../start.js");
  const tiffin = await startTiffin({ ...config, ...local, ...over }, { nobodyWatches: true });
  const api = createApi(tiffin.url, tiffin.operatorToken);
  return { api, stop: () => tiffin.stop() };
}
