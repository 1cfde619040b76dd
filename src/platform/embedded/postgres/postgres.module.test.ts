import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { runAlone } from "../test-processes.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./index.js";
import { othersCanEnter } from "../testing.js";

const asRoot = process.getuid?.() === 0;
const secret = "s".repeat(64);
let parent: string;
let path: string;
let running: EmbeddedPostgres | undefined;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "tiffin-postgres-")); // 0700: other accounts cannot enter
  path = join(parent, "data");
  await start();
  await query("create table kept (n int); insert into kept values (1)");
  await stop();
});
afterEach(stop);
afterAll(() => rm(parent, { recursive: true, force: true }));

async function start(folder = { path, secret }): Promise<EmbeddedPostgres> {
  running = await startEmbeddedPostgres({ folder, volatile: true });
  return running;
}

async function stop(): Promise<void> {
  await running?.stop();
  running = undefined;
}

async function query<Row extends Record<string, unknown>>(
  sql: string,
  url = running?.url,
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const settingOf = async (name: string) =>
  (await query<{ value: string }>(`select current_setting('${name}') as value`))[0]?.value;

it("keeps what was written over a restart, and starts again within 1.5 seconds", async () => {
  const beganAt = performance.now();
  const server = await start();
  expect(performance.now() - beganAt).toBeLessThan(1500);
  expect(server.version).toMatch(/^18\./);
  expect(await query("select n from kept")).toEqual([{ n: 1 }]);
});

it("leaves no process when stopped, also when stopped twice at once with a connection open", async () => {
  const server = await start();
  const client = new Client({ connectionString: server.url });
  client.on("error", () => undefined);
  await client.connect();
  await Promise.all([server.stop(), server.stop()]);
  expect(() => process.kill(server.pid, 0)).toThrow("ESRCH");
  expect(existsSync(join(path, "postgres", "postmaster.pid"))).toBe(false);
});

it("is reachable on the loopback address only, and only with the password", async () => {
  const server = await start();
  expect(await settingOf("listen_addresses")).toBe("127.0.0.1");
  expect(await settingOf("unix_socket_directories")).toBe("");
  const methods = await query("select distinct auth_method from pg_hba_file_rules");
  expect(methods).toEqual([{ auth_method: "scram-sha-256" }]);
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await expect(query("select 1", wrong.href)).rejects.toThrow("password authentication failed");
});

it("shows the password to no other process", async () => {
  const server = await start();
  const { password } = new URL(server.url);
  const commandLine = await readFile(`/proc/${server.pid}/cmdline`, "utf8");
  const environment = await readFile(`/proc/${server.pid}/environ`, "utf8");
  expect(commandLine).toContain("listen_addresses");
  expect(commandLine + environment).not.toContain(password);
});

it("sorts by code point in UTF-8, in UTC", async () => {
  await start();
  const rows = await query("select x from (values ('b'), ('ä'), ('B'), ('မ')) t(x) order by x");
  expect(rows.map(({ x }) => x as string)).toEqual(["B", "b", "ä", "မ"]);
  expect(await query("select upper('ä') as upper")).toEqual([{ upper: "Ä" }]);
  expect(await settingOf("server_encoding")).toBe("UTF8");
  expect(await settingOf("timezone")).toBe("UTC");
});

it("tells when it ends without being asked, and says nothing after a stop", async () => {
  const server = await start();
  const told = new Promise<string>((resolve) => server.onExit(resolve));
  process.kill(server.pid, "SIGQUIT");
  expect(await told).toContain("immediate shutdown request");

  const again = await start();
  let quiet = true;
  again.onExit(() => (quiet = false));
  await again.stop();
  expect(quiet).toBe(true);
});

it.runIf(asRoot)(
  "does not run as root, and works below a folder that its account cannot enter",
  async () => {
    const server = await start();
    const { uid } = await stat(join(path, "postgres"));
    expect(uid).not.toBe(0);
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(uid);
    expect((await stat(parent)).mode & 0o777).toBe(0o700);
  },
);

const reachable = asRoot && othersCanEnter(import.meta.dirname);
it.runIf(reachable)("needs no capability where its account can enter", async () => {
  const open = await mkdtemp(join(tmpdir(), "tiffin-postgres-open-"));
  try {
    await chmod(open, 0o755);
    const server = await start({ path: open, secret });
    expect(await readFile(`/proc/${server.pid}/status`, "utf8")).toMatch(/CapEff:\t0+\n/);
    await stop();
  } finally {
    await rm(open, { recursive: true, force: true });
  }
});

it.runIf(reachable)("runs as an ordinary user, and root then goes on as that user", async () => {
  const theirs = await mkdtemp(join(tmpdir(), "tiffin-postgres-user-"));
  try {
    await chmod(theirs, 0o777);
    const code = `const folder = await embedded.openDataFolder(${JSON.stringify(join(theirs, "data"))});
      const server = await embedded.startEmbeddedPostgres({ folder, volatile: true });
      await server.stop(); await folder.release(); say(folder.secret);`;
    const run = runAlone(code, { uid: 65534, gid: 65534 });
    const said = await run.said;
    await run.kill();
    expect(said).toMatch(/^[0-9a-f]{64}$/);
    const server = await start({ path: join(theirs, "data"), secret: said });
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(65534);
    await stop();
  } finally {
    await rm(theirs, { recursive: true, force: true });
  }
});

it("refuses a secret that the database was not made with", async () => {
  await expect(start({ path, secret: "t".repeat(64) })).rejects.toThrow(
    "The file secret is not the one that the database",
  );
});

it("refuses the files of another version, with what to do", async () => {
  const file = join(path, "postgres", "PG_VERSION");
  const version = await readFile(file, "utf8");
  await writeFile(file, "17\n");
  await expect(start()).rejects.toThrow(
    /is of PostgreSQL 17 and .* brings PostgreSQL 18: export it/,
  );
  await writeFile(file, version);
});

it("refuses settings that are wrong, and leaves nothing running", async () => {
  const file = join(path, "postgres", "postgresql.auto.conf");
  const settings = await readFile(file, "utf8");
  await writeFile(file, "shared_buffers = 'many'\n");
  await expect(start()).rejects.toThrow(/postgresql\.conf are wrong/);
  await writeFile(file, settings);
  await start();
});

it("refuses a folder of something else instead of writing into it", async () => {
  const other = join(parent, "other");
  await mkdir(join(other, "postgres"), { recursive: true });
  await writeFile(join(other, "postgres", "novel.txt"), "mine");
  await expect(start({ path: other, secret })).rejects.toThrow(
    "holds something else than a database",
  );
  expect(await readdir(join(other, "postgres"))).toEqual(["novel.txt"]);
});

it("starts over a database that was made by half", async () => {
  const half = join(parent, "half");
  await mkdir(join(half, "postgres.new-1234", "data"), { recursive: true });
  await writeFile(join(half, "postgres.new-1234", "data", "PG_VERSION"), "18\n");
  await mkdir(join(half, "postgres"));
  await start({ path: half, secret });
  expect(await readdir(half)).toEqual(["postgres"]);
});

it("is not stopped by a stale number that another process of its account has now", async () => {
  const { uid, gid } = await stat(join(path, "postgres"));
  const stranger = spawn("sleep", ["60"], { uid, gid, stdio: "ignore" });
  try {
    const file = join(path, "postgres", "postmaster.pid");
    await writeFile(file, `${stranger.pid}\n${join(path, "postgres")}\n`);
    await start();
    expect(await query("select n from kept")).toEqual([{ n: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill();
  }
});
