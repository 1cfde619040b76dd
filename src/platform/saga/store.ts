// The saga's durable side: one row for each run in its module's own `sagas` table. Every query, no decision.
import { defineStatement, type Runner } from "#platform/db";

export type SagaStatus =
  "running" | "compensating" | "completed" | "rolled-back" | "needs-attention";

/** A step's or coordinator's definite no, as data, so that a repeated request gets the same answer. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface JournalEntry {
  readonly step: string;
  readonly action: "run" | "undo";
  readonly attempts: number;
  readonly tookMs: number;
}

export interface SagaRow {
  readonly id: string;
  readonly definition: string;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly input: unknown;
  readonly status: SagaStatus;
  readonly refusal: Refusal | null;
  readonly cause: string | null;
  readonly attempts: number;
  readonly token: number;
  readonly journal: readonly JournalEntry[];
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface NewSaga {
  readonly id: string;
  readonly definition: string;
  readonly steps: readonly string[];
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly input: unknown;
}

const COLUMNS = `id, definition, idempotency_key as "idempotencyKey", fingerprint, input, status, refusal,
  cause, attempts, token, journal, started_at as "startedAt", ended_at as "endedAt"`;

/** A lease outlives a slow step, and is short enough for a till to wait for. Renewed while a saga runs longer. */
export const LEASE_SECONDS = 10;

