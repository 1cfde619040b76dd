// Drives sagas. A saga's start is committed before its first step, and its pivot ends it in the module's own
// transaction; between the two nothing is written, since every step is idempotent by the saga's id and recovery
// runs them again. The trade: recovery repeats work, in exchange for no commit between steps.
//
// A run ends in one of four ways: completed (by its pivot), rolled back (refused, or out of time: every step that
// may have run is undone, last first), parked as needs-attention (an undo kept failing), or given up without a
// trace because another process holds it now (fenced off).
import { randomUUID } from "node:crypto";
import type { Runner } from "#platform/db";
import { createBatcher, crashPoint, StartError } from "#platform/kernel";
import { faultsOf, type SagaDefinition, type SagaStep } from "./definition.js";
import { createRecovery } from "./recovery.js";
import * as store from "./store.js";
import type { JournalEntry, NewSaga, Refusal, SagaRow } from "./store.js";
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

export interface StartRequest {
  readonly id: string;
  readonly idempotencyKey: string;
  /** A digest of the request: the same key with another one is `key-reused`. */
  readonly fingerprint: string;
  readonly input: unknown;
}

export interface SagaOptions {
  readonly database: Runner;
  readonly definitions: readonly SagaDefinition<never, object>[];
  /** Reads a definite no out of an error that a step threw; null for one that is worth another attempt. */
  readonly asRefusal: (error: unknown) => Refusal | null;
  readonly logger: Logger;
  readonly observe?: (entry: JournalEntry & { definition: string; failed: boolean }) => void;
  /** True when no other process can be running, so abandoned sagas need not wait for their lease. */
  readonly alone?: boolean;
}

/** Attempts of one undo before a person is asked. With the pauses of `backoffMs`: about two minutes. */
const UNDO_ATTEMPTS = 12;
const OUT_OF_TIME: Refusal = {
  code: "PLACEMENT_TIMED_OUT",
  status: 503,
  message: "This took too long and was undone; nothing was taken. Please try again.",
};

type Definition = SagaDefinition<unknown, Record<string, unknown>>;
type Step = SagaStep<unknown, Record<string, unknown>>;

interface Drive {
  readonly row: SagaRow;
  readonly definition: Definition;
  readonly deadline: number;
  readonly results: Record<string, unknown>;
  readonly journal: JournalEntry[];
  /** performance.now() until which the lease is surely ours; that clock goes on while a process is stopped. */
  leaseUntil: number;
}

class FencedOff extends Error {}

export type SagaCoordinator = ReturnType<typeof createSagas>;

