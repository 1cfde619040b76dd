// The modules as they are at this moment: what each stores, may touch, has called and has heard since the start.
import type { Postgres } from "#platform/db";
import type { Documents } from "#platform/documents";
import type { Metrics } from "#platform/observability";
import type { EventsFlow } from "./events-contract.js";
import { type Flow, moduleOf } from "./flow.js";
import { readLayers } from "./layers.js";
import type { ModulePicture, SystemPicture } from "./modules-contract.js";

export interface PictureParts {
  readonly manifest: Readonly<
    Record<
      string,
      { store: "postgres" | "mongodb"; calls: readonly string[]; hears: readonly string[] }
    >
  >;
  readonly postgres: Pick<Postgres, "describe" | "findHoles">;
  readonly documents: Pick<Documents, "describe" | "findHoles">;
  readonly metrics: Pick<Metrics, "render">;
  readonly flow: Pick<Flow, "read" | "lagBetween">;
  readonly clock: () => Date;
}

/** A store that does not answer leaves its modules without tables; the rest is told all the same. */
export async function describeSystem(parts: PictureParts): Promise<SystemPicture> {
  const { clock, postgres, documents } = parts;
  const [modules, layers] = await Promise.all([
    describeModules(parts),
    readLayers({ postgres, documents, clock }),
  ]);
  const now = clock();
  const since = new Date(now.getTime() - process.uptime() * 1_000);
  return { at: now.toISOString(), since: since.toISOString(), modules, layers };
}

async function describeModules(parts: PictureParts): Promise<ModulePicture[]> {
  const { manifest, postgres, documents, metrics, flow } = parts;
  const [schemas, figures] = await Promise.all([
    postgres.describe().catch(() => undefined),
    metrics.render(),
  ]);
  const counters = readCounters(figures.text);
  const sum = (name: string, fits: (labels: Labels) => boolean) =>
    counters
      .filter((one) => one.name === name && fits(one.labels))
      .reduce((total, one) => total + one.value, 0);
  const minute = flow.read();

  return Promise.all(
    Object.entries(manifest).map(
      async ([name, { store, calls, hears }]): Promise<ModulePicture> => {
        const schema = schemas?.find((one) => one.module === name);
        const tables =
          store === "postgres"
            ? schema?.tables.map((table) => ({ ...table, rights: [...table.rights] }))
            : await documents.describe(name).then(
                (collections) => collections.map((one) => ({ ...one, rights: [] })),
                () => undefined,
              );
        const isOwn = ({ subscription }: Labels) => moduleOf(subscription ?? "") === name;
        return {
          name,
          store,
          owns: schema?.role ?? `tiffin_${name}`,
          answers: tables !== undefined,
          tables: tables ?? [],
          pool: schema?.pool ?? null,
          calls: calls.map((to) => ({
            to,
            count: sum(
              "tiffin_module_calls_total",
              (one) => one["from"] === name && one["to"] === to,
            ),
            perMinute: minuteOf(minute.calls, name, to),
          })),
          hears: hears.map((from) => ({
            from,
            count: sum(
              "tiffin_event_lag_seconds_count",
              (one) => one["publisher"] === from && isOwn(one),
            ),
            perMinute: minuteOf(minute.heard, from, name),
            lagMs: flow.lagBetween(from, name),
          })),
          subscriptions: counters
            .filter((one) => one.name === "tiffin_events_applied_total" && isOwn(one.labels))
            .map(({ labels, value }) => ({ name: labels["subscription"] ?? "", applied: value })),
          published: {
            count: sum("tiffin_events_relayed_total", ({ outbox }) => outbox === name),
            perMinute: minute.published.find(({ publisher }) => publisher === name)?.perMinute ?? 0,
          },
        };
      },
    ),
  );
}

const minuteOf = (edges: EventsFlow["calls"], from: string, to: string): number =>
  edges
    .filter((edge) => edge.from === from && edge.to === to)
    .reduce((total, { perMinute }) => total + perMinute, 0);

type Labels = Readonly<Record<string, string>>;

interface Counter {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

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
