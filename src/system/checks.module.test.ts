// The file of recorded checks, on a disk.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readChecks, recordCheck } from "./checks.js";

const CHECKED = "2026-11-25T09:00:00.000Z";
const NOW = "2026-11-25T10:00:00.000Z";

it("a recorded check is kept beside the others, and a damaged file is as none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tiffin-checks-"));
  const file = join(folder, "new", "checks.json");
  expect(await readChecks(file)).toEqual({});
  await recordCheck("imports", { at: CHECKED, passed: true }, file);
  await recordCheck("types", { at: NOW, passed: false }, file);
  await recordCheck("imports", { at: NOW, passed: true }, file);
  expect(await readChecks(file)).toEqual({
    imports: { at: NOW, passed: true },
    types: { at: NOW, passed: false },
  });
  await writeFile(file, (await readFile(file, "utf8")).slice(0, 20));
  expect(await readChecks(file)).toEqual({});
  await rm(folder, { recursive: true });
});
