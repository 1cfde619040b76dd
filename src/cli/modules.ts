// Prints the modules as they are: stores, rows, rights, calls, events and pools. With --explain <from> <to> it says
// why one may or may not reach the other, without a server.
import { parseArgs } from "node:util";
import { manifest } from "#modules/manifest";
import type { ModulePicture } from "../system/modules.js";
import { explain } from "./module-map.js";
import { renderTable } from "./table.js";
import { withServer } from "./with-server.js";

const { values, positionals } = parseArgs({
  options: { explain: { type: "boolean", default: false } },
  allowPositionals: true,
});

if (values.explain) {
  const [from, to] = positionals;
  if (from === undefined || to === undefined || positionals.length > 2) {
    console.error("Name two modules: npm run modules -- --explain orders inventory.");
    process.exit(2);
  }
  console.log(explain(manifest, from, to).join("\n"));
} else {
  await withServer(async (api) => {
    const { modules } = await api.call<{ modules: ModulePicture[] }>("GET", "/api/system/modules");
    printPicture(modules);
  });
}

function printPicture(modules: readonly ModulePicture[]): void {
  const counted = (names: readonly { name: string; count: number }[]) =>
    names.map(({ name, count }) => `${name} ${count.toLocaleString("en")}`).join(", ") || "–";
  console.log(
    renderTable(
      ["Module", "Store", "Calls", "Hears", "Applied", "Published", "Pool"],
      modules.map((module) => [
        module.name,
        module.store === "postgres" ? "Postgres" : "MongoDB",
        counted(module.calls.map(({ to, count }) => ({ name: to, count }))),
        module.hears.join(", ") || "–",
        module.subscriptions.reduce((total, { applied }) => total + applied, 0),
        module.published,
        module.pool ? poolOf(module.pool) : "–",
      ]),
    ),
  );
  console.log(
    `\n${renderTable(
      ["Owned by", "Table", "Rows", "The module may"],
      modules.flatMap(({ owns, tables }) =>
        tables.map(({ name, rows, rights }) => [
          owns,
          name,
          rows,
          rights.join(", ") || "all of its own",
        ]),
      ),
    )}`,
  );
  const heard = modules.flatMap((module) => module.subscriptions);
  if (heard.length > 0) {
    console.log(
      `\n${renderTable(
        ["Subscription", "Applied"],
        heard.map(({ name, applied }) => [name, applied]),
      )}`,
    );
  }
  console.log("\nCalls and events since the start of the server.");
}

function poolOf({ max, open, idle, waiting }: NonNullable<ModulePicture["pool"]>): string {
  return `${open - idle} busy, ${idle} idle of ${max}${waiting > 0 ? `, ${waiting} waiting` : ""}`;
}
