// Figures for Prometheus. A name is registered at its first use; its labels are fixed from then on.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;

/** Names without the `tiffin_` prefix; durations in seconds. */
export interface Metrics {
  counter(name: string, labels: Labels, by?: number): void;
  gauge(name: string, labels: Labels, value: number): void;
  histogram(name: string, labels: Labels, seconds: number): void;
  /** Runs before each reading, to set gauges that nobody pushes. One that fails is left out. */
  onCollect(collect: () => void | Promise<void>): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const COLLECT_DEADLINE_MS = 2_000;
// Dense where an order and its consequences lie.
const BUCKETS = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30,
];

export function createMetrics({ process = true }: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const collectors: (() => void | Promise<void>)[] = [];
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();

  function once<Metric>(
    known: Map<string, Metric>,
    name: string,
    make: (config: MetricConfig) => Metric,
    labels: Labels,
  ) {
    let metric = known.get(name);
    if (!metric) {
      const config = {
        name: `tiffin_${name}`,
        help: name.replaceAll("_", " "),
        labelNames: Object.keys(labels),
        registers: [registry],
      };
      metric = make(config);
      known.set(name, metric);
    }
    return metric;
  }

  return {
    counter(name, labels, by = 1) {
      once(counters, name, newCounter, labels).inc(labels, by);
    },
    gauge(name, labels, value) {
      once(gauges, name, newGauge, labels).set(labels, value);
    },
    histogram(name, labels, seconds) {
      once(histograms, name, newHistogram, labels).observe(labels, seconds);
    },
    onCollect(collect) {
      collectors.push(collect);
    },
    async render() {
      const deadline = new Promise((resolve) => setTimeout(resolve, COLLECT_DEADLINE_MS).unref());
      const collected = Promise.allSettled(collectors.map(async (collect) => collect()));
      await Promise.race([collected, deadline]);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

interface MetricConfig {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}

const newCounter = (config: MetricConfig) => new Counter(config);
const newGauge = (config: MetricConfig) => new Gauge(config);
const newHistogram = (config: MetricConfig) => new Histogram({ ...config, buckets: BUCKETS });
