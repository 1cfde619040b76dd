// A small application in a temporary folder: one file for each role a file can have, none of which breaks a rule, and
// planted beside them files that each break one.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { manifest } from "#modules/manifest";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const LAYERS = [
  ["kernel"],
  ["config", "observability", "contract", "bus"],
  ["embedded", "db", "documents"],
  ["outbox", "saga"],
  ["stream"],
  ["http"],
];
const parts = LAYERS.flat();
export const modules: readonly string[] = Object.keys(manifest);

export type Files = Readonly<Record<string, string>>;

const use = (what: string) => `import "${what}";\n`;

/** What the rules allow: each grant used, each role of a file filled. */
export function soundFiles(): Files {
  const files: Record<string, string> = {
    "src/main.ts": use("./app.js"),
    "src/app.ts":
      use("./system/index.js") +
      modules.map((module) => use(`#modules/${module}`)).join("") +
      use("#modules/manifest"),
    "src/modules/manifest.ts": "export const manifest = {};\n",
    "src/system/index.ts": use("./contract.js"),
    "src/system/contract.ts": `${use("zod")}export const contract = 1;\n`,
    "tests/system/sound.ts": use("../../src/app.js") + use(`#modules/${modules[0]}/events`),
    "web/src/screens/kitchen/index.ts": use("react") + use("@orpc/client"),
    "web/src/client.ts": `import type { contract } from "../../src/system/contract.js";\nimport type { ContractRouter } from "@orpc/contract";\nexport type Y = typeof contract | ContractRouter<{}>;\n`,
    "web/screen.ts": `import type { x } from "../src/modules/${modules[0]}/contract.js";\nexport type Y = typeof x;\n`,
  };
  for (const part of parts) {
    files[`src/platform/${part}/index.ts`] =
      part === "kernel" ? use("zod") : use("#platform/kernel") + use("./inner.js");
    files[`src/platform/${part}/inner.ts`] = use("node:path");
  }
  files["src/platform/bus/emit/index.ts"] = use("../inner.js");
  files["src/platform/outbox/run.ts"] = use("#platform/bus/emit");
  files["src/platform/outbox/index.ts"] += use("./run.js");
  for (const module of modules) {
    const { calls, hears } = manifest[module as keyof typeof manifest];
    const own: Record<string, string> = {
      index:
        use("./router.js") +
        use("./listeners.js") +
        calls.map((other) => use(`#modules/${other}`)).join(""),
      contract: `${use("zod") + use("#platform/contract") + use("./events.js")}export const x = 1;\n`,
      events: use("zod") + use("#platform/kernel"),
      rules: `${use("#platform/kernel") + use("./contract.js")}import type { Row } from "./schema.js";\nexport type R = Row;\n`,
      schema: "export interface Row {}\n",
      repository: use("kysely") + use("#platform/db") + use("./schema.js"),
      commands: use("./repository.js") + use("./rules.js"),
      queries: use("./repository.js"),
      router: use("./commands.js") + use("./queries.js") + use("./contract.js"),
      listeners:
        use("./commands.js") + hears.map((other) => use(`#modules/${other}/events`)).join(""),
      testing: use("vitest") + use("./repository.js"),
    };
    for (const [name, text] of Object.entries(own))
      files[`src/modules/${module}/${name}.ts`] = text;
  }
  return files;
}

/** Writes the files below a new folder that sees this project's libraries and subpath imports. */
export async function writeApplication(
  files: Files,
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "tiffin-architecture-"));
  const real = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  const { name, type, imports, dependencies, devDependencies } = real;
  const all: Files = {
    ...files,
    "package.json": JSON.stringify({ name, type, imports, dependencies, devDependencies }),
    "tsconfig.json": await readFile(join(ROOT, "tsconfig.json"), "utf8"),
  };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), text);
  }
  await symlink(join(ROOT, "node_modules"), join(path, "node_modules"));
  return { path, remove: () => rm(path, { recursive: true }) };
}
