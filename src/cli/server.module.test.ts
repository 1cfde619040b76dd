// What a running server leaves for the tools, and what it finds there of an earlier one.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runAlone } from "../platform/embedded/test-processes.js";
import { othersCanEnter } from "../platform/embedded/testing.js";
import { runFilePath, writeRunFile } from "./server.js";

it("takes the place of one that was left, whose and however readable that was", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = runFilePath(folder);
  for (const left of [path, `${path}.new`]) {
    await writeFile(left, "left over");
    await chmod(left, 0o644);
  }
  const { ino } = await stat(path);
  const run = { url: "http://127.0.0.1:1", pid: 1, operatorToken: "secret" };
  await writeRunFile(folder, run);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(run);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(path)).ino).not.toBe(ino);
  expect(await readdir(folder)).toEqual(["run.json"]);
});

const asRoot = process.getuid?.() === 0 && othersCanEnter(import.meta.dirname);
it.runIf(asRoot)("tells another account that it is one, and not that no server runs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-file-")); // 0700, as a data folder is
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeRunFile(folder, { url: "http://127.0.0.1:1", pid: 1, operatorToken: "secret" });
  const server = JSON.stringify(new URL("./server.ts", import.meta.url).href);
  const code = `const { findRunning } = await import(${server});
    say(await findRunning(${JSON.stringify(folder)}));`;
  const other = runAlone(code, { uid: 65534, gid: 65534 });
  expect(await other.said).toMatch(/belongs to another account: run this as the one .*sudo -u/);
  await other.kill();
});
