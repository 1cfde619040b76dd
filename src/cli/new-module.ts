// Makes a module that passes `npm run check`: its files, its first migration, its entry in the manifest, its place in
// app.ts. It changes nothing when the name is taken or a file does not look as expected.
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { manifest } from "#modules/manifest";
import { renderModule, type Store } from "./module-templates.js";
import { addToApp, addToManifest } from "./wiring.js";

const root = new URL("../../", import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  options: { store: { type: "string", default: "postgres" } },
  allowPositionals: true,
});
const [name] = positionals;
if (name === undefined || positionals.length > 1) {
  refuse("Name the module: npm run new:module -- loyalty --store postgres.");
}
// Events are called <module>.…, and the name is a schema and a role as well.
if (!/^[a-z]{2,30}$/.test(name))
  refuse(`${name} is no module name: use 2 to 30 small letters a to z.`);
if (name in manifest || ["platform", "public", "system", "stranger"].includes(name)) {
  refuse(`${name} is taken: choose another name.`);
}
const { store } = values;
if (store !== "postgres" && store !== "mongodb")
  refuse(`--store is postgres or mongodb, not ${store}.`);

const app = addToApp(await readFile(inRoot("src/app.ts"), "utf8"), name, store);
const entries = addToManifest(
  await readFile(inRoot("src/modules/manifest.ts"), "utf8"),
  name,
  store,
);
if (app === undefined || entries === undefined) {
  refuse(
    "src/app.ts or manifest.ts no longer looks as this command expects: adapt src/cli/wiring.ts to it.",
  );
}
await write(name, store, { "src/app.ts": app, "src/modules/manifest.ts": entries });

async function write(module: string, kind: Store, wired: Readonly<Record<string, string>>) {
  const files = { ...renderModule(module, kind), ...wired };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(inRoot(path)), { recursive: true });
    await writeFile(inRoot(path), text);
  }
  const node = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: inRoot("."), stdio: ["ignore", "ignore", "inherit"] });
  const prettier = inRoot("node_modules/prettier/bin/prettier.cjs");
  node(prettier, "--write", "--ignore-unknown", ...Object.keys(files));
  node("--import", "tsx", inRoot("src/cli/docs-modules.ts"));
  console.log(`${Object.keys(files).join("\n")}\n
${module} is there, with its own ${kind === "postgres" ? `schema and the role tiffin_${module}` : `database tiffin_${module}`}. Next:
  npm run check                                   passes already
  npx vitest run --project module ${module}       so does its first test
  what it calls and hears: its entry in src/modules/manifest.ts; app.ts hands faces over
  what it tells: src/modules/${module}/events.ts, with an outbox from app.ts`);
}
