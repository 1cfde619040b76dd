// The restaurant that is soaked: a server process of its own on databases that stay, behind wires that can be spoilt.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "../crash/faults.js";
import { openStores } from "../crash/stores.js";
import { createProcessFolder, type RunningProcess } from "../system/process.js";
import { openWire } from "../system/wire.js";
import type { Door } from "./tills.js";

export type Restaurant = Awaited<ReturnType<typeof openRestaurant>>;

export async function openRestaurant() {
  const stores = await openStores();
  const sql = await openWire(() => {
    const { hostname, port } = new URL(stores.postgresUrl());
    return { host: hostname, port: Number(port) };
  });
  const documents = await openWire(() => ({
    path: decodeURIComponent(new URL(stores.documentsUrl()).hostname),
  }));
  const place = await createProcessFolder();
  const env = {
    ...stores.env,
    DATABASE_URL: sql.through(stores.postgresUrl()),
    MONGODB_URL: `mongodb://127.0.0.1:${documents.port}/?directConnection=true`,
    EVENT_RETENTION_DAYS: "1",
    REQUESTS_PER_MINUTE: "0",
    LOG_LEVEL: "fatal",
  };
  const world: World = { stores, sql, documents };
  /** Ends that nobody asked for. */
  const surprises: string[] = [];
  let running: RunningProcess;
  let expected = false;

  async function start(): Promise<void> {
    const process = await place.start(env);
    running = process;
    expected = false;
    void process.exited.then(() => {
      if (!expected) surprises.push(`The server ended by itself:\n${process.output().slice(-500)}`);
    });
  }
  await start();
  const signIn = async (name: string, pin: string) => (await running.signIn(name, pin)).token;
  const cashier = await signIn("Cashier", "2222");
  const manager = await signIn("Manager", "1111");

  return {
    world,
    stores,
    surprises,
    door: (): Door => ({ url: running.url, cashier, manager }),
    /** Answers when it serves again. */
    async restart(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
      expected = true;
      await running.end(signal);
      await start();
    },
    async operatorToken(): Promise<string> {
      const run = JSON.parse(await readFile(join(place.dataDir, "run.json"), "utf8")) as {
        operatorToken: string;
      };
      return run.operatorToken;
    },
    /** Of the server's process alone. */
    memoryMb(): number {
      const kb = execFileSync("ps", ["-o", "rss=", "-p", String(running.child.pid)]);
      return Math.round(Number(kb.toString()) / 1_024);
    },
    async close(): Promise<void> {
      expected = true;
      await place.remove();
      await Promise.all([sql.close(), documents.close()]);
      await stores.close();
    },
  };
}
