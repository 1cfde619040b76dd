// Runs a command against the server of this folder: the running one, or one started for it and stopped after it.
import { type Config, loadConfig } from "#platform/config";
import { StartError } from "#platform/kernel";
import { startTiffin } from "../start.js";
import { type Api, createApi, findRunning } from "./server.js";

/** Prints what goes wrong and exits with 1. `over` is for a server that is started here. */
export async function withServer<T>(
  work: (api: Api) => Promise<T>,
  over: Partial<Config> = {},
): Promise<T> {
  try {
    const config = loadConfig();
    const running = await findRunning(config.dataDir);
    if (running) {
      return await work(createApi(running.url, running.operatorToken, running.certPath));
    }
    // Nobody but this process is to reach it: without TLS, as no certificate is for 127.0.0.1, and behind no proxy.
    const here = { host: "127.0.0.1", port: 0, behindProxy: false, tls: undefined } as const;
    const local = { ...here, logLevel: "error" } as const;
    const tiffin = await startTiffin({ ...config, ...local, ...over }, { nobodyWatches: true });
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
