// Writes docs/sagas.md from every saga definition in the modules' folders; with --check it only compares, and exits with
// 1 and a sentence when the page is stale or a definition has faults.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { faultsOf } from "#platform/saga";
import { type DrawnSaga, renderSagas } from "./saga-page.js";

const root = new URL("../../", import.meta.url);
const page = new URL("docs/sagas.md", root);
const modules = new URL("src/modules/", root);

// A definition is made from the steps that its module hands it; to be drawn it needs only their names.
const steps: unknown = new Proxy(
  {},
  { get: () => () => Promise.reject(new Error("This saga is only drawn")) },
);

const files = (await readdir(fileURLToPath(modules), { recursive: true }))
  .filter((file) => file.endsWith(".saga.ts"))
  .toSorted();
const sagas: DrawnSaga[] = [];
const faults: string[] = [];
for (const file of files) {
  const exported = (await import(new URL(file, modules).href)) as Record<string, unknown>;
  const make = Object.entries(exported).find(([name]) => name.endsWith("Saga"))?.[1];
  if (typeof make !== "function") {
    faults.push(`src/modules/${file} exports no maker of a saga: call it like placeOrderSaga.`);
    continue;
  }
  const definition = make(steps) as DrawnSaga["definition"];
  faults.push(...faultsOf(definition));
  sagas.push({ definition, file: `src/modules/${file}` });
}

const text = renderSagas(sagas);
if (text !== (await readFile(page, "utf8").catch(() => ""))) {
  if (process.argv.includes("--check")) {
    faults.push("docs/sagas.md is stale: run npm run docs:sagas.");
  } else await writeFile(page, text);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