/** @throws StartError naming every fault of every definition */
export function createSagas(options: SagaOptions) {
  const { database, asRefusal, logger } = options;
  const definitions = new Map<string, Definition>();
  for (const definition of options.definitions as unknown as readonly Definition[]) {
    definitions.set(definition.name, definition);
  }
  const faults = [...definitions.values()].flatMap((definition) => faultsOf(definition));
  if (faults.length > 0) throw new StartError(`Saga definitions are wrong: ${faults.join("; ")}.`);

  const owner = randomUUID();
  const inFlight = new Map<string, Promise<Outcome>>();
  const starter = createBatcher<NewSaga, SagaRow>(startBatch, {
    maxSize: 64,
    concurrency: 2,
  });

  async function startBatch(sagas: readonly NewSaga[]) {
    const rows = await store.startSagas(database, owner, sagas);
    const byId = new Map<string, SagaRow>(rows.map((row) => [row.id, row]));
    const byKey = new Map<string, SagaRow>(rows.map((row) => [row.idempotencyKey, row]));
    const answers = sagas.map((saga) => byId.get(saga.id) ?? byKey.get(saga.idempotencyKey));
    // A key missing here is being committed by another transaction right now; throwing lets each be asked alone.
    return answers.map((row) => {
      if (!row) throw new KeyInTransit();
      return row;
    });
  }

  async function startDurably(saga: NewSaga) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await starter.run(saga);
      } catch (error) {
        if (!(error instanceof KeyInTransit) || attempt === 20) throw error;
        await pause(5 * attempt);
      }
    }
  }

  /** Commits the start, then drives. With a known key: the stored outcome, or the run that is under way. */
  async function start(
    name: string,
    request: StartRequest,
  ): Promise<{
    started: boolean;
    row: SagaRow;
    outcome: Promise<Outcome>;
  }> {
    const definition = definitions.get(name);
    if (!definition) throw new Error(`No saga is called ${name}`);
    crashPoint("saga.before-start");
    const sent = performance.now();
    const row = await startDurably({
      ...request,
      definition: name,
      steps: definition.steps.map((step) => step.name),
    });
    crashPoint("saga.after-start");
    const started = row.id === request.id;
    if (started) return { started, row, outcome: launch(row, definition, sent) };
    return { started, row, outcome: inFlight.get(row.id) ?? Promise.resolve(outcomeOf(row)) };
  }

  function launch(row: SagaRow, definition: Definition, leasedAt: number): Promise<Outcome> {
    const running = inFlight.get(row.id);
    if (running) return running;
    const drive: Drive = {
      row,
      definition,
      deadline: performance.now() + definition.deadlineMs - (Date.now() - row.startedAt.getTime()),
      results: {},
      journal: [...row.journal],
      leaseUntil: leasedAt + store.LEASE_SECONDS * 1000,
    };
    const outcome = run(drive)
      .catch((error: unknown): Outcome => {
        if (!(error instanceof FencedOff)) {
          logger.error({ saga: row.id, error: messageOf(error) }, "saga left to recovery");
        }
        return { kind: "running", id: row.id };
      })
      .finally(() => inFlight.delete(row.id));
    inFlight.set(row.id, outcome);
    return outcome;
  }

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
    if (!steps.some((step) => step.undo)) {
      crashPoint("saga.before-roll-back");
      return ended(row, await store.endRolledBack(database, row, refusal, journal), refusal);
    }
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
    const { row, journal } = drive;
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
    crashPoint("saga.before-roll-back");
    return ended(row, await store.endRolledBack(database, row, refusal, journal), refusal);
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
      options.observe?.({ ...entry, definition: drive.definition.name, failed });
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

  const recovery = createRecovery({
    logger,
    async recover(first) {
      const ownerGone = first && options.alone === true;
      const now = performance.now();
      const rows = await store.claimAbandoned(database, owner, { ownerGone, limit: 50 });
      for (const row of rows) {
        const definition = definitions.get(row.definition);
        if (definition) void launch(row, definition, now);
        else
          await store.parkSaga(
            database,
            row,
            `No code knows ${row.definition}. Start the version that does.`,
          );
      }
      return rows.length;
    },
  });

  return {
    start,
    /** The saga as stored, whoever runs it. */
    find: (id: string) => store.findSaga(database, id),
    /** How it stands, by its row: for a saga that another process may be driving. */
    async outcomeOf(id: string): Promise<Outcome> {
      const row = await store.findSaga(database, id);
      return row ? outcomeOf(row) : { kind: "running", id };
    },
    async findByKey(idempotencyKey: string) {
      const row = await store.findSagaByKey(database, idempotencyKey);
      return row && { row, outcome: inFlight.get(row.id) ?? Promise.resolve(outcomeOf(row)) };
    },
    list: (query: Parameters<typeof store.listSagas>[1]) => store.listSagas(database, query),
    listOpen: async () => [...(await store.listOpenSagas(database))],
    /** Tries a parked saga again. False when it is not parked. */
    async resume(id: string): Promise<boolean> {
      const resumed = await store.resumeSaga(database, id);
      if (resumed) recovery.wake();
      return resumed;
    },
    /** Checks unfinished sagas against the code, then recovers, now and for ever.
     *  @throws StartError when a saga still runs by a list of steps that the code no longer has */
    async begin(): Promise<void> {
      for (const shape of await store.listUnfinishedShapes(database)) {
        const known = definitions.get(shape.definition)?.steps.map((step) => step.name);
        if (known && known.join() !== shape.steps.join()) {
          throw new StartError(
            `The steps of ${shape.definition} changed while sagas of it are unfinished: give the new list a new version and keep the old one.`,
          );
        }
      }
      recovery.begin();
    },
    /** Waits until every saga of this process stands at a durable point. */
    async drain(graceMs: number): Promise<void> {
      await recovery.end();
      await Promise.race([Promise.allSettled(inFlight.values()), pause(graceMs)]);
    },
    inFlight: () => inFlight.size,
  };
}

class KeyInTransit extends Error {}

function outcomeOf(row: SagaRow): Outcome {
  if (row.status === "completed") return { kind: "completed", id: row.id, results: null };
  if (row.refusal) return { kind: "refused", id: row.id, refusal: row.refusal };
  return { kind: "running", id: row.id };
}