const insertSagas = defineStatement<SagaRow>(
  "saga.insert",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       id uuid, definition text, steps jsonb, "idempotencyKey" text, fingerprint text, input jsonb)
   ), inserted as (
     insert into sagas (id, definition, steps, idempotency_key, fingerprint, input, owner, lease_until)
     select id, definition, steps, "idempotencyKey", fingerprint, input, $2::uuid,
       now() + make_interval(secs => ${LEASE_SECONDS})
     from input
     on conflict (idempotency_key) do nothing
     returning *
   )
   select ${COLUMNS} from inserted
   union all
   select ${COLUMNS} from sagas
   where idempotency_key in (select "idempotencyKey" from input)`,
);

/** Starts each saga whose key is new; answers with the row of each key, new or not. A key that another
 *  transaction is committing at this moment may be missing from the answer: ask again. */
export const startSagas = (database: Runner, owner: string, sagas: readonly NewSaga[]) =>
  database.run(insertSagas, [JSON.stringify(sagas), owner]);

const selectSaga = defineStatement<SagaRow>(
  "saga.find",
  `select ${COLUMNS} from sagas where id = $1`,
);

export const findSaga = async (database: Runner, id: string) =>
  (await database.run(selectSaga, [id]))[0];

const selectByKey = defineStatement<SagaRow>(
  "saga.find-by-key",
  `select ${COLUMNS} from sagas where idempotency_key = $1`,
);

export const findSagaByKey = async (database: Runner, idempotencyKey: string) =>
  (await database.run(selectByKey, [idempotencyKey]))[0];

/** For the CTE of a pivot step: forgets `input.secret` and ends the sagas of `input(saga_id, token, journal)` that are still this owner's to
 *  end. In the same statement as the change itself, so neither can exist without the other. */
export const endSagas = `update sagas as saga
  set status = 'completed', ended_at = now(), lease_until = null, journal = input.journal, input = saga.input - 'secret'
  from input
  where saga.id = input.saga_id and saga.token = input.token and saga.status = 'running'
  returning saga.id`;

const update = (name: string, set: string, where: string) =>
  defineStatement<{ id: string }>(
    name,
    `update sagas set ${set} where id = $1 and token = $2 and ${where} returning id`,
  );

const compensate = update(
  "saga.compensate",
  "status = 'compensating', refusal = $3, cause = $4, attempts = 0, journal = $5",
  "status = 'running'",
);
const rollBack = update(
  "saga.roll-back",
  `status = 'rolled-back', refusal = $3, journal = $4, cause = null, ended_at = now(), lease_until = null,
   input = input - 'secret'`,
  "status in ('running', 'compensating')",
);
const postpone = update(
  "saga.postpone",
  "attempts = attempts + 1, cause = $3, lease_until = now() + make_interval(secs => $4)",
  "status in ('running', 'compensating')",
);
const park = update(
  "saga.park",
  "status = 'needs-attention', cause = $3, lease_until = null",
  "status in ('running', 'compensating')",
);
const renew = update(
  "saga.renew",
  `lease_until = now() + make_interval(secs => ${LEASE_SECONDS})`,
  "status in ('running', 'compensating')",
);

interface Held {
  readonly id: string;
  readonly token: number;
}
const changed = async (rows: Promise<readonly unknown[]>) => (await rows).length > 0;

/** Each answers false when the saga is no longer this owner's, or no longer in a state that allows the move. */
export const beginCompensation = (
  database: Runner,
  { id, token }: Held,
  refusal: Refusal,
  cause: string,
  journal: readonly JournalEntry[],
) =>
  changed(
    database.run(compensate, [id, token, JSON.stringify(refusal), cause, JSON.stringify(journal)]),
  );

export const endRolledBack = (
  database: Runner,
  { id, token }: Held,
  refusal: Refusal,
  journal: readonly JournalEntry[],
) => changed(database.run(rollBack, [id, token, JSON.stringify(refusal), JSON.stringify(journal)]));

export const postponeSaga = (
  database: Runner,
  { id, token }: Held,
  cause: string,
  pauseSeconds: number,
) => changed(database.run(postpone, [id, token, cause, pauseSeconds]));

export const parkSaga = (database: Runner, { id, token }: Held, cause: string) =>
  changed(database.run(park, [id, token, cause]));

export const renewLease = (database: Runner, { id, token }: Held) =>
  changed(database.run(renew, [id, token]));

const claim = defineStatement<SagaRow>(
  "saga.claim",
  `update sagas set owner = $1::uuid, token = token + 1,
     lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
   where id in (
     select id from sagas
     where status in ('running', 'compensating') and (lease_until < now() or $2::boolean and owner <> $1::uuid)
     order by lease_until limit $3 for update skip locked)
   returning ${COLUMNS}`,
);

/** Takes over sagas whose owner let the lease run out; with `ownerGone`, of every other owner at once. */
export const claimAbandoned = (
  database: Runner,
  owner: string,
  { ownerGone, limit }: { ownerGone: boolean; limit: number },
) => database.run(claim, [owner, ownerGone, limit]);

const resume = defineStatement<{ id: string }>(
  "saga.resume",
  `update sagas set status = 'compensating', attempts = 0, lease_until = now()
   where id = $1 and status = 'needs-attention' returning id`,
);

/** A person says "try again": the next recovery round takes it. */
export const resumeSaga = (database: Runner, id: string) => changed(database.run(resume, [id]));

const list = defineStatement<SagaRow>(
  "saga.list",
  `select ${COLUMNS} from sagas
   where ($1::text is null or status = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
);

/** Newest first. */
export const listSagas = (
  database: Runner,
  {
    status = null,
    before = null,
    limit = 50,
  }: { status?: SagaStatus | null; before?: string | null; limit?: number },
) => database.run(list, [status, before, limit]);

const open = defineStatement<Pick<SagaRow, "id" | "status" | "cause">>(
  "saga.open",
  `select id, status, cause from sagas where ended_at is null order by id limit 1000`,
);

/** Those that have not ended, oldest first, at most 1,000. */
export const listOpenSagas = (database: Runner) => database.run(open, []);

const unfinished = defineStatement<{ definition: string; steps: string[] }>(
  "saga.unfinished",
  `select distinct definition, steps from sagas where ended_at is null`,
);

export const listUnfinishedShapes = (database: Runner) => database.run(unfinished, []);

const purge = defineStatement<{ id: string }>(
  "saga.purge",
  `delete from sagas where id in (
     select id from sagas where ended_at < now() - make_interval(days => $1) limit 1000)
   returning id`,
);

/** Forgets ended sagas, and with them their idempotency keys, after `days`. */
export const purgeSagas = async (database: Runner, days: number) =>
  (await database.run(purge, [days])).length;
