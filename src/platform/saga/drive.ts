// One run of a saga, from its row to its end. Nothing is written between the steps, since every step is idempotent by
// the saga's id and recovery runs them again. The trade: recovery repeats work, in exchange for no commit between steps.
//
// A run ends in one of four ways: completed (by its last step), rolled back (refused, or out of time: every step that
// may have run is undone, last first), parked as needs-attention (an undo kept failing, or a step after the pivot was
// refused), or left as it stands: another process holds it now (fenced off), or this one stops and recovery goes on.
import type { Runner } from "#platform/db";
import { crashPoint } from "#platform/kernel";
import { Refused, type SagaDefinition, type SagaStep } from "./definition.js";
import * as reads from "./reads.js";
import * as store from "./store.js";
import {
  type JournalEntry,
  type Outcome,
  outcomeOf,
  type Progress,
  type Refusal,
  type SagaRow,
  type SagaStatus,
} from "./rows.js";
import {
  backoffMs,
  createLimit,
  type Logger,
  messageOf,
  PATIENT_MS,
  pause,
  withTimeout,
} from "./timing.js";

/** The longest pause between attempts, and where a person waits for the answer. */
const PAUSE_MS = 15_000;
const WAITED_FOR_MS = 2_000;
/** A saga that a dead process left goes on, also past its deadline: whoever asked asks again by its key. Found so long
 *  after it, nobody does any more: what it took is given back. */
const STALE_MS = 15 * 60_000;
/** Often enough to renew before the second half of a lease is over. */
const LEASE_LOOK_MS = (store.LEASE_SECONDS * 1000) / 4;
export type Definition = SagaDefinition<unknown, Record<string, unknown>>;
type Step = SagaStep<unknown, Record<string, unknown>>;

export interface Drive {
  readonly row: SagaRow;
  readonly definition: Definition;
  /** performance.now() of its start. Its age is counted by the store, whose clock may be another than this machine's. */
  readonly startedAt: number;
  readonly results: Record<string, unknown>;
  readonly journal: JournalEntry[];
  /** performance.now() until which the lease is surely ours; that clock goes on while a process is stopped. */
  leaseUntil: number;
  /** What is under way, for people to look at. */
  progress?: Progress;
}

/** Another process drives this saga now. */
export class FencedOff extends Error {}
/** This process stops; the saga stands at a durable point. */
class Stopping extends Error {}
export const isLeft = (error: unknown) => error instanceof FencedOff || error instanceof Stopping;

export interface DriverOptions {
  readonly database: Runner;
  /** Reads a definite no out of an error that a step threw; null for one that is worth another attempt. */
  readonly asRefusal: (error: unknown) => Refusal | null;
  /** Tells an error of a store that is away: nobody can decide anything then, so an undo waits until it is back. */
  readonly isAway?: (error: unknown) => boolean;
  readonly logger: Logger;
  /** Attempts of one step that were answered, before a person is asked. */
  readonly attempts?: number;
  readonly observe?: {
    step(entry: StepObservation): void;
    compensation(definition: string): void;
    outcome(definition: string, outcome: SagaStatus): void;
  };
}

/** One step of one run, with all its attempts. */
export interface StepObservation extends JournalEntry {
  readonly definition: string;
}

