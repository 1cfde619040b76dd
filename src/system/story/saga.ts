// A saga as entries of an order's story: its start, its steps, their undoing, its end. Pure.
import type { OrdersFace } from "#modules/orders";
import { moduleOf } from "../flow.js";
import type { StoryEntry } from "./contract.js";

export type SagaOfStory = Awaited<ReturnType<OrdersFace["sagas"]["list"]>>["items"][number];

const STEP_OUTCOME: Readonly<Record<string, StoryEntry["outcome"]>> = {
  failed: "failed",
  running: "waiting",
  undoing: "waiting",
};

export function entriesOfSaga(saga: SagaOfStory, now: string): StoryEntry[] {
  const { id, definition, status, startedAt, endedAt, cause, refusal, abandonedReason } = saga;
  const module = moduleOf(definition);
  const lane = { module, parent: id };
  const word = abandonedReason ?? (refusal ? `${refusal.code}: ${refusal.detail}` : cause);
  const end: StoryEntry = {
    id: `${id} end`,
    ...lane,
    kind: "saga",
    at: endedAt ?? now,
    title: `${definition} ${endedAt === undefined ? `is ${status}` : status}`,
    ...(word !== undefined && { detail: word }),
    outcome: endedAt === undefined ? "waiting" : status === "completed" ? "done" : "failed",
  };
  const steps = saga.steps.flatMap((step): StoryEntry[] => {
    const { name, state, undo, tookMs, attempts = 1 } = step;
    if (step.startedAt === undefined) return [];
    const run: StoryEntry = {
      id: `${id} ${name}`,
      ...lane,
      kind: "step",
      at: step.startedAt,
      ...(tookMs !== undefined && { tookMs }),
      title: name,
      ...(attempts > 1 && { detail: `${attempts} attempts` }),
      outcome: STEP_OUTCOME[state] ?? "done",
    };
    if (!undo) return [run];
    const undone: StoryEntry = {
      id: `${id} undo ${name}`,
      ...lane,
      kind: "step",
      at: undo.startedAt,
      tookMs: undo.tookMs,
      title: `undo ${name}`,
      ...(undo.attempts > 1 && { detail: `${undo.attempts} attempts` }),
      outcome: undo.failed ? "failed" : "done",
    };
    return [run, undone];
  });
  const begin: StoryEntry = {
    id,
    module,
    kind: "saga",
    at: startedAt,
    title: `${definition} started`,
    outcome: "done",
  };
  return [begin, ...steps, end];
}
