// What can befall the databases and the network to them: how each fault begins and how it ends.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Stores } from "./stores.js";
import type { Condition, Wire } from "../system/wire.js";

export interface World {
  readonly stores: Stores;
  readonly sql: Wire;
  readonly documents: Wire;
}

export interface Fault {
  readonly name: string;
  /** Called at the very point; what can be done at once is done before it returns. */
  begin(world: World): Promise<void> | void;
  /** Resolves when the fault is over. */
  end(world: World): Promise<void> | void;
  readonly lastsMs: number;
  /** False when this machine cannot do it. */
  possible?(world: World): boolean;
}

const onWire = (
  wire: "sql" | "documents",
  what: string,
  condition: Condition,
  lastsMs: number,
  slowMs = 0,
): Fault => ({
  name: what,
  lastsMs,
  begin: (world) => world[wire].become(condition, slowMs),
  end: (world) => world[wire].become("sound"),
});

/** The process and its children. */
function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).split("\n");
  const children = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return [pid, ...children.flatMap(([child, parent]) => (parent === pid && child ? [child] : []))];
}
const signal = (pids: readonly number[], name: NodeJS.Signals) => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // A connection ended meanwhile, and its process with it.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
};

const paused = (name: string, pidOf: (stores: Stores) => number): Fault => {
  let pids: readonly number[] = [];
  return {
    name,
    lastsMs: 1_500,
    begin({ stores }) {
      const pid = pidOf(stores);
      process.kill(pid, "SIGSTOP"); // so that it has no more children
      pids = family(pid);
      signal(pids, "SIGSTOP");
    },
    end: () => signal(pids, "SIGCONT"),
  };
};

async function asOwner(stores: Stores, work: (client: Client) => Promise<unknown>) {
  const client = new Client({ connectionString: stores.postgresUrl() });
  await client.connect();
  await work(client);
  await client.end();
}

const ballast = (stores: Stores) => join(stores.disk ?? "", "ballast");

export const postgresFaults: readonly Fault[] = [
  onWire("sql", "cannot be reached", "cut", 500),
  onWire("sql", "loses its answers", "lost", 500),
  onWire("sql", "answers only when the network is back", "held", 1_500),
  onWire("sql", "answers slowly", "slow", 1_000, 150),
  onWire("sql", "is gone from its connections without a word", "dead", 500),
  paused("is paused", (stores) => stores.postgresPid()),
  {
    // PostgreSQL takes a killed backend for a crash: it ends all others and recovers from its log.
    name: "crashes",
    lastsMs: 0,
    begin: ({ stores }) => signal(family(stores.postgresPid()).slice(-1), "SIGKILL"),
    async end({ stores }) {
      for (let tries = 0; ; tries++) {
        const up = await stores.read("select 1").catch((error: unknown) => error);
        if (Array.isArray(up)) return;
        if (tries === 200) throw up;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  },
  {
    name: "is restarted",
    lastsMs: 0,
    begin: ({ stores }) => stores.restartPostgres(),
    end: () => undefined,
  },
  {
    name: "has no connection left",
    lastsMs: 500,
    begin: ({ stores }) =>
      asOwner(stores, async (client) => {
        await client.query("alter database tiffin connection limit 0");
        await client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tiffin:%'",
        );
      }),
    end: ({ stores }) =>
      asOwner(stores, (client) => client.query("alter database tiffin connection limit -1")),
  },
  {
    name: "has a full disk",
    lastsMs: 500,
    possible: ({ stores }) => stores.disk !== undefined,
    begin({ stores }) {
      const file = openSync(ballast(stores), "w");
      try {
        for (;;) writeSync(file, Buffer.alloc(4_096)); // until there is no room
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    end: ({ stores }) => rmSync(ballast(stores)),
  },
];

export const documentsFaults: readonly Fault[] = [
  onWire("documents", "cannot be reached", "cut", 500),
  onWire("documents", "loses its answers", "lost", 500),
  onWire("documents", "answers only when the network is back", "held", 1_500),
  onWire("documents", "answers slowly", "slow", 1_000, 150),
  onWire("documents", "is gone from its connections without a word", "dead", 500),
  paused("is paused", (stores) => stores.documentsPid()),
  {
    name: "is killed",
    lastsMs: 0,
    begin: ({ stores }) => stores.killDocuments(),
    end: ({ stores }) => stores.documentsRisen(),
  },
];
