// A copy of this project in a temporary folder, to be changed and checked there.
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LEFT_OUT = new Set(["node_modules", ".git", "data", "dist", "coverage"]);

export interface ProjectCopy {
  readonly path: string;
  /** A tool of the project; tests that it runs use the given PostgreSQL. */
  run(command: string, ...args: string[]): Promise<{ code: number; text: string }>;
  remove(): Promise<void>;
}

export async function copyProject(databaseUrl: string): Promise<ProjectCopy> {
  const path = await mkdtemp(join(tmpdir(), "tiffin-copy-"));
  await cp(ROOT, path, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(source.slice(ROOT.length).split("/")[0] ?? ""),
  });
  await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
  const env = { ...process.env, TEST_DATABASE_URL: databaseUrl };
  return {
    path,
    run: (command, ...args) =>
      promisify(execFile)(join(path, "node_modules/.bin", command), args, { cwd: path, env }).then(
        ({ stdout }) => ({ code: 0, text: stdout }),
        ({ stdout, stderr }: { stdout: string; stderr: string }) => ({
          code: 1,
          text: stdout + stderr,
        }),
      ),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
