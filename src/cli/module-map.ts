// The modules drawn from the manifest: a table and a diagram for the docs, and in words why one may or may not reach
// another. It reads what it is given and prints nothing.
import type { ModuleEntry } from "#modules/manifest";
import { reaches } from "#platform/kernel";

export type ManifestEntries = Readonly<Record<string, ModuleEntry>>;

/** What a module says of itself: the first sentence of its README, and the events its events.ts defines. */
export interface ModuleFacts {
  readonly purpose: string;
  readonly publishes: readonly string[];
}

const STORES = { postgres: "Postgres schema", mongodb: "MongoDB database" } as const;
const storeOf = (name: string, { store }: ModuleEntry): string =>
  `${STORES[store]} \`${store === "mongodb" ? `tiffin_${name}` : name}\``;
const list = (names: readonly string[]): string => (names.length > 0 ? names.join(", ") : "–");

/** The first paragraph below the heading, and the names in `defineEvent("…")`. */
export function readFacts(readme: string, events: string): ModuleFacts {
  const paragraph = readme
    .split(/\n\s*\n/)
    .find((part) => part.trim() !== "" && !part.startsWith("#"));
  const publishes = [...events.matchAll(/defineEvent\(\s*"([^"]+)"/g)].map(
    ([, name]) => name ?? "",
  );
  return { purpose: (paragraph ?? "–").replaceAll(/\s+/g, " ").trim(), publishes };
}

/** As Prettier would align it, so that the formatted file and the rendered one are the same. */
export function alignTable(rows: readonly (readonly string[])[]): string {
  const [headings = []] = rows;
  const widths = headings.map((_heading, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const lines = rows.map((row) =>
    line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  );
  return lines.toSpliced(1, 0, line(widths.map((width) => "-".repeat(width)))).join("\n");
}

/** `path` leads from the document to the root. */
export function renderTable(
  manifest: ManifestEntries,
  facts: Readonly<Record<string, ModuleFacts>>,
  path = "",
): string {
  const rows = Object.entries(manifest).map(([name, entry]) => [
    `[\`${name}\`](${path}src/modules/${name}/README.md)`,
    facts[name]?.purpose ?? "–",
    storeOf(name, entry),
    list(entry.calls),
    list(entry.hears),
  ]);
  return alignTable([["module", "what for", "store", "calls", "hears"], ...rows]);
}

export function renderDocument(
  manifest: ManifestEntries,
  facts: Readonly<Record<string, ModuleFacts>>,
): string {
  const names = Object.keys(manifest);
  const arrows = Object.entries(manifest).flatMap(([name, { calls, hears }]) => [
    ...calls.map((other) => `  ${name} --> ${other}`),
    ...hears.map((other) => `  ${other} -. events .-> ${name}`),
  ]);
  const nodes = Object.entries(manifest).map(
    ([name, { store }]) =>
      `  ${name}[("${name}<br/>${store === "postgres" ? "Postgres" : "MongoDB"}")]`,
  );
  const published = names.flatMap((name) =>
    (facts[name]?.publishes ?? []).map((event) => {
      const heardBy = names.filter((other) => manifest[other]?.hears.includes(name));
      return [`\`${event}\``, name, list(heardBy)];
    }),
  );
  return `# Modules

Made by \`npm run docs:modules\` from src/modules/manifest.ts and the modules themselves; \`npm run check\` fails when it is stale. Solid arrows are calls, dotted ones are events.

\`\`\`mermaid
flowchart LR
${[...nodes, ...arrows].join("\n")}
\`\`\`

${renderTable(manifest, facts, "../")}

${alignTable([["event", "published by", "may be heard by"], ...published])}
`;
}

/** One sentence for each folder without an entry, entry without a folder, and right that leads nowhere. */
export function findFaults(manifest: ManifestEntries, folders: readonly string[]): string[] {
  const names = Object.keys(manifest);
  return [
    ...folders
      .filter((folder) => !names.includes(folder))
      .map(
        (folder) =>
          `src/modules/${folder} has no entry in manifest.ts: say there what it stores, calls and hears.`,
      ),
    ...names
      .filter((name) => !folders.includes(name))
      .map(
        (name) =>
          `manifest.ts names ${name}, which has no folder: make src/modules/${name}, or remove the entry.`,
      ),
    ...Object.entries(manifest).flatMap(([name, { calls, hears }]) =>
      [...new Set([...calls, ...hears])]
        .filter((other) => other === name || !names.includes(other))
        .map(
          (other) =>
            `manifest.ts lets ${name} call or hear ${other}, which is no other module: correct the entry.`,
        ),
    ),
    ...names
      .filter((name) => reaches(manifest, name, name))
      .map(
        (name) =>
          `manifest.ts lets ${name} call itself by way of others: let one of them hear events instead.`,
      ),
  ];
}

/** Why `from` may or may not reach `to`, and what it would take; one line for each way. */
export function explain(manifest: ManifestEntries, from: string, to: string): string[] {
  const entry = manifest[from];
  const owner = manifest[to];
  const names = Object.keys(manifest).join(", ");
  for (const name of [from, to]) {
    if (!manifest[name]) return [`There is no module ${name}. There are: ${names}.`];
  }
  if (!entry || !owner) return [];
  if (from === to) return [`${from} is itself: inside a module everything is in reach.`];
  const calls = entry.calls.includes(to)
    ? `✓ ${from} may call ${to}: manifest.ts lists it in calls. import { … } from "#modules/${to}"; app.ts hands the face over.`
    : reaches(manifest, to, from)
      ? `✗ ${from} may not call ${to}, and cannot be allowed to: ${to} reaches ${from} by calls, so that would be a circle. Hear its events.`
      : `✗ ${from} may not call ${to}: add "${to}" to ${from}'s calls in manifest.ts, and hand the face over in app.ts.`;
  const hears = entry.hears.includes(to)
    ? `✓ ${from} may hear ${to}: manifest.ts lists it in hears. import { … } from "#modules/${to}/events".`
    : `✗ ${from} may not hear ${to}: add "${to}" to ${from}'s hears in manifest.ts.`;
  const why =
    owner.store === "postgres"
      ? `only the role tiffin_${to} may use the schema ${to}; PostgreSQL refuses others with 42501`
      : `only ${to} is given a connection to the database tiffin_${to}, and a command on another one is refused before it is sent`;
  return [calls, hears, `✗ ${from} may never read the data of ${to} itself: ${why}.`];
}
