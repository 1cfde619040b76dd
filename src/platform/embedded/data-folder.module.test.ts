import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { openDataFolder } from "./data-folder.js";
import { runAlone, type TestProcess } from "./test-processes.js";
import { othersCanEnter } from "./testing.js";

let parent: string;
let path: string;
const processes: TestProcess[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tiffin-data-folder-"));
  await chmod(parent, 0o755);
  path = join(parent, "data");
});

afterEach(async () => {
  for (const { child } of processes.splice(0)) child.kill("SIGKILL");
  await rm(parent, { recursive: true, force: true });
});

function openElsewhere(ids?: { uid: number; gid: number }): TestProcess {
  const run = runAlone(`await embedded.openDataFolder(${JSON.stringify(path)}); say("open");`, ids);
  processes.push(run);
  return run;
}

it("is closed to others, and so is its secret, which stays the same", async () => {
  const first = await openDataFolder(path);
  await first.release();
  const second = await openDataFolder(path);
  await second.release();

  expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
  expect(second.secret).toBe(first.secret);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, "secret"))).mode & 0o777).toBe(0o600);
});

it("refuses a second opener of the same process", async () => {
  const first = await openDataFolder(path);
  await expect(openDataFolder(path)).rejects.toThrow(`in use by process ${process.pid}`);
  await first.release();
  await (await openDataFolder(path)).release();
});

it("refuses a second process by naming the first, and lets it in after kill -9 of the first", async () => {
  const first = openElsewhere();
  expect(await first.said).toBe("open");
  await expect(openDataFolder(path)).rejects.toThrow(
    `The data folder ${path} is in use by process ${first.child.pid}: stop that one first`,
  );
  await first.kill();
  const folder = await openDataFolder(path);
  expect(await readFile(join(path, "lock"), "utf8")).toBe(`${process.pid}\n`);
  await folder.release();
});

it("lets exactly one of several that open it at once have it", async () => {
  const openings = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(path)));
  const winners = openings.filter((opening) => opening.status === "fulfilled");
  expect(winners).toHaveLength(1);
  await winners[0]?.value.release();
});

it("refuses a damaged secret and does not keep the lock", async () => {
  await (await openDataFolder(path)).release();
  const secret = await readFile(join(path, "secret"), "utf8");
  await writeFile(join(path, "secret"), "half");
  await expect(openDataFolder(path)).rejects.toThrow(
    "secret is damaged: restore it from a backup.",
  );
  await writeFile(join(path, "secret"), secret);
  await (await openDataFolder(path)).release();
});

it("refuses a file in the folder's place", async () => {
  await writeFile(path, "");
  await expect(openDataFolder(path)).rejects.toThrow("is not a folder: set DATA_DIR to a folder.");
});

const asRoot = process.getuid?.() === 0 && othersCanEnter(import.meta.dirname);
it.runIf(asRoot)("refuses an account that may not write there", async () => {
  await (await openDataFolder(path)).release();
  const said = await openElsewhere({ uid: 65534, gid: 65534 }).said;
  expect(said).toMatch(
    /^StartError: The data folder .* may not be read or written by this account/,
  );
});

it.runIf(process.platform === "linux")(
  "takes a lock that cannot be tried for no other owner, and says why",
  async () => {
    await (await openDataFolder(path)).release();
    // As on a network disk that knows no locks.
    const words = "flock: 3: No locks available";
    await writeFile(join(parent, "flock"), `#!/bin/sh\necho "${words}" >&2\nexit 71\n`, {
      mode: 0o755,
    });
    vi.stubEnv("PATH", `${parent}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(openDataFolder(path)).rejects.toThrow(
      `The file ${join(path, "lock")}, which guards the data folder, cannot be locked (${words}): start again`,
    );
    vi.unstubAllEnvs();
    await (await openDataFolder(path)).release();
  },
);
