// A new module passes the checks at once, in a copy of this project: types, lint, format, boundaries, dead code, its
// own test, and the proofs of its borders.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { copyProject, type ProjectCopy } from "../../tests/setup/copy.js";

let copy: ProjectCopy;
beforeAll(async () => {
  copy = await copyProject(inject("databaseUrl"));
});
afterAll(() => copy?.remove());

describe.each([
  ["loyalty", "postgres"],
  ["vouchers", "mongodb"],
])("The new module %s on %s", (name, store) => {
  it("is made with everything that a module has", async () => {
    const made = await copy.run("tsx", "src/cli/new-module.ts", name, "--store", store);
    expect(made).toMatchObject({ code: 0 });
    const manifest = await readFile(join(copy.path, "src/modules/manifest.ts"), "utf8");
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
    ["vitest", ["run", "--project", "unit"]],
    ["vitest", ["run", "--project", "system", "tests/architecture"]],
  ])("passes %s", async (command, args) => {
    const { code, text } = await copy.run(command, ...args);
    expect(code, text).toBe(0);
  });

  it("is not made twice", async () => {
    const again = await copy.run("tsx", "src/cli/new-module.ts", name, "--store", store);
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining("is taken") as string });
  });
});
