// One run of a saga, from its row to its end. Nothing is written between the steps, since every step is idempotent by
// the saga's id and recovery runs them again. The trade: recovery repeats work, in exchange for no commit between steps.
//
// A run ends in one of four ways: completed (by its pivot), rolled back (refused, or out of time: every step that
// may have run is undone, last first), parked as needs-attention (an undo kept failing), or given up without a
// trace because another process holds it now (fenced off).
import type { Runner } from "#platform/db";
import { crashPoint } from "#platform/kernel";
import type { SagaDefinition, SagaStep } from "./definition.js";
import * as store from "./store.js";
import type { JournalEntry, Refusal, SagaRow } from "./store.js";
import { backoffMs, type Logger, messageOf, pause, withTimeout } from "./timing.js";

/** How a saga stands: decided (completed, or refused and undone) or still under way. */
export type Outcome =
  | {
      readonly kind: "completed";
      readonly id: string;
      readonly results: Readonly<Record<string, unknown>> | null;
    }
  | { readonly kind: "refused"; readonly id: string; readonly refusal: Refusal }
  | { readonly kind: "running"; readonly id: string };

/** Attempts of one undo before a person is asked. With the pauses of `backoffMs`: about two minutes. */
const UNDO_ATTEMPTS = 12;
const OUT_OF_TIME: Refusal = {
  code: "PLACEMENT_TIMED_OUT",
  status: 503,
  message: "This took too long and was undone; nothing was taken. Please try again.",
};
export type Definition = SagaDefinition<unknown, Record<string, unknown>>;
type Step = SagaStep<unknown, Record<string, unknown>>;

export interface Drive {
  readonly row: SagaRow;
  readonly definition: Definition;
  readonly deadline: number;
  readonly results: Record<string, unknown>;
  readonly journal: JournalEntry[];
  /** performance.now() until which the lease is surely ours; that clock goes on while a process is stopped. */
  leaseUntil: number;
}

/** Another process drives this saga now. */
export class FencedOff extends Error {}

export interface DriverOptions {
  readonly database: Runner;
  /** Reads a definite no out of an error that a step threw; null for one that is worth another attempt. */
  readonly asRefusal: (error: unknown) => Refusal | null;
  readonly logger: Logger;
  readonly observe?: (entry: JournalEntry & { definition: string; failed: boolean }) => void;
}

