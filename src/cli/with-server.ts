// Runs a command against the server of this folder: the running one, or one started for it and stopped after it.
import { loadConfig } from "#platform/config";
import { StartError } from "#platform/kernel";
import { startTiffin } from "../start.js";
import { type Api, createApi, findRunning } from "./server.js";

/** Prints what goes wrong as one sentence and exits with 1. */
export async function withServer<T>(work: (api: Api) => Promise<T>): Promise<T> {
  try {
    const config = loadConfig();
    const running = await findRunning(config.dataDir);
    if (running) return await work(createApi(running.url, running.operatorToken));
    const tiffin = await startTiffin({ ...config, host: "127.0.0.1", port: 0, logLevel: "error" });
    try {
      return await work(createApi(tiffin.url, tiffin.operatorToken));
    } finally {
      await tiffin.stop();
    }
  } catch (error) {
    const known = error instanceof StartError || error instanceof Error;
    console.error(known ? error.message : String(error));
    process.exit(1);
  }
}
