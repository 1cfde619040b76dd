// What the screens are made of, and where their build stands: a folder named after its sources.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readRoutes } from "./routes.js";

export const ROOT = resolve(import.meta.dirname, "../..");
export const WEB = join(ROOT, "web");
export const BUILDS = join(ROOT, "dist/web");

/** The folder for a build of the sources as they are now. Contents count, not times: a checkout changes those. */
export async function buildFolder(): Promise<string> {
  const hash = createHash("sha256");
  const files = [...(await filesBelow(WEB)), ...(await filesBelow(import.meta.dirname))];
  for (const file of [...files.toSorted(), join(ROOT, "package-lock.json")]) {
    hash.update(`${relative(ROOT, file)}\0`).update(await readFile(file));
  }
  hash.update(await readRoutes());
  return join(BUILDS, hash.digest("hex").slice(0, 16));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/(\.test\.tsx?|\.md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
