// Every statement of the Postgres inbox.
import { defineStatement } from "#platform/db";
import type { Failure, InboxCounts } from "../types.js";

/** Its own statement: what follows must see what the one before us committed. */
export const lock = defineStatement<never>(
  "inbox.lock",
  "select pg_advisory_xact_lock(hashtextextended('inbox:' || $1::text, 0))",
);

/** Records the events as known; answers with the new ones, and with the keys that have a stored event. */
export const learn = defineStatement<{ kind: "new" | "behind"; value: string }>(
  "inbox.learn",
  `with fresh as (
     insert into inbox (subscription, event_id)
     select $1::text, event_id from unnest($2::uuid[]) as event_id
     on conflict do nothing
     returning event_id)
   select 'new' as kind, event_id::text as value from fresh
   union all
   select distinct 'behind', key from inbox_failures
   where subscription = $1 and key = any($3::text[]) and status <> 'discarded'`,
);

export const hold = defineStatement<never>(
  "inbox.hold",
  `insert into inbox_failures (subscription, event_id, name, key, event, status)
   select $1::text, (event->>'id')::uuid, event->>'name', event->>'key', event, 'held'
   from jsonb_array_elements($2::jsonb) with ordinality as list(event, place)
   order by place`,
);

export const keep = defineStatement<never>(
  "inbox.keep",
  `insert into inbox_failures
     (subscription, event_id, name, key, event, status, attempts, next_attempt_at, causes)
   values ($1, $2, $3, $4, $5, $6, $7, now() + $8::integer * interval '1 ms', $9)`,
);

const FAILURE = `subscription, position, event, status, attempts, next_attempt_at as "nextAttemptAt", causes,
  stored_at as "storedAt", discarded_at as "discardedAt", discarded_by as "discardedBy",
  discarded_reason as "discardedReason"`;

export const soonest = defineStatement<Failure & { dueInMs: number }>(
  "inbox.soonest",
  `select ${FAILURE},
     extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs"
   from inbox_failures
   where status = 'waiting' and subscription = any($1::text[])
   order by next_attempt_at, position limit $2`,
);

export const take = defineStatement<{ key: string }>(
  "inbox.take",
  `delete from inbox_failures
   where subscription = $1 and event_id = $2 and status = 'waiting' and attempts = $3
   returning key`,
);

/** The next event of the key follows, unless an earlier one is still being tried or waits for a person. */
export const promote = defineStatement<never>(
  "inbox.promote",
  `update inbox_failures set status = 'waiting', next_attempt_at = now()
   where position = (
     select min(position) from inbox_failures where subscription = $1 and key = $2 and status = 'held')
   and not exists (
     select from inbox_failures where subscription = $1 and key = $2 and status in ('waiting', 'dead'))`,
);

// At most 50 causes are kept; the oldest go first.
const withCause = (parameter: string) =>
  `causes = case when jsonb_array_length(causes) < 50 then causes else causes - 0 end || ${parameter}::jsonb`;

export const failAgain = defineStatement<never>(
  "inbox.fail-again",
  `update inbox_failures set status = $4, attempts = $5,
     next_attempt_at = now() + $6::integer * interval '1 ms', ${withCause("$7")}
   where subscription = $1 and event_id = $2 and status = 'waiting' and attempts = $3`,
);

const MATCHES = `($1::text is null or subscription = $1) and ($2::uuid is null or event_id = $2)
  and ($3::text is null or status = $3)
  and ($4::timestamptz is null or (event->>'occurredAt')::timestamptz >= $4)
  and ($5::timestamptz is null or (event->>'occurredAt')::timestamptz < $5)
  and ($6::text is null or key = $6)`;

export const list = defineStatement<Failure>(
  "inbox.list",
  `select ${FAILURE} from inbox_failures where ${MATCHES}
     and ($7::uuid is null or (event_id, subscription collate "C") > ($7, $8::text collate "C"))
   order by event_id, subscription collate "C" limit $9`,
);

export const counts = defineStatement<InboxCounts>(
  "inbox.counts",
  `select list.name as subscription,
     count(*) filter (where status = 'waiting') as waiting,
     count(*) filter (where status = 'held') as held,
     count(*) filter (where status = 'dead') as dead,
     min((event->>'occurredAt')::timestamptz) filter (where status <> 'discarded') as "oldestAt"
   from unnest($1::text[]) as list(name)
   left join inbox_failures on inbox_failures.subscription = list.name
   group by list.name order by list.name`,
);

export const replay = defineStatement<Pick<Failure, "subscription" | "event">>(
  "inbox.replay",
  `update inbox_failures set status = 'waiting', attempts = 0, next_attempt_at = now(),
     discarded_at = null, discarded_by = null, discarded_reason = null, ${withCause("$7")}
   where ${MATCHES} and (status in ('dead', 'waiting') or status = 'discarded' and $2::uuid is not null)
   returning subscription, event`,
);

export const discard = defineStatement<Pick<Failure, "subscription" | "event">>(
  "inbox.discard",
  `update inbox_failures set status = 'discarded', discarded_at = now(), discarded_by = $3, discarded_reason = $4
   where subscription = $1 and event_id = $2 and status <> 'discarded'
   returning subscription, event`,
);

export const deliveries = defineStatement<{
  subscription: string;
  eventId: string;
  storedAt: Date;
}>(
  "inbox.deliveries",
  `select subscription, event_id as "eventId", stored_at as "storedAt" from inbox
   where subscription = any($1::text[]) and event_id = any($2::uuid[]) order by stored_at`,
);

export const forget = defineStatement<never>(
  "inbox.forget",
  "delete from inbox where subscription = $1 and ($2::uuid[] is null or event_id = any($2))",
);

export const forgetFailures = defineStatement<never>(
  "inbox.forget-failures",
  "delete from inbox_failures where subscription = $1 and ($2::uuid[] is null or event_id = any($2))",
);

/** By the time in the id (UUIDv7), which is how the primary key is ordered. What is still stored stays known. */
export const purgeInbox = defineStatement<{ eventId: string }>(
  "inbox.purge",
  `delete from inbox where ctid = any(array(
     select ctid from inbox where subscription = any($1::text[]) and event_id < $2::uuid
     and not exists (select from inbox_failures as kept
       where kept.subscription = inbox.subscription and kept.event_id = inbox.event_id)
     limit $3))
   returning event_id as "eventId"`,
);

export const purgeDiscarded = defineStatement<{ position: number }>(
  "inbox.purge-discarded",
  `delete from inbox_failures where position in (
     select position from inbox_failures
     where status = 'discarded' and discarded_at < now() - make_interval(days => $1) limit $2)
   returning position`,
);
