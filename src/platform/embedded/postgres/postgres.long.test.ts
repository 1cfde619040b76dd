// Whatever is killed, by SIGKILL and in any order: nothing is left running, the next start works, no commit is lost.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runAlone, type TestProcess } from "../test-processes.js";
import { startEmbeddedPostgres } from "./index.js";

const secret = "s".repeat(64);
let path: string;
let node: TestProcess | undefined;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "tiffin-postgres-kill-"));
});
afterEach(async () => {
  await node?.kill();
  node = undefined;
  await until(() => serverProcesses().length === 0, 30_000);
  await rm(path, { recursive: true, force: true });
});

const START = (volatile: boolean) => `
  const folder = { path: ${JSON.stringify(path)}, secret: ${JSON.stringify(secret)} };
  const server = await embedded.startEmbeddedPostgres({ folder, volatile: ${volatile} });
  say(server.pid + " " + server.url);`;

async function startElsewhere(): Promise<{ pid: number; url: string }> {
  node = runAlone(START(false));
  const [pid, url = ""] = (await node.said).split(" ");
  expect(url).toMatch(/^postgres:/);
  return { pid: Number(pid), url };
}

/** Every process that works in the data folder. */
function serverProcesses(): number[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return readlinkSync(`/proc/${name}/cwd`) === join(path, "postgres") ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** A zombie has ended; only the machine's first process has not looked yet. */
function runs(pid: number): boolean {
  try {
    return !/State:\tZ/.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

const parentOf = (pid: number): number =>
  Number(/PPid:\t(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  for (const end = performance.now() + withinMs; !condition(); await sleep(20)) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const write = (url: string) =>
  query(url, "create table kept (n int); insert into kept select generate_series(1, 1000)");

async function expectAllThere(): Promise<void> {
  const server = await startEmbeddedPostgres({ folder: { path, secret } });
  try {
    expect(await query(server.url, "select count(*)::int as n from kept")).toEqual([{ n: 1000 }]);
  } finally {
    await server.stop();
  }
}

it("ends soon and cleanly by itself when we are killed, with a client connected", async () => {
  const { pid, url } = await startElsewhere();
  const keeper = parentOf(pid);
  await write(url);
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  await node?.kill();
  await until(() => serverProcesses().length === 0, 5000);
  await until(() => !runs(keeper), 1000);
  expect(existsSync(join(path, "postgres", "postmaster.pid"))).toBe(false); // it shut down, it was not cut
  await expectAllThere();
});

it("starts at once after we were killed, while the old server may still shut down", async () => {
  const { url } = await startElsewhere();
  await write(url);
  await node?.kill();
  await expectAllThere();
});

it("ends an orphan whose keeper was killed too, and starts", async () => {
  const { pid, url } = await startElsewhere();
  await write(url);
  process.kill(parentOf(pid), "SIGKILL");
  await node?.kill();
  await sleep(300);
  expect(serverProcesses()).toContain(pid); // else this test shows nothing
  await expectAllThere();
  expect(serverProcesses()).toEqual([]);
});

it("ends an orphan that does not answer", async () => {
  const { pid, url } = await startElsewhere();
  await write(url);
  process.kill(parentOf(pid), "SIGKILL");
  process.kill(pid, "SIGSTOP");
  await node?.kill();
  await expectAllThere();
}, 60_000);

it("recovers when everything was killed at once", async () => {
  const { pid, url } = await startElsewhere();
  await write(url);
  process.kill(parentOf(pid), "SIGKILL");
  for (const each of serverProcesses()) process.kill(each, "SIGKILL");
  await node?.kill();
  expect(existsSync(join(path, "postgres", "postmaster.pid"))).toBe(true);
  await expectAllThere();
});

it("is not ended by Ctrl-C or a hang-up at the terminal before we end it", async () => {
  const { pid } = await startElsewhere();
  const groupOf = (id: number): string =>
    readFileSync(`/proc/${id}/stat`, "utf8").split(") ")[1]?.split(" ")[2] ?? "";
  expect(groupOf(pid)).not.toBe(groupOf(node?.child.pid ?? 0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.kill(parentOf(pid), signal);
  await sleep(500);
  expect(serverProcesses()).toContain(pid);
});

it.each([100, 200, 300, 400, 500])(
  "makes the database anew when killed %i ms into making it",
  async (ms) => {
    node = runAlone(`say("begun"); ${START(false)}`);
    await node.said;
    await until(() => readdirSync(path).some((name) => name.startsWith("postgres.new-")), 5000);
    await sleep(ms);
    await node.kill();
    const server = await startEmbeddedPostgres({ folder: { path, secret } });
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await readdir(path)).toEqual(["postgres"]);
  },
);

it.runIf(process.getuid?.() === 0)(
  "says that the disk is full, and leaves nothing behind",
  async () => {
    const disk = join(path, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m", "tmpfs", disk]);
    try {
      const folder = { path: disk, secret };
      await expect(startEmbeddedPostgres({ folder })).rejects.toThrow(
        `The disk of ${disk} is full: free some space and start again.`,
      );
      expect(await readdir(disk)).toEqual([]);
    } finally {
      execFileSync("umount", [disk]);
    }
  },
);
