// What the commands that prove boundaries found, and when: written beside the source, where a server that runs from it
// can say so. Never part of the repository.
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
const FILE = fileURLToPath(new URL("../../.tiffin/checks.json", import.meta.url));

const Check = z.object({ at: z.iso.datetime(), passed: z.boolean() });
const Checks = z.record(z.string(), Check);
export type Check = z.infer<typeof Check>;
export type Checks = z.infer<typeof Checks>;

/** None when nothing was recorded, or nothing that can be read. */
export async function readChecks(file = FILE): Promise<Checks> {
  try {
    return Checks.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return {};
  }
}

export async function recordCheck(name: string, check: Check, file = FILE): Promise<void> {
  const checks = { ...(await readChecks(file)), [name]: check };
  await mkdir(dirname(file), { recursive: true });
  // Renamed into place, so that nobody reads half of it.
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(checks, null, 2)}\n`);
  await rename(`${file}.${process.pid}`, file);
}

let newest: Promise<Date> | undefined;

/** When a file of the source was last written: what was checked before then says nothing of it. As it was when somebody
 *  first asked, since a process runs what it has loaded. */
export const sourceChangedAt = (): Promise<Date> => (newest ??= newestIn(SOURCE));

async function newestIn(folder: string): Promise<Date> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return new Date(Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)));
}
