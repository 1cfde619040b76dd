// Writes docs/modules.md and the module table of README.md from the manifest; with --check it only compares, and exits
// with 1 and a sentence when something is stale or the manifest does not fit the folders.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { manifest } from "#modules/manifest";
import {
  findFaults,
  type ModuleFacts,
  readFacts,
  renderDocument,
  renderTable,
} from "./module-map.js";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFile(new URL(path, root), "utf8").catch(() => "");
const TABLE = /(<!-- modules -->\n)[\s\S]*?(\n<!-- \/modules -->)/;

const check = process.argv.includes("--check");
const entries = await readdir(fileURLToPath(new URL("src/modules", root)), { withFileTypes: true });
const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const faults = findFaults(manifest, folders);

const facts: Record<string, ModuleFacts> = {};
for (const name of Object.keys(manifest)) {
  const folder = `src/modules/${name}`;
  facts[name] = readFacts(await read(`${folder}/README.md`), await read(`${folder}/events.ts`));
}

const readme = await read("README.md");
if (!TABLE.test(readme)) {
  faults.push(
    "README.md has no place for the module table: put <!-- modules --> and <!-- /modules --> on lines of their own.",
  );
}
const table = `\n${renderTable(manifest, facts)}\n`;
const wanted = {
  "docs/modules.md": renderDocument(manifest, facts),
  "README.md": readme.replace(
    TABLE,
    (_all, start: string, end: string) => `${start}${table}${end}`,
  ),
};
for (const [path, text] of Object.entries(wanted)) {
  if (text === (await read(path))) continue;
  if (check) faults.push(`${path} is stale: run npm run docs:modules.`);
  else await writeFile(new URL(path, root), text);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
