// The command-line tools beside a server: one that is only starting, and one of another account.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createProcessFolder, type ProcessFolder } from "./process.js";
import { eventually } from "./tiffin.js";

let folder: ProcessFolder;
beforeEach(async () => {
  folder = await createProcessFolder();
});
afterEach(() => folder.remove());

it("waits for a server that is starting, and says so", async () => {
  const starting = folder.start();
  await eventually(
    () =>
      access(join(folder.dataDir, "lock")).then(
        () => true,
        () => false,
      ),
    (locked) => locked,
  );
  const reconciled = await folder.run({}, "src/cli/reconcile.ts");
  const running = await starting;
  expect(reconciled.output).toContain("Everything adds up");
  expect(reconciled.code).toBe(0);
  expect(reconciled.output).toMatch(
    new RegExp(`The server \\(process ${running.child.pid}\\) does not answer yet. Waiting`),
  );
  await running.end("SIGTERM");
}, 120_000);
