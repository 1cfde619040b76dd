// Writes docs/events.md and the snapshots of docs/events/ from the modules' events and subscriptions. A change that
// needs a new version is refused, with words. With --check it only compares, and exits with 1 when something is stale.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { manifest } from "#modules/manifest";
import type { EventDefinition } from "#platform/kernel";
import { createLogger, createMetrics } from "#platform/observability";
import { createApp } from "../app.js";
import {
  describeEvents,
  findChanges,
  findSilent,
  isDefinition,
  renderCatalogue,
  renderSnapshot,
  type Snapshot,
} from "./event-catalogue.js";

const root = new URL("../../", import.meta.url);
const at = (path: string) => new URL(path, root);
const read = (path: string) => readFile(at(path), "utf8").catch(() => "");
const FOLDER = "docs/events/";

/** Stands for a server: whatever is asked of it while the modules are made is there, and does nothing. */
const nothing: unknown = new Proxy(() => nothing, {
  get: (_target, name) => (name === "then" ? undefined : nothing),
});

const app = await createApp({
  postgres: { connect: (module: string) => ({ ...(nothing as object), module }) } as never,
  documents: nothing as never,
  logger: createLogger({ level: "silent" }),
  metrics: createMetrics({ process: false }),
  clock: () => new Date(),
  alone: true,
  retentionDays: 1,
  maxAttempts: 1,
  reportTimeoutSeconds: 1,
  sampleStaffAllowed: false,
  secure: false,
});

const definitions: EventDefinition[] = [];
const sources: Record<string, string> = {};
for (const module of Object.keys(manifest)) {
  const source = await read(`src/modules/${module}/events.ts`);
  if (source === "") continue;
  sources[module] = source;
  const exported = (await import(at(`src/modules/${module}/events.ts`).href)) as object;
  definitions.push(...Object.values(exported).filter(isDefinition));
}

const files = await readdir(at(FOLDER)).catch(() => []);
const stored = await Promise.all(
  files.map(async (file) => JSON.parse(await read(`${FOLDER}${file}`)) as Snapshot),
);
const entries = describeEvents({ definitions, sources, subscriptions: app.subscriptions });
const faults = [...findChanges(entries, stored), ...findSilent(entries, app.subscriptions)];

const check = process.argv.includes("--check");
if (faults.length === 0) {
  const wanted = new Map([
    ["docs/events.md", renderCatalogue(entries)],
    ...entries.map((entry) => [`${FOLDER}${entry.name}.json`, renderSnapshot(entry)] as const),
  ]);
  if (!check) await mkdir(at(FOLDER), { recursive: true });
  for (const [path, text] of wanted) {
    if (text === (await read(path))) continue;
    if (check) faults.push(`${path} is stale: run npm run docs:events.`);
    else await writeFile(at(path), text);
  }
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