/** Runs a saga to its end. @throws FencedOff, Stopping, or what the store threw: then recovery goes on. */
export function createDriver(
  { database, asRefusal, isAway = () => false, logger, observe, attempts }: DriverOptions,
  stopping: AbortSignal,
) {
  const refusalOf = (error: unknown) =>
    error instanceof Refused ? error.refusal : asRefusal(error);
  const isRefusal = (error: unknown) => refusalOf(error) !== null;
  const tooMany = () => createLimit(isAway, attempts);

  function run(drive: Drive): Promise<Outcome> {
    const { row, definition } = drive;
    if (row.status === "finishing") return finish(drive);
    return row.status === "compensating"
      ? undo(drive, row.refusal ?? definition.timedOut, definition.steps)
      : forward(drive);
  }

  async function forward(drive: Drive): Promise<Outcome> {
    const { definition, results } = drive;
    const { steps, timedOut, deadlineMs } = definition;
    const deadline = drive.startedAt + deadlineMs;
    if (performance.now() > deadline + STALE_MS)
      return rollBack(drive, timedOut, "Found too long after its deadline.", steps);
    for (const [index, step] of steps.entries()) {
      try {
        Object.assign(
          results,
          await attempt(drive, step, "run", { isFinal: isRefusal, deadline, results }),
        );
      } catch (error) {
        if (isLeft(error)) throw error;
        const refusal = refusalOf(error);
        // A refusing step holds nothing; one that ran out of time may yet have run. A run before may have come further.
        const isFirst = drive.row.token === store.FIRST_TOKEN;
        const mayHaveRun = isFirst ? steps.slice(0, refusal ? index : index + 1) : steps;
        return rollBack(drive, refusal ?? timedOut, messageOf(error), mayHaveRun);
      }
      if (step.pivot) break;
    }
    return finish(drive);
  }

  /** What stands after the pivot: tried until it succeeds. A person decides after a definite no, and where it was in vain
   *  for so long that it may be so for ever. */
  async function finish(drive: Drive): Promise<Outcome> {
    const { row, definition } = drive;
    const pivot = definition.steps.findIndex((step) => step.pivot);
    const results: Record<string, unknown> = {};
    for (const step of definition.steps.slice(pivot + 1)) {
      const inVain = tooMany();
      const isFinal = (error: unknown) =>
        isRefusal(error) || (inVain(error) && performance.now() - drive.startedAt > PATIENT_MS);
      try {
        Object.assign(results, await attempt(drive, step, "run", { isFinal, results }));
      } catch (error) {
        if (isLeft(error)) throw error;
        const how = isRefusal(error) ? "was refused" : "kept failing";
        return park(drive, `"${step.name}" ${how}: ${messageOf(error)}`);
      }
    }
    observe?.outcome(definition.name, "completed");
    return { kind: "completed", id: row.id, results: { ...drive.results, ...results } };
  }

  async function park(drive: Drive, cause: string): Promise<Outcome> {
    const { row, journal, definition } = drive;
    const told = `${cause} Mend the cause and resume the saga, or settle it by hand and abandon it.`;
    if (!(await store.parkSaga(database, row, told, journal))) throw new FencedOff();
    observe?.outcome(definition.name, "needs-attention");
    logger.error({ saga: row.id, cause: told }, "saga needs attention");
    return { kind: "parked", id: row.id };
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
    observe?.compensation(drive.definition.name);
    return undo(drive, refusal, steps);
  }

  async function undo(drive: Drive, refusal: Refusal, steps: readonly Step[]): Promise<Outcome> {
    const { results } = drive;
    for (const step of steps.toReversed()) {
      if (!step.undo) continue;
      try {
        await attempt(drive, step, "undo", { isFinal: tooMany(), results });
      } catch (error) {
        if (isLeft(error)) throw error;
        return park(drive, `Undoing "${step.name}" kept failing: ${messageOf(error)}.`);
      }
    }
    return endUndone(drive, refusal);
  }

  async function endUndone(drive: Drive, refusal: Refusal): Promise<Outcome> {
    const { row, journal, definition } = drive;
    crashPoint("saga.before-roll-back");
    const applied = await store.endRolledBack(database, row, refusal, journal);
    crashPoint("saga.after-roll-back");
    if (applied) observe?.outcome(definition.name, "rolled-back");
    return ended(row, applied, refusal);
  }

  /** What the row says when our own ending did not apply: a pivot won, or another process took over. */
  async function ended(row: SagaRow, applied: boolean, refusal: Refusal): Promise<Outcome> {
    if (applied) return { kind: "refused", id: row.id, refusal };
    const current = await reads.findSaga(database, row.id);
    return current ? outcomeOf(current) : { kind: "running", id: row.id };
  }

  /** Tries until it succeeds, `isFinal` says no, or the deadline passes. Without a deadline nobody waits: then a pause
   *  ends when this process stops. */
  async function attempt(
    drive: Drive,
    step: Step,
    action: "run" | "undo",
    {
      isFinal,
      deadline,
      results,
    }: {
      isFinal: (error: unknown) => boolean;
      deadline?: number;
      results: Record<string, unknown>;
    },
  ): Promise<Record<string, unknown>> {
    const started = performance.now();
    const atMs = Math.round(started - drive.startedAt);
    const journal = (attempts: number, failed: boolean) => {
      const tookMs = Math.round(performance.now() - started);
      const entry: JournalEntry = {
        step: step.name,
        action,
        attempts,
        atMs,
        tookMs,
        ...(failed && { failed }),
      };
      // The last step stores the journal itself, when it succeeds.
      if (failed || step !== drive.definition.steps.at(-1)) drive.journal.push(entry);
      observe?.step({ ...entry, definition: drive.definition.name });
    };
    for (let attempts = 1; ; attempts++) {
      drive.progress = { step: step.name, action, attempts, atMs };
      crashPoint(`saga.${step.name}.before-${action}`);
      try {
        await keepLease(drive);
        const saga = { ...drive.row, results, journal: drive.journal };
        const work = action === "run" ? step.run(saga) : step.undo?.(saga).then(() => ({}));
        const timed = withTimeout(work ?? Promise.resolve({}), step.timeoutMs);
        const answer = await keepingLease(drive, timed);
        crashPoint(`saga.${step.name}.after-${action}`);
        journal(attempts, false);
        return answer;
      } catch (error) {
        if (isLeft(error)) throw error;
        const pauseMs = backoffMs(attempts, deadline === undefined ? PAUSE_MS : WAITED_FOR_MS);
        const outOfTime = deadline !== undefined && performance.now() + pauseMs > deadline;
        if (isFinal(error) || outOfTime) {
          journal(attempts, true);
          throw error;
        }
        logger.warn(
          { saga: drive.row.id, step: step.name, action, attempts, error: messageOf(error) },
          "saga step failed, trying again",
        );
        await note(drive, messageOf(error), pauseMs);
        if (deadline !== undefined) await pause(pauseMs);
        else if (!(await pause(pauseMs, stopping))) throw new Stopping();
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

  /** An attempt may take longer than a lease lasts. A lease that is lost meanwhile is learnt of before the next attempt, or
   *  by the statement that ends the saga. */
  function keepingLease<T>(drive: Drive, work: Promise<T>): Promise<T> {
    const keeping = setInterval(() => {
      keepLease(drive).catch(() => undefined);
    }, LEASE_LOOK_MS);
    return work.finally(() => clearInterval(keeping));
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
