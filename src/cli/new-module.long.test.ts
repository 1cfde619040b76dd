// New modules pass the checks at once, in a copy of this project: types, lint, format, boundaries, dead code, its
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

const NEW = [
  { name: "loyalty", store: "postgres" },
  { name: "vouchers", store: "mongodb" },
] as const;
const make = ({ name, store }: (typeof NEW)[number]) =>
  copy.run("tsx", "src/cli/new-module.ts", name, "--store", store);

// Both in one copy, so that they are checked together: what neither brings about, both do not.
describe("new modules", () => {
  it.each(NEW)("are made with everything that a module has: $name on $store", async (one) => {
    expect(await make(one)).toMatchObject({ code: 0 });
    const manifest = await readFile(join(copy.path, "src/modules/manifest.ts"), "utf8");
    expect(manifest).toContain(`  ${one.name}: { store: "${one.store}", calls: [], hears: [] },`);
    // A route without one would be open to whoever is signed in.
    const contract = await readFile(join(copy.path, `src/modules/${one.name}/contract.ts`), "utf8");
    expect(contract.match(/\.route\(/g)).toHaveLength(
      contract.match(/permission: "/g)?.length ?? 0,
    );
  });

  const folders = NEW.map(({ name }) => `src/modules/${name}`);
  it.each([
    ["tsc", ["--noEmit"]],
    ["prettier", ["--check", "src/modules", "src/app.ts", "docs/modules.md", "README.md"]],
    ["oxlint", ["--type-aware", "--deny-warnings", ...folders, "src/app.ts"]],
    ["depcruise", ["src", "--config", ".dependency-cruiser.js"]],
    ["tsx", ["src/cli/docs-modules.ts", "--check"]],
    ["knip", []],
    ["vitest", ["run", "--project", "module", ...folders]],
    ["vitest", ["run", "--project", "unit"]],
    ["vitest", ["run", "--project", "system", "tests/architecture"]],
  ])("pass %s", async (command, args) => {
    const { code, text } = await copy.run(command, ...args);
    expect(code, text).toBe(0);
  });

  it.each(NEW)("are not made twice: $name", async (one) => {
    expect(await make(one)).toMatchObject({
      code: 1,
      text: expect.stringContaining("is taken") as string,
    });
  });
});
