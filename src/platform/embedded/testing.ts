// A PostgreSQL for tests, gone afterwards: its own temporary one, or the server that TEST_DATABASE_URL names.
// It keeps nothing through a power cut, which is what makes it fast. Databases in it: #platform/db's testing.ts.
import { statSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import { startEmbeddedPostgres } from "./postgres/index.js";

const PREFIX = "tiffin-test-postgres-";
const ABANDONED_AFTER_MS = 24 * 3_600_000;

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** False for a checkout below a home folder that other accounts cannot enter: then they cannot run its code either. */
export const othersCanEnter = (path: string): boolean =>
  (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || othersCanEnter(dirname(path)));

export async function startTestPostgres(): Promise<TestServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) return { url: given, stop: () => Promise.resolve() };
  await removeAbandoned();
  const path = await mkdtemp(join(tmpdir(), PREFIX));
  const removeFiles = (): Promise<void> => rm(path, { recursive: true, force: true });
  try {
    const folder = await openDataFolder(path);
    const server = await startEmbeddedPostgres({ folder, volatile: true });
    return {
      url: server.url,
      async stop() {
        await server.stop();
        await folder.release();
        await removeFiles();
      },
    };
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

/** What killed test runs left behind. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => null);
    const isAbandoned = found !== null && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS;
    if (isAbandoned) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
