// Starts sagas, joins repeated requests to the run they already have, and recovers what a dead process left.
// A saga's start is committed before its first step; its pivot ends it in the module's own transaction.
import { randomUUID } from "node:crypto";
import { createBatcher, crashPoint, hourly, StartError } from "#platform/kernel";
import { faultsOf, type SagaDefinition } from "./definition.js";
import { createDriver, type Definition, type Drive, type DriverOptions, isLeft } from "./drive.js";
import { type Metrics, observeSagas } from "./metrics.js";
import { createRecovery } from "./recovery.js";
import * as reads from "./reads.js";
import * as store from "./store.js";
import { type NewSaga, type Outcome, outcomeOf, type Refusal, type SagaRow } from "./rows.js";
import { timelineOf, type TimelineStep } from "./timeline.js";
import { messageOf, pause } from "./timing.js";

export interface StartRequest {
  readonly id: string;
  /** What it is about. Default: its own id. */
  readonly subject?: string;
  readonly idempotencyKey: string;
  /** A digest of the request: the same key with another one is `key-reused`. */
  readonly fingerprint: string;
  readonly input: unknown;
}

export interface Started {
  /** False when the key has a saga already, or was refused. */
  readonly started: boolean;
  readonly row: SagaRow;
  readonly outcome: Promise<Outcome>;
}

export interface SagaOptions extends Omit<DriverOptions, "observe"> {
  readonly metrics?: Metrics;
  readonly definitions: readonly SagaDefinition<never, object>[];
  /** True when no other process can be running, so abandoned sagas need not wait for their lease. */
  readonly alone?: boolean;
}

/** How long an ended saga answers for its idempotency key; then the key starts a new one. README and contract promise it. */
export const KEEP_DAYS = 30;

export type SagaCoordinator = ReturnType<typeof createSagas>;

