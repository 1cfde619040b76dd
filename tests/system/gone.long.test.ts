// What is gone for good: a server that ours started, and a data folder, of which there is a backup.
import { cp, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createProcessFolder, type ProcessFolder } from "./process.js";
import { eventually, line, order } from "./tiffin.js";

let folder: ProcessFolder;
beforeEach(async () => {
  folder = await createProcessFolder();
});
afterEach(() => folder.remove());

it("goes on from a backup: a copy of the whole folder, made while it stood still", async () => {
  const first = await folder.start();
  const till = await first.signIn("Cashier", "2222");
  const { body: placed } = await till.place(order([line(await till.dish("MOH-01"))]));
  await first.end("SIGTERM");
  const lost = `${folder.dataDir}-lost`;
  await rename(folder.dataDir, lost);
  await cp(lost, folder.dataDir, { recursive: true }); // whoever copies owns the copy

  const restored = await folder.start();
  const again = await restored.signIn("Cashier", "2222");
  expect((await again.get(`/api/orders/${placed.id}`)).body).toEqual(placed);
  const reconciled = await folder.run({}, "src/cli/reconcile.ts");
  expect(reconciled.output).toContain("Everything adds up");
  await restored.end("SIGTERM");
}, 120_000);

it("ends with an error when a server that it started is gone for good, and says which", async () => {
  const first = await folder.start();
  const text = await readFile(join(folder.dataDir, "postgres", "postmaster.pid"), "utf8");
  process.kill(Number.parseInt(text, 10), "SIGKILL");
  expect(await first.exited).toBe(1);
  expect(first.output()).toContain("The embedded PostgreSQL ended without having been stopped");

  const second = await folder.start();
  const documents = async (not = 0) => {
    const found = (await folder.leftovers()).find((one) => one.includes("documents.sock"));
    const pid = Number.parseInt(found ?? "0", 10);
    return pid === not ? 0 : pid;
  };
  const pid = await documents();
  process.kill(pid, "SIGKILL");
  const again = await eventually(
    () => documents(pid),
    (found) => found !== 0,
  );
  process.kill(again, "SIGKILL");
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(/The document store's process ended .*: finishing/);
  await eventually(
    () => folder.leftovers(),
    (left) => left.length === 0,
  );
}, 180_000);
