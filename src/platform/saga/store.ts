// The saga's durable side: one row for each run in its module's own `sagas` table. What changes it; no decision.
import { defineStatement, type Runner } from "#platform/db";
import { COLUMNS, type JournalEntry, type NewSaga, type Refusal, type SagaRow } from "./rows.js";

/** Short enough for a till to wait for when its owner died. Renewed while a saga runs longer, also in the middle of a
 *  step: nothing is written for one that ends sooner. */
export const LEASE_SECONDS = 10;

/** Of a saga that nobody took over yet: each run of it after the first has a higher one. */
export const FIRST_TOKEN = 1;

const insertSagas = defineStatement<SagaRow>(
  "saga.insert",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       id uuid, subject uuid, definition text, steps jsonb, "idempotencyKey" text, fingerprint text, input jsonb)
   ), inserted as (
     insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, lease_until)
     select id, subject, definition, steps, "idempotencyKey", fingerprint, input, $2::uuid,
       now() + make_interval(secs => ${LEASE_SECONDS})
     from input
     on conflict (idempotency_key) do nothing
     returning *
   )
   select ${COLUMNS} from inserted
   union all
   select ${COLUMNS} from (
     select "idempotencyKey" from input except select idempotency_key from inserted) as known(key)
   cross join lateral (select * from sagas where idempotency_key = known.key limit 1) as saga`,
);

/** Starts each saga whose key is new; answers with the row of each key, new or not. A key that another
 *  transaction is committing at this moment may be missing from the answer: ask again. */
export const startSagas = (database: Runner, owner: string, sagas: readonly NewSaga[]) =>
  database.run(insertSagas, [JSON.stringify(sagas), owner]);

const insertRefused = defineStatement<SagaRow>(
  "saga.refuse",
  `insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, owner, status, refusal, ended_at)
   select id, subject, definition, steps, "idempotencyKey", fingerprint, input, $2::uuid, 'rolled-back', $3::jsonb, now()
   from jsonb_to_record($1::jsonb) as input(
     id uuid, subject uuid, definition text, steps jsonb, "idempotencyKey" text, fingerprint text, input jsonb)
   on conflict (idempotency_key) do nothing
   returning ${COLUMNS}`,
);

/** Stores what never ran as refused. Waits for whoever is committing the same key; undefined when they did, or the key
 *  was known before. */
export const refuseSaga = async (
  database: Runner,
  owner: string,
  saga: NewSaga,
  refusal: Refusal,
): Promise<SagaRow | undefined> => {
  const values = [JSON.stringify(saga), owner, JSON.stringify(refusal)];
  return (await database.run(insertRefused, values))[0];
};

// Rows are named by their keys, not joined: a plan that was made while the table was small, and is kept, must not read
// all of it when it is large.
// A saga may stand there twice, with the token that was lost and the one that holds.
const JOURNAL =
  "(select journal from input where saga_id = saga.id and token = saga.token limit 1)";
const HELD = `saga.id = any(array(select saga_id from input))
    and saga.token = any(array(select token from input where saga_id = saga.id))`;

/** For the CTE of a pivot that other steps follow: notes that the sagas of `input(saga_id, token, journal)` which are
 *  still this owner's are past it. In the same statement as the change itself, so neither can exist without the other. */
export const passPivots = `update sagas as saga
  set status = 'finishing', attempts = 0, cause = null, journal = ${JOURNAL}
  where ${HELD} and saga.status = 'running'
  returning saga.id`;

/** For the CTE of the last step: forgets `input.secret` and ends the sagas of `input(saga_id, token, journal)` that are
 *  still this owner's to end. In the same statement as the change itself, so neither can exist without the other. */
export const endSagas = `update sagas as saga
  set status = 'completed', ended_at = now(), lease_until = null, cause = null, journal = ${JOURNAL},
    input = saga.input - 'secret'
  where ${HELD} and saga.status in ('running', 'finishing')
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
const UNDER_WAY = "status in ('running', 'compensating', 'finishing')";
const postpone = update(
  "saga.postpone",
  "attempts = attempts + 1, cause = $3, lease_until = now() + make_interval(secs => $4)",
  UNDER_WAY,
);
const park = update(
  "saga.park",
  "status = 'needs-attention', parked_from = status, cause = $3, journal = $4, lease_until = null",
  UNDER_WAY,
);
const renew = update(
  "saga.renew",
  `lease_until = greatest(lease_until, now() + make_interval(secs => ${LEASE_SECONDS}))`,
  UNDER_WAY,
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

export const parkSaga = (
  database: Runner,
  { id, token }: Held,
  cause: string,
  journal: readonly JournalEntry[],
) => changed(database.run(park, [id, token, cause, JSON.stringify(journal)]));

export const renewLease = (database: Runner, { id, token }: Held) =>
  changed(database.run(renew, [id, token]));

/** So long a saga that this version does not know is left to a process of the version that does: in an update both run. */
export const UNKNOWN_MINUTES = 5;

/** Nobody takes a lease for so long, pauses included: the clock was put back since. */
const LONGEST_LEASE = "1 minute";

/** `ageMs`: how long ago it was started, by the store's own clock. */
export type ClaimedSaga = SagaRow & { readonly ageMs: number };

const claim = defineStatement<ClaimedSaga>(
  "saga.claim",
  `update sagas set owner = $1::uuid, token = token + 1,
     lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
   where id in (
     select id from sagas
     where ended_at is null and ${UNDER_WAY} and id <> all($6::uuid[]) and (
       lease_until < now() - case when definition = any($5::text[]) then '0' else interval '${UNKNOWN_MINUTES} minutes' end
       or lease_until > now() + interval '${LONGEST_LEASE}' and definition = any($5::text[])
       or $2::boolean and owner <> $1::uuid or owner = $1::uuid and id = any($4::uuid[]))
     order by lease_until limit $3 for update skip locked)
   returning ${COLUMNS}, greatest(0, extract(epoch from now() - started_at)::float8 * 1000) as "ageMs"`,
);

/** Takes over sagas of the `known` definitions whose owner let the lease run out; at once what this owner left, and with
 *  `ownerGone` all others'. One of another definition only when nobody took it over for UNKNOWN_MINUTES. Never one
 *  that is `driven` here: a new token would fence off this owner's own run. */
export const claimAbandoned = (
  database: Runner,
  owner: string,
  {
    ownerGone,
    left,
    known,
    driven,
    limit,
  }: {
    ownerGone: boolean;
    left: readonly string[];
    known: readonly string[];
    driven: readonly string[];
    limit: number;
  },
) => database.run(claim, [owner, ownerGone, limit, left, known, driven]);

/** For the CTE of a person's "try again" to the parked sagas of `input(saga_id)`: each goes on where it stood. Wake the
 *  coordinator after the commit. */
export const resumeSagas = `update sagas as saga
  set status = coalesce(saga.parked_from, 'compensating'), attempts = 0, lease_until = now()
  from input
  where saga.id = input.saga_id and saga.status = 'needs-attention'
  returning saga.id, saga.subject, saga.definition, saga.cause`;

/** What is answered for a saga that was abandoned before its pivot and without a refusal of its own. */
const ABANDONED = JSON.stringify({
  code: "ABANDONED",
  status: 503,
  message: "This was given up, and a person settled it by hand. Please start anew.",
} satisfies Refusal);

/** For the CTE of a person's "I have settled this by hand", of the parked sagas of `input(saga_id, reason, at)`. `at` is
 *  by the clock of whoever asks, as is what they could see: this store's may be another. */
export const abandonSagas = `update sagas as saga
  set status = 'abandoned', ended_at = input.at, abandoned_reason = input.reason, input = saga.input - 'secret',
    refusal = case saga.parked_from when 'finishing' then null else coalesce(saga.refusal, '${ABANDONED}') end
  from input
  where saga.id = input.saga_id and saga.status = 'needs-attention'
  returning saga.id, saga.subject, saga.definition, saga.cause`;

const PURGE_BATCH = 1_000;
const purge = defineStatement<{ count: number }>(
  "saga.purge",
  `with gone as (
     delete from sagas where id in (
       select id from sagas
       where ended_at < now() - make_interval(days => $1) and status <> 'abandoned' limit ${PURGE_BATCH})
     returning id)
   select count(*) as count from gone`,
);

/** Forgets ended sagas, and with them their idempotency keys, after `days`; in small transactions, until none is left.
 *  What a person settled by hand stays: it explains the books. Answers how many were forgotten. */
export async function purgeSagas(database: Runner, days: number): Promise<number> {
  for (let total = 0; ;) {
    const [gone] = await database.run(purge, [days]);
    total += gone?.count ?? 0;
    if ((gone?.count ?? 0) < PURGE_BATCH) return total;
  }
}