/** @throws StartError naming every fault of every definition */
export function createSagas(options: SagaOptions) {
  const { database, logger } = options;
  const stopping = new AbortController();
  const definitions = new Map<string, Definition>();
  const faults: string[] = [];
  for (const definition of options.definitions as unknown as readonly Definition[]) {
    faults.push(...faultsOf(definition));
    if (definitions.has(definition.name))
      faults.push(`two definitions are called ${definition.name}, the first is unreachable`);
    definitions.set(definition.name, definition);
  }
  if (faults.length > 0) throw new StartError(`Saga definitions are wrong: ${faults.join("; ")}.`);
  const observe =
    options.metrics &&
    observeSagas(options.metrics, [...definitions.keys()], () => reads.countOpenSagas(database));
  const run = createDriver({ ...options, ...(observe && { observe }) }, stopping.signal);

  const owner = randomUUID();
  let endPurging = () => undefined as void;
  const inFlight = new Map<string, { readonly drive: Drive; readonly outcome: Promise<Outcome> }>();
  /** Sagas of this process that it no longer drives, because the store failed it; and until when it looks for them. */
  const left = new Map<string, number>();
  const outcomeNow = (row: SagaRow) =>
    inFlight.get(row.id)?.outcome ?? Promise.resolve(outcomeOf(row));
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

  function definitionOf(name: string): Definition {
    const definition = definitions.get(name);
    if (!definition) throw new Error(`No saga is called ${name}`);
    return definition;
  }
  const asNew = (definition: Definition, request: StartRequest): NewSaga => ({
    ...request,
    subject: request.subject ?? request.id,
    definition: definition.name,
    steps: definition.steps.map((step) => step.name),
  });

  /** Commits the start, then drives. With a known key: the stored outcome, or the run that is under way.
   *  @throws KeyInTransit */
  async function start(name: string, request: StartRequest): Promise<Started> {
    const definition = definitionOf(name);
    crashPoint("saga.before-start");
    const sent = performance.now();
    const row = await startDurably(asNew(definition, request)).catch((error: unknown) => {
      leave(request.id); // it may be committed, and only the answer lost
      throw error;
    });
    crashPoint("saga.after-start");
    const started = row.id === request.id;
    if (started) return { started, row, outcome: launch({ ...row, ageMs: 0 }, definition, sent) };
    return { started, row, outcome: outcomeNow(row) };
  }

  /** Commits a no instead of a start: from then on no run of this key can begin, in whatever process it is on its way.
   *  With a known key as `start`. @throws KeyInTransit */
  async function refuse(name: string, request: StartRequest, refusal: Refusal): Promise<Started> {
    const saga = asNew(definitionOf(name), request);
    const row =
      (await store.refuseSaga(database, owner, saga, refusal)) ??
      (await reads.findSagaByKey(database, saga.idempotencyKey));
    if (!row) throw new KeyInTransit();
    return { started: false, row, outcome: outcomeNow(row) };
  }

  function launch(
    { ageMs, ...row }: store.ClaimedSaga,
    definition: Definition,
    leasedAt: number,
  ): Promise<Outcome> {
    const running = inFlight.get(row.id);
    if (running) return running.outcome;
    const drive: Drive = {
      row,
      definition,
      // Not earlier than the store has it, or a step would seem to begin after the store says that all has ended.
      startedAt: performance.now() - ageMs,
      results: {},
      journal: [...row.journal],
      leaseUntil: leasedAt + store.LEASE_SECONDS * 1000,
    };
    const outcome = run(drive)
      .catch((error: unknown): Outcome => {
        if (!isLeft(error)) {
          logger.error({ saga: row.id, error: messageOf(error) }, "saga left to recovery");
          leave(row.id);
        }
        return { kind: "running", id: row.id };
      })
      .finally(() => inFlight.delete(row.id));
    inFlight.set(row.id, { drive, outcome });
    return outcome;
  }

  /** This process goes on with it as soon as the store answers, or another one after its lease. */
  function leave(id: string): void {
    left.set(id, performance.now() + 2 * store.LEASE_SECONDS * 1000);
    recovery.soon();
  }
  const recovery = createRecovery({
    logger,
    async recover(first) {
      const now = performance.now();
      for (const [id, until] of left) if (until < now) left.delete(id);
      const ownerGone = first && options.alone === true;
      const rows = await store.claimAbandoned(database, owner, {
        ownerGone,
        left: [...left.keys()],
        known: [...definitions.keys()],
        driven: [...inFlight.keys()],
        limit: 50,
      });
      const waited = ownerGone
        ? ""
        : `, and for ${store.UNKNOWN_MINUTES} minutes nobody took it on`;
      for (const row of rows) {
        left.delete(row.id);
        const definition = definitions.get(row.definition);
        if (definition) void launch(row, definition, now);
        else
          await store.parkSaga(
            database,
            row,
            `No code knows ${row.definition}${waited}. Start the version that does, and resume the saga there.`,
            row.journal,
          );
      }
      return rows.length > 0 || left.size > 0;
    },
  });

  return {
    start,
    refuse,
    /** The saga as stored, whoever runs it. */
    find: (id: string) => reads.findSaga(database, id),
    /** How it stands, by its row: for a saga that another process may be driving. */
    async outcomeOf(id: string): Promise<Outcome> {
      const row = await reads.findSaga(database, id);
      return row ? outcomeOf(row) : { kind: "running", id };
    },
    /** The newest saga about a subject, and how it stands or ends. */
    async findLatest(subject: string) {
      const [row] = await reads.listSagas(database, { subject, limit: 1 });
      return row && { row, outcome: outcomeNow(row) };
    },
    /** Its steps as people look at them. Of a saga that another process drives only what is stored. */
    timelineOf(row: SagaRow): TimelineStep[] {
      const drive = inFlight.get(row.id)?.drive;
      const definition = definitions.get(row.definition);
      return timelineOf(row, drive?.journal ?? row.journal, definition, drive?.progress);
    },
    list: (query: reads.SagaQuery) => reads.listSagas(database, query),
    listOpen: () => reads.listOpenSagas(database),
    listAbandoned: () => reads.listAbandonedSagas(database),
    /** Looks at once for sagas that wait: after a person resumed one. */
    wake: () => recovery.wake(),
    /** Checks unfinished sagas against the code, then recovers, now and for ever.
     *  @throws StartError when a saga still runs by a list of steps that the code no longer has */
    async begin(): Promise<void> {
      for (const shape of await reads.listUnfinishedShapes(database)) {
        const known = definitions.get(shape.definition)?.steps.map((step) => step.name);
        if (known && known.join() !== shape.steps.join()) {
          throw new StartError(
            `The steps of ${shape.definition} changed while sagas of it are unfinished: give the new list a new version and keep the old one.`,
          );
        }
      }
      recovery.begin();
      endPurging = hourly(() => {
        // A failed purge costs nothing: the next one takes what it left.
        store.purgeSagas(database, KEEP_DAYS).catch(() => undefined);
      });
    },
    /** Waits until every saga of this process stands at a durable point. */
    async drain(graceMs: number): Promise<void> {
      endPurging();
      stopping.abort();
      await recovery.end();
      const drained = new AbortController();
      await Promise.race([
        Promise.allSettled([...inFlight.values()].map(({ outcome }) => outcome)),
        pause(graceMs, drained.signal),
      ]);
      drained.abort(); // or the pause would keep the process for as long
    },
    inFlight: () => inFlight.size,
  };
}

/** Another transaction has been committing the same key for a while. Ask again in a moment. */
export class KeyInTransit extends Error {}
