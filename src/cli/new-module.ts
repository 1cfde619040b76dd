// Makes a module that passes `npm run check`: its files, its first migration, its entry in the manifest, its place in
// app.ts. It changes nothing when the name is taken or a file does not look as expected.
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { manifest } from "#modules/manifest";
import { readArguments } from "./arguments.js";
import { renderModule, type Store } from "./module-templates.js";
import { addToApp, addToManifest } from "./wiring.js";

/** A schema, a role and a variable are called so: what PostgreSQL, TypeScript or the module's own first files keep for
 *  themselves will not do. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization await binary both break case cast catch check class
  collate collation column concurrently const constraint continue create cross debugger default deferrable delete desc
  distinct do else end enum except export extends false fetch finally for foreign freeze from full function grant group
  having if ilike implements import in initially inner instanceof interface intersect into is isnull join lateral leading
  left let like limit localtime localtimestamp natural new not notnull null offset on only or order outer overlaps package
  placing primary private protected public references return returning right select similar some static super switch
  symmetric system table tablesample then this throw to trailing true try typeof union unique user using var variadic
  verbose void when where while window with yield
  contract models`.split(/\s+/),
);

const root = new URL("../../", import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

const USAGE = "npm run new:module -- loyalty --store postgres";
const { values, positionals } = readArguments(
  { options: { store: { type: "string", default: "postgres" } }, allowPositionals: true },
  USAGE,
);
const [name] = positionals;
if (name === undefined || positionals.length > 1) refuse(`Name the module: ${USAGE}`);
// Events are called <module>.…, and the name is a schema and a role as well.
if (!/^[a-z]{2,30}$/.test(name))
  refuse(`${name} is no module name: use 2 to 30 small letters a to z.`);
const appText = await readFile(inRoot("src/app.ts"), "utf8");
const taken = name in manifest || name === "platform" || RESERVED.has(name);
if (taken || new RegExp(`\\b${name}\\b`).test(appText)) {
  refuse(`${name} is taken, or a word of SQL, TypeScript or app.ts: choose another name.`);
}
const { store } = values;
if (store !== "postgres" && store !== "mongodb")
  refuse(`--store is postgres or mongodb, not ${store}.`);

const app = addToApp(appText, name, store);
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
  who may call it: the permissions in its contract.ts, which are the restaurant's for now; then
  npx vitest run -u --project system tests/system/permissions.test.ts
                                                  writes docs/permissions.md, without which npm test fails
  what it calls: its entry in src/modules/manifest.ts; src/app.ts hands the faces over
  what it hears: that entry, listeners.ts, and \`hear\` in src/app.ts (on MongoDB createMongoInbox)
  what it tells: events.ts, and \`publishing\` in src/app.ts (on MongoDB createMongoOutbox)
  a small example of both: src/modules/kitchen`);
}
