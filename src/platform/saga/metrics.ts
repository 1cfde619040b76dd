// Sagas in figures: how many are open, how they ended, how long steps take, what was tried again, what was undone.
import type { StepObservation } from "./drive.js";
import type { SagaStatus } from "./rows.js";

/** Names without the `tiffin_` prefix; seconds, not milliseconds. */
export interface Metrics {
  counter(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  histogram(name: string, labels: Readonly<Record<string, string>>, seconds: number): void;
  onCollect(collect: () => Promise<void>): void;
}

const OPEN: readonly SagaStatus[] = ["running", "compensating", "finishing", "needs-attention"];

export function observeSagas(
  metrics: Metrics,
  definitions: readonly string[],
  countOpen: () => Promise<readonly { definition: string; status: SagaStatus; count: number }[]>,
) {
  metrics.onCollect(async () => {
    const counts = await countOpen();
    const known = definitions.flatMap((definition) =>
      OPEN.map((status) => ({ definition, status, count: 0 })),
    );
    // Zeros first: a state that nobody is in any more must not keep its last figure.
    for (const { definition, status, count } of [...known, ...counts]) {
      metrics.gauge("sagas_open", { saga: definition, status }, count);
    }
  });
  return {
    step({ definition, step, action, attempts, tookMs, failed }: StepObservation): void {
      const labels = { saga: definition, step, action };
      metrics.histogram("saga_step_seconds", labels, tookMs / 1000);
      if (attempts > 1) metrics.counter("saga_retries_total", labels, attempts - 1);
      if (failed) metrics.counter("saga_step_failures_total", labels);
    },
    compensation: (definition: string) =>
      metrics.counter("saga_compensations_total", { saga: definition }),
    /** Completed, rolled back, or left to a person. */
    outcome: (definition: string, outcome: SagaStatus) =>
      metrics.counter("saga_outcomes_total", { saga: definition, outcome }),
  };
}