/** Runs a saga to its end. @throws FencedOff, or what the store threw: then recovery goes on. */
export function createDriver({ database, asRefusal, logger, observe }: DriverOptions) {
  const run = (drive: Drive) =>
    drive.row.status === "compensating"
      ? undo(drive, drive.row.refusal ?? OUT_OF_TIME, drive.definition.steps)
      : forward(drive);

  async function forward(drive: Drive): Promise<Outcome> {
    const { row, definition, results } = drive;
    for (const [index, step] of definition.steps.entries()) {
      try {
        Object.assign(
          results,
          await attempt(drive, step, "run", (error) => asRefusal(error) !== null),
        );
      } catch (error) {
        if (error instanceof FencedOff) throw error;
        const refusal = asRefusal(error);
        // A refusing step holds nothing; a step that only ran out of time may yet have run, and is undone too.
        const mayHaveRun = definition.steps.slice(0, refusal ? index : index + 1);
        return rollBack(drive, refusal ?? OUT_OF_TIME, messageOf(error), mayHaveRun);
      }
    }
    return { kind: "completed", id: row.id, results };
  }

  async function rollBack(
    drive: Drive,
    refusal: Refusal,
    cause: string,
    steps: readonly Step[],
  ): Promise<Outcome> {
    const { row, journal } = drive;
    if (!steps.some((step) => step.undo)) return endUndone(drive, refusal);
    crashPoint("saga.before-compensate");
    // The decision is committed before the first undo: no later run can go forward again. It loses against a pivot
    // that was committed although its answer never came.
    if (!(await store.beginCompensation(database, row, refusal, cause, journal))) {
      return ended(row, false, refusal);
    }
    crashPoint("saga.after-compensate");
    return undo(drive, refusal, steps);
  }

  async function undo(drive: Drive, refusal: Refusal, steps: readonly Step[]): Promise<Outcome> {
    const { row } = drive;
    for (const step of steps.toReversed()) {
      if (!step.undo) continue;
      try {
        await attempt(drive, step, "undo", (_error, attempts) => attempts >= UNDO_ATTEMPTS);
      } catch (error) {
        if (error instanceof FencedOff) throw error;
        const cause = `Undoing "${step.name}" kept failing: ${messageOf(error)}. Mend the cause, then resume the saga.`;
        await store.parkSaga(database, row, cause);
        logger.error({ saga: row.id, cause }, "saga needs attention");
        return { kind: "refused", id: row.id, refusal };
      }
    }
    return endUndone(drive, refusal);
  }

  async function endUndone({ row, journal }: Drive, refusal: Refusal): Promise<Outcome> {
    crashPoint("saga.before-roll-back");
    const applied = await store.endRolledBack(database, row, refusal, journal);
    crashPoint("saga.after-roll-back");
    return ended(row, applied, refusal);
  }

  /** What the row says when our own ending did not apply: a pivot won, or another process took over. */
  async function ended(row: SagaRow, applied: boolean, refusal: Refusal): Promise<Outcome> {
    if (applied) return { kind: "refused", id: row.id, refusal };
    const current = await store.findSaga(database, row.id);
    return current ? outcomeOf(current) : { kind: "running", id: row.id };
  }

  /** Tries until it succeeds, `isFinal` says no, or (for a run) the saga's deadline passes. */
  async function attempt(
    drive: Drive,
    step: Step,
    action: "run" | "undo",
    isFinal: (error: unknown, attempts: number) => boolean,
  ): Promise<Record<string, unknown>> {
    const started = performance.now();
    const journal = (attempts: number, failed: boolean) => {
      const tookMs = Math.round(performance.now() - started);
      const entry: JournalEntry = { step: step.name, action, attempts, tookMs };
      if (!step.pivot) drive.journal.push(entry);
      observe?.({ ...entry, definition: drive.definition.name, failed });
    };
    for (let attempts = 1; ; attempts++) {
      await keepLease(drive);
      crashPoint(`saga.${step.name}.before-${action}`);
      try {
        const saga = { ...drive.row, results: drive.results, journal: drive.journal };
        const work = action === "run" ? step.run(saga) : step.undo?.(saga).then(() => ({}));
        const answer = await withTimeout(work ?? Promise.resolve({}), step.timeoutMs);
        crashPoint(`saga.${step.name}.after-${action}`);
        journal(attempts, false);
        return answer;
      } catch (error) {
        const pauseMs = backoffMs(attempts);
        const outOfTime = action === "run" && performance.now() + pauseMs > drive.deadline;
        if (isFinal(error, attempts) || outOfTime) {
          journal(attempts, true);
          throw error;
        }
        logger.warn(
          { saga: drive.row.id, step: step.name, action, attempts, error: messageOf(error) },
          "saga step failed, trying again",
        );
        await note(drive, messageOf(error), pauseMs);
        await pause(pauseMs);
      }
    }
  }

  /** Renews when half the lease is gone. A process that was stopped past its lease learns here that it lost it. */
  async function keepLease(drive: Drive): Promise<void> {
    const now = performance.now();
    if (drive.leaseUntil - now > (store.LEASE_SECONDS * 1000) / 2) return;
    if (!(await store.renewLease(database, drive.row))) throw new FencedOff();
    drive.leaseUntil = now + store.LEASE_SECONDS * 1000;
  }

  /** Leaves the cause where people can see it; losing this note loses nothing else. */
  async function note(drive: Drive, cause: string, pauseMs: number): Promise<void> {
    const now = performance.now();
    const leaseSeconds = pauseMs / 1000 + store.LEASE_SECONDS;
    try {
      if (!(await store.postponeSaga(database, drive.row, cause, leaseSeconds)))
        throw new FencedOff();
      drive.leaseUntil = now + leaseSeconds * 1000;
    } catch (error) {
      if (error instanceof FencedOff) throw error;
    }
  }

  return run;
}

/** How a saga stands by its row. */
export function outcomeOf(row: SagaRow): Outcome {
  if (row.status === "completed") return { kind: "completed", id: row.id, results: null };
  if (row.refusal) return { kind: "refused", id: row.id, refusal: row.refusal };
  return { kind: "running", id: row.id };
}
