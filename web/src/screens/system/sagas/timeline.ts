// A saga's steps as bars over its time. Pure.
import type { Saga } from "../use-system.js";

export interface StepBar {
  readonly name: string;
  readonly state: Saga["steps"][number]["state"];
  readonly pivot: boolean;
  readonly attempts: number;
  /** In hundredths of the whole time; undefined: it has not begun. */
  readonly run: Span | undefined;
  readonly undo: (Span & { readonly failed: boolean; readonly attempts: number }) | undefined;
}

export interface Span {
  readonly from: number;
  readonly length: number;
  readonly tookMs: number | undefined;
}

const LEAST = 1.2;

/** `now` stands for the end of what has not ended. */
export function timelineOf(saga: Saga, now: number) {
  const start = Date.parse(saga.startedAt);
  const ends = saga.steps.flatMap(({ startedAt, tookMs, undo }) => [
    startedAt === undefined ? start : Date.parse(startedAt) + (tookMs ?? 0),
    undo ? Date.parse(undo.startedAt) + undo.tookMs : start,
  ]);
  const told = saga.endedAt === undefined ? now : Date.parse(saga.endedAt);
  const end = Math.max(told, start + 1, ...ends);
  const share = (ms: number) => (100 * ms) / (end - start);
  const span = (startedAt: string, tookMs: number | undefined): Span => {
    const from = Math.min(100 - LEAST, Math.max(0, share(Date.parse(startedAt) - start)));
    const whole = tookMs ?? end - Date.parse(startedAt);
    return { from, length: Math.min(100 - from, Math.max(LEAST, share(whole))), tookMs };
  };
  return {
    totalMs: end - start,
    steps: saga.steps.map(({ name, state, pivot, attempts, startedAt, tookMs, undo }): StepBar => ({
      name,
      state,
      pivot,
      attempts: attempts ?? 0,
      run: startedAt === undefined ? undefined : span(startedAt, tookMs),
      undo: undo && {
        ...span(undo.startedAt, undo.tookMs),
        failed: undo.failed,
        attempts: undo.attempts,
      },
    })),
  };
}
