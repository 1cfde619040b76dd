// A new module passes the checks at once, in a copy of this project: types, lint, format, boundaries, dead code, its test.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LEFT_OUT = new Set(["node_modules", ".git", "data", "dist", "coverage"]);

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "tiffin-new-module-"));
  await cp(ROOT, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(path.slice(ROOT.length).split("/")[0] ?? ""),
  });
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function run(command: string, ...args: string[]) {
  const env = { ...process.env, TEST_DATABASE_URL: inject("databaseUrl") };
  return promisify(execFile)(join(copy, "node_modules/.bin", command), args, {
    cwd: copy,
    env,
  }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { stdout: string; stderr: string }) => ({ code: 1, text: error.stdout + error.stderr }),
  );
}

describe.each([
  ["loyalty", "postgres"],
  ["vouchers", "mongodb"],
])("The new module %s on %s", (name, store) => {
  it("is made with everything that a module has", async () => {
    const made = await run("tsx", "src/cli/new-module.ts", name, "--store", store);
    expect(made).toMatchObject({ code: 0 });
    const manifest = await readFile(join(copy, "src/modules/manifest.ts"), "utf8");
    expect(manifest).toContain(`  ${name}: { store: "${store}", calls: [], hears: [] },`);
  });

  it.each([
    ["tsc", ["--noEmit"]],
    ["prettier", ["--check", "src/modules", "src/app.ts", "docs/modules.md", "README.md"]],
    ["oxlint", ["--type-aware", "--deny-warnings", `src/modules/${name}`, "src/app.ts"]],
    ["depcruise", ["src", "--config", ".dependency-cruiser.js"]],
    ["tsx", ["src/cli/docs-modules.ts", "--check"]],
    ["knip", []],
    ["vitest", ["run", "--project", "module", `src/modules/${name}`]],
  ])("passes %s", async (command, args) => {
    const { code, text } = await run(command, ...args);
    expect(code, text).toBe(0);
  });

  it("is not made twice", async () => {
    const again = await run("tsx", "src/cli/new-module.ts", name, "--store", store);
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining("is taken") as string });
  });
});
