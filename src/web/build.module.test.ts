// Which builds of the screens are kept.
import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { removeOldBuilds } from "./build.js";

const DAY_S = 24 * 3_600;
let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

it("removes old builds, but not the one that a server may have been serving for weeks", async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-builds-"));
  for (const [name, days] of [
    ["served", 20],
    ["older", 30],
    ["oldest", 40],
  ] as const) {
    await mkdir(join(folder, name, "assets"), { recursive: true });
    const madeAt = Date.now() / 1000 - days * DAY_S;
    await utimes(join(folder, name), madeAt, madeAt);
  }
  await removeOldBuilds(folder);
  expect((await readdir(folder)).toSorted((a, b) => a.localeCompare(b))).toEqual([
    "older",
    "served",
  ]);
});
