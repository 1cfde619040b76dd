// The live picture of the modules as text for a terminal. Pure.
import type { LayerCheck, ModulePicture, SystemPicture } from "../system/modules-contract.js";
import { renderTable } from "./table.js";

const SIGN: Readonly<Record<LayerCheck["state"], string>> = {
  holds: "✓",
  broken: "✗",
  off: "off",
  unknown: "?",
};

interface Counted {
  readonly count: number;
  readonly perMinute: number;
}
const counted = ({ count, perMinute }: Counted) =>
  `${count.toLocaleString("en")}${perMinute > 0 ? ` (${perMinute.toLocaleString("en")})` : ""}`;
const listed = (edges: readonly (Counted & { readonly name: string })[]) =>
  edges.map((edge) => `${edge.name} ${counted(edge)}`).join(", ") || "–";

function poolOf({ max, open, idle, waiting }: NonNullable<ModulePicture["pool"]>): string {
  return `${open - idle} busy, ${idle} idle of ${max}${waiting > 0 ? `, ${waiting} waiting` : ""}`;
}

export function renderPicture({ since, modules, layers }: SystemPicture): string {
  const heard = modules.flatMap(({ subscriptions }) => subscriptions);
  return [
    renderTable(
      ["Module", "Store", "Calls", "Hears", "Published", "Pool"],
      modules.map(({ name, store, answers, calls, hears, published, pool }) => [
        name,
        `${store === "postgres" ? "Postgres" : "MongoDB"}${answers ? "" : ", does not answer"}`,
        listed(calls.map(({ to, ...edge }) => ({ name: to, ...edge }))),
        listed(hears.map(({ from, ...edge }) => ({ name: from, ...edge }))),
        counted(published),
        pool ? poolOf(pool) : "–",
      ]),
    ),
    renderTable(
      ["Owned by", "Table", "Rows", "The module may"],
      modules.flatMap(({ owns, tables }) =>
        tables.map(({ name, rows, rights }) => [
          owns,
          name,
          rows,
          rights.join(", ") || "all of its own",
        ]),
      ),
    ),
    ...(heard.length > 0
      ? [
          renderTable(
            ["Subscription", "Applied"],
            heard.map(({ name, applied }) => [name, applied]),
          ),
        ]
      : []),
    renderTable(
      ["", "Boundary", "Last checked", "By"],
      layers.map(({ layer, state, at, how }) => [SIGN[state], layer, at ?? "never", how]),
    ),
    ...layers
      .filter(({ notes }) => notes.length > 0)
      .map(({ layer, notes }) => [`${layer}:`, ...notes.map((note) => `  ${note}`)].join("\n")),
    `Calls and events are counted since ${since}; in brackets, those of the last minute.`,
  ].join("\n\n");
}
