// Builds the screens when what they are made of has changed. A build appears whole or not at all, so two starts at once
// do not disturb each other, and a server that runs keeps the build it serves.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { buildFolder, BUILDS } from "./sources.js";
import { buildInto } from "./vite.js";

/** Builds that nobody serves any more: old ones, but never the newest of them. A server may run for weeks on the one that
 *  was made last before this. */
const OLD_MS = 7 * 24 * 3_600_000;
const KEPT = 2;
const PACKED = /\.(js|css|svg|json)$/;

/** `fresh`: it was there already. */
export async function buildScreens(): Promise<{ folder: string; fresh: boolean }> {
  const folder = await buildFolder();
  if (existsSync(folder)) return { folder, fresh: true };
  await mkdir(BUILDS, { recursive: true });
  await removeOldBuilds(BUILDS);
  const making = `${folder}.${process.pid}.part`;
  await buildInto(making);
  await packFiles(join(making, "assets"));
  // Where another start was quicker, its files are the same.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return { folder, fresh: false };
}

async function packFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!PACKED.test(name)) continue;
    const packed = await promisify(gzip)(await readFile(join(folder, name)), { level: 9 });
    await writeFile(join(folder, `${name}.gz`), packed);
  }
}

export async function removeOldBuilds(folder: string): Promise<void> {
  const builds = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another start may just have given its build the name that it is served by.
    const found = await stat(path).catch(() => undefined);
    if (found) builds.push({ path, madeAt: found.mtimeMs });
  }
  const spare = builds.toSorted((one, other) => other.madeAt - one.madeAt).slice(KEPT);
  for (const { path, madeAt } of spare) {
    if (Date.now() - madeAt > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}
