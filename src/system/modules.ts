// The modules as they are at this moment: what each stores, may touch, has called and has heard since the start.
import { z } from "zod";
import type { Postgres } from "#platform/db";
import type { Metrics } from "#platform/observability";

const Table = z.object({ name: z.string(), rows: z.int(), rights: z.array(z.string()) });

export const ModulePicture = z.object({
  name: z.string(),
  store: z.enum(["postgres", "mongodb"]),
  /** The role or database that is the module's own. */
  owns: z.string(),
  tables: z.array(Table),
  pool: z.object({ max: z.int(), open: z.int(), idle: z.int(), waiting: z.int() }).nullable(),
  calls: z.array(z.object({ to: z.string(), count: z.int() })),
  hears: z.array(z.string()),
  subscriptions: z.array(z.object({ name: z.string(), applied: z.int() })),
  /** Events that left its outbox. */
  published: z.int(),
});
export type ModulePicture = z.infer<typeof ModulePicture>;

export interface PictureParts {
  readonly manifest: Readonly<
    Record<
      string,
      { store: "postgres" | "mongodb"; calls: readonly string[]; hears: readonly string[] }
    >
  >;
  readonly postgres: Pick<Postgres, "describe">;
  /** Collections of a MongoDB module, with their documents counted. */
  readonly collections: (module: string) => Promise<readonly { name: string; rows: number }[]>;
  readonly metrics: Pick<Metrics, "render">;
}

export async function describeModules(parts: PictureParts): Promise<ModulePicture[]> {
  const { manifest, postgres, collections, metrics } = parts;
  const [schemas, figures] = await Promise.all([postgres.describe(), metrics.render()]);
  const counts = readCounters(figures.text);
  const sum = (name: string, labels: Readonly<Record<string, string>>) =>
    counts
      .filter((one) => one.name === name && matches(one.labels, labels))
      .reduce((total, one) => total + one.value, 0);

  return Promise.all(
    Object.entries(manifest).map(async ([name, { store, calls, hears }]) => {
      const schema = schemas.find((one) => one.module === name);
      const applied = counts.filter(
        (one) =>
          one.name === "tiffin_events_applied_total" &&
          one.labels["subscription"]?.startsWith(`${name}.`),
      );
      return {
        name,
        store,
        owns: schema?.role ?? `tiffin_${name}`,
        tables: schema
          ? schema.tables.map((table) => ({ ...table, rights: [...table.rights] }))
          : (await collections(name)).map((table) => ({ ...table, rights: [] })),
        pool: schema?.pool ?? null,
        calls: calls.map((to) => ({
          to,
          count: sum("tiffin_module_calls_total", { from: name, to }),
        })),
        hears: [...hears],
        subscriptions: applied.map(({ labels, value }) => ({
          name: labels["subscription"] ?? "",
          applied: value,
        })),
        published: sum("tiffin_events_relayed_total", { outbox: name }),
      };
    }),
  );
}

interface Counter {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const matches = (
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
) => Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** Lines like `name{label="value"} 3` of the Prometheus text format. */
export function readCounters(text: string): Counter[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, word]) => [key, word]);
    return [
      { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) },
    ];
  });
}
