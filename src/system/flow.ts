// What flows at this moment: passes figures on to the metrics, and remembers those of the last ten minutes, so that a
// page can draw a line without a time-series database.
import type { Metrics } from "#platform/observability";
import type { EventsFlow } from "./events-contract.js";

const STEP_MS = 5_000;
const STEPS = 120;
/** A minute. */
const RECENT_STEPS = 12;
/** Of one step and subscription; more are thinned out by chance, evenly. */
const MOST_SAMPLES = 256;

const COUNTED = new Set([
  "events_applied_total",
  "event_attempts_failed_total",
  "events_relayed_total",
  "module_calls_total",
]);
const LAG = "event_lag_seconds";

interface Samples {
  count: number;
  readonly values: number[];
}

interface Step {
  readonly number: number;
  readonly counts: Map<string, number>;
  /** By subscription and publisher. */
  readonly lags: Map<string, Samples>;
}

type Labels = Readonly<Record<string, string>>;
type Figures = Pick<Metrics, "counter" | "gauge" | "histogram">;

export type Flow = ReturnType<typeof createFlow>;

export function createFlow<M extends Figures>(metrics: M, now: () => number = Date.now) {
  const steps: Step[] = [];

  function current(): Step {
    const number = Math.floor(now() / STEP_MS);
    // Where the clock was put back: what lies ahead of it would stay, and count as the last minute, until it is there again.
    while ((steps.at(-1)?.number ?? number) > number) steps.pop();
    let step = steps.at(-1);
    if (step?.number !== number) {
      step = { number, counts: new Map(), lags: new Map() };
      steps.push(step);
      while ((steps[0]?.number ?? number) <= number - STEPS) steps.shift();
    }
    return step;
  }

  const keyOf = (name: string, labels: Labels) => JSON.stringify([name, labels]);
  const recent = (): Step[] => {
    const { number } = current();
    return steps.filter((step) => step.number > number - RECENT_STEPS);
  };

  /** The sums of the last minute, with their labels. */
  function sums(name: string): { readonly labels: Labels; readonly count: number }[] {
    const totals = new Map<string, number>();
    for (const { counts } of recent()) {
      for (const [key, count] of counts) totals.set(key, (totals.get(key) ?? 0) + count);
    }
    return [...totals].flatMap(([key, count]) => {
      const [counted, labels] = JSON.parse(key) as [string, Labels];
      return counted === name && count > 0 ? [{ labels, count }] : [];
    });
  }

  const lagsOf = (ofSteps: readonly Step[], fits: (labels: Labels) => boolean = () => true) =>
    ofSteps.flatMap(({ lags }) =>
      [...lags].flatMap(([key, { values }]) => (fits(labelsOf(key)) ? values : [])),
    );

  return {
    metrics: {
      ...metrics,
      counter(name: string, labels: Labels, by = 1) {
        metrics.counter(name, labels, by);
        if (by === 0 || !COUNTED.has(name)) return;
        const { counts } = current();
        const key = keyOf(name, labels);
        counts.set(key, (counts.get(key) ?? 0) + by);
      },
      histogram(name: string, labels: Labels, seconds: number) {
        metrics.histogram(name, labels, seconds);
        if (name !== LAG) return;
        const { lags } = current();
        const key = keyOf(name, labels);
        const samples = lags.get(key) ?? { count: 0, values: [] };
        lags.set(key, samples);
        samples.count += 1;
        const place =
          samples.count <= MOST_SAMPLES
            ? samples.count - 1
            : Math.floor(Math.random() * samples.count);
        if (place < MOST_SAMPLES) samples.values[place] = seconds * 1_000;
      },
    } as M,

    /** The last minute of one subscription. */
    ofSubscription(subscription: string) {
      const sum = (name: string) =>
        sums(name)
          .filter(({ labels }) => labels["subscription"] === subscription)
          .reduce((total, { count }) => total + count, 0);
      return {
        applied: sum("events_applied_total"),
        failed: sum("event_attempts_failed_total"),
        lagMs: summarize(lagsOf(recent(), (labels) => labels["subscription"] === subscription)),
      };
    },

    /** From one module's telling to another's applying, in the last minute. */
    lagBetween: (from: string, to: string) =>
      summarize(
        lagsOf(
          recent(),
          ({ publisher, subscription = "" }) => publisher === from && moduleOf(subscription) === to,
        ),
      ),

    /** The last minute of everything, and ten minutes as a line. */
    read(): EventsFlow {
      const { number } = current();
      const byNumber = new Map(steps.map((step) => [step.number, step]));
      const heard = new Map<string, number>();
      for (const { lags } of recent()) {
        for (const [key, { count }] of lags) heard.set(key, (heard.get(key) ?? 0) + count);
      }
      return {
        at: new Date(now()).toISOString(),
        published: sums("events_relayed_total").map(({ labels, count }) => ({
          publisher: labels["outbox"] ?? "",
          perMinute: count,
        })),
        heard: [...heard].map(([key, perMinute]) => {
          const { publisher = "", subscription = "" } = labelsOf(key);
          return { from: publisher, to: moduleOf(subscription), subscription, perMinute };
        }),
        calls: sums("module_calls_total").map(({ labels, count }) => ({
          from: labels["from"] ?? "",
          to: labels["to"] ?? "",
          perMinute: count,
        })),
        line: Array.from({ length: STEPS }, (_, index) => number - STEPS + 1 + index).map((one) => {
          const step = byNumber.get(one);
          const lag = step && summarize(lagsOf([step]));
          const counts = [...(step?.lags.values() ?? [])].map(({ count }) => count);
          return {
            at: new Date(one * STEP_MS).toISOString(),
            applied: counts.reduce((total, count) => total + count, 0),
            p50Ms: lag?.p50 ?? null,
            p99Ms: lag?.p99 ?? null,
          };
        }),
      };
    },
  };
}

const labelsOf = (key: string) => (JSON.parse(key) as [string, Labels])[1];

/** Subscriptions are called `<module>.<what-it-does>`. */
export const moduleOf = (subscription: string): string => subscription.split(".")[0] ?? "";

function summarize(values: readonly number[]): { p50: number; p99: number; max: number } | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Number(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2),
    );
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
