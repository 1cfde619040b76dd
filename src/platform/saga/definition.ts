// A saga is data: named steps with `run` and `undo`, so that it can be validated at start-up and drawn.
import type { Refusal } from "./rows.js";

/** One run of a saga, as its steps see it. */
export interface SagaRun<Input, Results> {
  /** Its own id. */
  readonly id: string;
  /** The id of what it is about, such as an order: the idempotency key of every step. */
  readonly subject: string;
  /** Fencing token: a statement that ends the saga must prove it is still the current one. */
  readonly token: number;
  readonly input: Input;
  /** What earlier steps answered. Kept in memory: recovery runs the steps again and gets the same answers. Steps after
   *  the pivot see only each other's, since what stands before the pivot is never run again once that was passed. */
  readonly results: Readonly<Partial<Results>>;
  /** What was tried so far; the pivot stores it with the saga's end. */
  readonly journal: readonly unknown[];
}

export interface SagaStep<Input, Results> {
  readonly name: string;
  /** Idempotent by `saga.subject`. Throws a refusal (`Refused`, or see `asRefusal`) when it holds nothing, anything else
   *  to be tried again: before the pivot until the saga's deadline, after it for half an hour at least, and then until
   *  a person decides. */
  run(saga: SagaRun<Input, Results>): Promise<Partial<Results>>;
  /** May run when `run` never did, or before it lands: harmless alone, harmless twice, and it bars a late `run`. */
  undo?(saga: SagaRun<Input, Results>): Promise<void>;
  /** The point of no return, noted in the step's own transaction (`passPivots`). Only forward from here. The last step,
   *  pivot or not, ends the saga in its own transaction (`endSagas`). */
  readonly pivot?: true;
  /** How long one attempt may take. */
  readonly timeoutMs: number;
}

/** A step's definite no. After the pivot: a person decides. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export interface SagaDefinition<Input, Results> {
  /** Stable and versioned, such as `orders.place-order.v1`: a changed list of steps is a new version. */
  readonly name: string;
  /** From the durable start. A step before the pivot that fails past it is not tried again: the saga is rolled back. So
   *  is one that is found a quarter of an hour after it. */
  readonly deadlineMs: number;
  /** What is answered then. */
  readonly timedOut: Refusal;
  readonly steps: readonly SagaStep<Input, Results>[];
}

const NAME = /^[a-z]+\.[a-z]+(-[a-z]+)*\.v\d+$/;

/** What is wrong with a definition; an empty list means nothing. All faults are named at once. */
export function faultsOf<Input, Results>(definition: SagaDefinition<Input, Results>): string[] {
  const { name, steps, deadlineMs } = definition;
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`${name}: ${fault}`);
  if (!NAME.test(name)) say("the name must look like orders.place-order.v1");
  if (!(deadlineMs > 0)) say("deadlineMs must be above 0");
  if (steps.length === 0) say("it has no steps");
  const seen = new Set<string>();
  for (const step of steps) {
    if (seen.has(step.name)) say(`two steps are called "${step.name}", the second is unreachable`);
    seen.add(step.name);
    if (!(step.timeoutMs > 0)) say(`step "${step.name}" needs timeoutMs above 0`);
  }
  const pivot = steps.findIndex((step) => step.pivot);
  if (pivot < 0) say("no step is the pivot");
  if (steps.filter((step) => step.pivot).length > 1) say("more than one step is the pivot");
  for (const [index, step] of steps.entries()) {
    if (pivot >= 0 && index >= pivot && step.undo) {
      say(`step "${step.name}" has an undo, but nothing is undone from the pivot on`);
    }
    if (index < pivot && !step.undo)
      say(`step "${step.name}" stands before the pivot and needs an undo`);
  }
  return faults;
}

/** A Mermaid state diagram of the definition, for docs/sagas.md. */
export function drawSaga<Input, Results>({ name, steps }: SagaDefinition<Input, Results>): string {
  const lines = ["stateDiagram-v2", `  [*] --> ${steps[0]?.name ?? "completed"}`];
  const pivot = steps.findIndex((step) => step.pivot);
  const undoBefore = (index: number) => {
    const undone = steps.slice(0, index).findLast((earlier) => earlier.undo);
    return undone ? `undo_${undone.name}` : "rolled_back";
  };
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1]?.name ?? "completed";
    lines.push(`  ${step.name} --> ${next}${step.pivot ? ": pivot" : ""}`);
    if (index > pivot) lines.push(`  ${step.name} --> needs_attention: refused or keeps failing`);
    else lines.push(`  ${step.name} --> ${undoBefore(index)}: refused or out of time`);
    if (step.undo) {
      lines.push(`  undo_${step.name} --> ${undoBefore(index)}`);
      lines.push(`  undo_${step.name} --> needs_attention: keeps failing`);
    }
  }
  lines.push("  completed --> [*]", "  rolled_back --> [*]");
  return [`%% ${name}`, ...lines].join("\n");
}
