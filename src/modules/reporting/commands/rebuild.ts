// Builds a new model from the journal, beside the one in use, while events come in and reports are read. At the end it
// is compared and takes the place of the old one in one transaction; until then nobody reads it. So a build may die at
// any moment: what it leaves behind is made empty when the next one begins.
import { setTimeout as pause } from "node:timers/promises";
import { type ActionBy, crashPoint } from "#platform/kernel";
import type { Outbox } from "#platform/outbox";
import { ReportingActionTaken } from "../events.js";
import { countJournal, lockBooks } from "../repository/books.js";
import {
  advanceBuild,
  type Build,
  claimBuild,
  emptyModel,
  finishBuild,
  giveUpBuild,
  insertBuild,
} from "../repository/builds.js";
import type { ReportingDatabase, ReportingTx } from "../schema.js";

export interface RebuildParts {
  readonly database: ReportingDatabase;
  readonly outbox: Outbox<ReportingTx>;
  readonly clock: () => Date;
  readonly logger: { warn(details: object, message: string): void };
  /** Events in one transaction. */
  readonly stepSize?: number;
}

export interface Initiator {
  readonly by: ActionBy;
  readonly trace: string | null;
}

const STEP = 1_000;
const LOCKED = "55P03";
const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 500;

class Abandoned extends Error {
  constructor() {
    super("Another build has begun");
  }
}

export type Rebuilding = ReturnType<typeof createRebuilding>;

export function createRebuilding(parts: RebuildParts) {
  const { database, outbox, clock, logger, stepSize = STEP } = parts;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let starting: Promise<boolean> | undefined;

  /** False when a build is under way already, here or in another process. */
  function start(by: Initiator): Promise<boolean> {
    if (running) return Promise.resolve(false);
    starting ??= begin(by).finally(() => (starting = undefined));
    return starting;
  }

  async function begin(by: Initiator): Promise<boolean> {
    const session = await database.openSession("rebuild");
    try {
      if (!(await claimBuild(session))) {
        await session.close();
        return false;
      }
      const build = await insertEmpty(by);
      outbox.wake();
      const over = AbortSignal.any([stopping.signal, session.lost]);
      running = run(build, over)
        .catch((error: unknown) => giveUp(build, error))
        .then(() => session.close())
        .finally(() => (running = undefined));
      return true;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** An empty model and its build, together with the record of who wanted it. */
  const insertEmpty = ({ by, trace }: Initiator) =>
    untilUnlocked(() =>
      database.transaction(async (tx) => {
        const now = clock();
        const { model } = await lockBooks(database, tx);
        // First, since it waits for the last step of a build that lost its right to go on.
        await emptyModel(database, 1 - model, tx);
        const build = await insertBuild(database, { now, by: by.actor.name }, tx);
        const subject = { type: "read-model", id: "reporting" };
        const action = { ...by, action: "reporting.rebuild", subject, at: now.toISOString() };
        await outbox.add(tx, [ReportingActionTaken.create(action, { trace, occurredAt: now })]);
        return build;
      }),
    );

  async function run(first: Build, over: AbortSignal): Promise<void> {
    let build = first;
    for (let caughtUp = false; !caughtUp;) {
      over.throwIfAborted();
      const { next, events } = await database.transaction((tx) => step(build, tx));
      crashPoint("reporting.after-step");
      build = next;
      caughtUp = events < stepSize;
    }
    over.throwIfAborted();
    await database.transaction(async (tx) => {
      // Nobody counts from here to the commit: what is left of the journal is little, and then nothing.
      await lockBooks(database, tx);
      let last = await step(build, tx);
      while (last.events > 0) last = await step(last.next, tx);
      const changed = await finishBuild(database, last.next, clock(), tx);
      if (changed === undefined) throw new Abandoned();
      crashPoint("reporting.before-swap");
    });
    crashPoint("reporting.after-swap");
    // The old model is of no more use; should a report still read it, the next build makes it empty.
    await untilUnlocked(() => emptyModel(database, 1 - build.model)).catch(() => undefined);
  }

  async function step(build: Build, tx: ReportingTx): Promise<{ next: Build; events: number }> {
    const { model, position } = build;
    const counted = await countJournal(database, { model, after: position, limit: stepSize }, tx);
    const events = counted?.events ?? 0;
    const last = counted?.last ?? position;
    const next = await advanceBuild(database, build, { last, events }, tx);
    if (!next) throw new Abandoned();
    return { next, events };
  }

  async function giveUp(build: Build, error: unknown): Promise<void> {
    const cause = stopping.signal.aborted ? "the server was stopped" : messageOf(error);
    logger.warn(
      { build: build.id, error: cause },
      "the reports were not rebuilt; the old ones stay",
    );
    await giveUpBuild(database, build.id, clock(), cause).catch(() => undefined);
  }

  return {
    start,
    /** Gives up a build that is under way. */
    async stop(): Promise<void> {
      stopping.abort();
      await starting?.catch(() => undefined);
      await running;
    },
  };
}

/** A report that is being read keeps a model from being made empty, for a moment. */
async function untilUnlocked<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCKED || attempt === LOCK_TRIES) throw error;
      await pause(LOCK_PAUSE_MS);
    }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
