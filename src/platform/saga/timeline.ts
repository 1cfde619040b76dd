// A saga as people look at it: its steps in order, each with what became of it. Pure.
import { canComplete, type JournalEntry, type Progress, type SagaRow } from "./rows.js";

export type StepState =
  | "waiting"
  | "running"
  | "done"
  /** Refused, or out of time. */
  | "failed"
  | "undoing"
  | "undone"
  /** Never begun, and never will be. */
  | "not-run";

export interface TimelineStep {
  readonly name: string;
  readonly state: StepState;
  readonly pivot: boolean;
  /** Of this step's run. */
  readonly attempts?: number;
  readonly startedAt?: Date;
  readonly tookMs?: number;
  readonly undo?: { attempts: number; startedAt: Date; tookMs: number; failed: boolean };
}

export function timelineOf(
  row: SagaRow,
  journal: readonly JournalEntry[],
  definition: { readonly steps: readonly { name: string; pivot?: true }[] } | undefined,
  progress: Progress | undefined,
): TimelineStep[] {
  const at = (ms: number) => new Date(row.startedAt.getTime() + ms);
  const last = (step: string, action: JournalEntry["action"]) =>
    journal.findLast((entry) => entry.step === step && entry.action === action);
  const ended = row.endedAt !== null;
  const forward = canComplete(row);
  const timeline: TimelineStep[] = [];
  for (const name of row.steps) {
    const run = last(name, "run");
    const undo = last(name, "undo");
    const pivot = definition?.steps.find((step) => step.name === name)?.pivot ?? false;
    const current = progress?.step === name ? progress : undefined;
    const before = timeline.at(-1);
    let state: StepState;
    if (undo && !undo.failed) state = "undone";
    else if (current?.action === "undo") state = "undoing";
    else if (run?.failed) state = "failed";
    else if (run || row.status === "completed") state = "done";
    else if (current) state = "running";
    else if (ended || !forward) state = "not-run";
    // Another process may be anywhere from here on.
    else state = before === undefined || before.state === "done" ? "running" : "waiting";
    const begun =
      run ?? (current?.action === "run" ? { ...current, tookMs: undefined } : undefined);
    timeline.push({
      name,
      state,
      pivot,
      ...(begun && {
        attempts: begun.attempts,
        startedAt: at(begun.atMs),
        ...(begun.tookMs !== undefined && { tookMs: begun.tookMs }),
      }),
      ...(!begun && state === "done" && endOf(row, before)),
      ...(undo && {
        undo: {
          attempts: undo.attempts,
          startedAt: at(undo.atMs),
          tookMs: undo.tookMs,
          failed: undo.failed ?? false,
        },
      }),
    });
  }
  return timeline;
}

/** The last step ends the saga, so it leaves no entry of its own: it took the time that was left. */
function endOf(row: SagaRow, before: TimelineStep | undefined) {
  if (!row.endedAt) return undefined;
  const startedAt = before?.startedAt
    ? new Date(before.startedAt.getTime() + (before.tookMs ?? 0))
    : row.startedAt;
  const tookMs = Math.max(0, row.endedAt.getTime() - startedAt.getTime());
  return { attempts: 1, startedAt, tookMs };
}
