import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findBinaries } from "./binaries.js";

let parent: string;
let home: string;
let elsewhere: string;

/** A package as npm leaves it when install scripts are off: no links. */
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tiffin-binaries-"));
  home = join(parent, "package", "native");
  elsewhere = join(parent, "links");
  await mkdir(join(home, "lib"), { recursive: true });
  await writeFile(join(home, "lib", "libpq.so.5.18"), "library");
  await writeFile(
    join(home, "pg-symlinks.json"),
    JSON.stringify([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]),
  );
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it("makes the links that npm left out, once, also when two starts do it together", async () => {
  await Promise.all([findBinaries(elsewhere, home), findBinaries(elsewhere, home)]);
  const { env } = await findBinaries(elsewhere, home);
  expect(await readFile(join(home, "lib", "libpq.so.5"), "utf8")).toBe("library");
  expect(env).toEqual({});
  expect(await readdir(parent)).toEqual(["package"]);
});

it("makes them in another folder where the package is read-only", async ({ skip }) => {
  try {
    execFileSync("mount", ["--bind", "-o", "ro", home, home], { stdio: "ignore" });
  } catch {
    skip("only root may mount");
  }
  try {
    await findBinaries(elsewhere, home);
    const { env } = await findBinaries(elsewhere, home); // the second start finds them there
    expect(env).toEqual({ LD_LIBRARY_PATH: elsewhere });
    expect(await readFile(join(elsewhere, "libpq.so.5"), "utf8")).toBe("library");
  } finally {
    execFileSync("umount", [home]);
  }
});
