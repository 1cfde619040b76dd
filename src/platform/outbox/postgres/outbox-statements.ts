// Every statement of the Postgres outbox.
import { defineStatement } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import type { SubscriptionRecord } from "../types.js";

export interface EventRow {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly occurredAt: Date;
  readonly trace: string | null;
  readonly data: unknown;
}
const EVENT = `id, name, key, occurred_at as "occurredAt", trace, data`;
const COLUMNS = "id, name, key, occurred_at, trace, data";

/** What stands for the events of parameter `parameter` (see `toOutboxRows`) in a module's own statement. */
export const outboxRows = (parameter: string): string =>
  `jsonb_to_recordset(${parameter}::jsonb) as event(id uuid, name text, key text, occurred_at timestamptz, trace text, data jsonb)`;

/** The value for that parameter. */
export const toOutboxRows = (events: readonly EventEnvelope[]): string =>
  JSON.stringify(events.map(({ occurredAt, ...event }) => ({ ...event, occurred_at: occurredAt })));

export const insert = defineStatement<never>(
  "outbox.insert",
  `insert into outbox (${COLUMNS}) select ${COLUMNS} from ${outboxRows("$1")}`,
);

const LOCK = "hashtextextended('outbox:' || current_schema(), 0)";

/** What the relay writes may be lost in a crash of the server (the event is then delivered again, and skipped), so it
 *  does not wait for the disk. Later commits never survive without earlier ones: positions stay true. */
export const claim = defineStatement<{ claimed: boolean }>(
  "outbox.claim",
  `select pg_try_advisory_lock(${LOCK}) as claimed, set_config('synchronous_commit', 'off', false)`,
);

/** The process that relays, if any, and for how long its connection has not asked anything. One that is working on a
 *  statement is not silent, unless it is the client that is waited for. */
const HOLDER = `select holder.pid,
     case when activity.state = 'active' and activity.wait_event_type is distinct from 'Client' then 0 else
       extract(epoch from clock_timestamp() - greatest(activity.query_start, activity.state_change))::float8 * 1000
     end as silent_ms
   from pg_locks as holder join pg_stat_activity as activity using (pid)
   where holder.locktype = 'advisory' and holder.granted and holder.objsubid = 1
     and holder.database = (select oid from pg_database where datname = current_database())
     and (holder.classid::bigint << 32 | holder.objid::bigint) = ${LOCK}`;

/** Without the right itself, so that looking costs no connection. One row, whose `pid` is null when nobody relays. */
export const look = defineStatement<{
  pid: number | null;
  silentMs: number | null;
  eventsWait: boolean;
}>(
  "outbox.look",
  `select holder.pid, holder.silent_ms as "silentMs", exists (select from outbox) as "eventsWait"
   from (select) as here left join (${HOLDER}) as holder on true limit 1`,
);

/** Ends the connection of the process that relays if it is still silent: its lock is free then, and nothing it still
 *  sends can be done. */
export const depose = defineStatement<{ ended: boolean }>(
  "outbox.depose",
  `select pg_terminate_backend(pid, 2000) as ended from (${HOLDER}) as holder where pid = $1 and silent_ms >= $2`,
);

/** Where the process that relays this outbox listens. */
export const channelOf = (outbox: string): string => `outbox_${outbox}`;

export const notify = defineStatement<never>("outbox.notify", "select pg_notify($1, '')");

export const ping = defineStatement<never>("outbox.ping", "select 1");

/** Never "position > last": whatever is here is not delivered, however late it was committed. */
export const fetch = defineStatement<EventRow>(
  "outbox.fetch",
  `select ${EVENT} from outbox where id <> all($1::uuid[]) order by position limit $2`,
);

export const archive = defineStatement<never>(
  "outbox.archive",
  `with done as (
     delete from outbox where id = any($1::uuid[]) returning ${COLUMNS})
   insert into outbox_archive (${COLUMNS})
   select ${COLUMNS} from done order by array_position($1::uuid[], id)
   on conflict (id) do nothing`,
);

export const history = defineStatement<EventRow & { position: number }>(
  "outbox.history",
  `select position, ${EVENT} from outbox_archive
   where position > $1 and ($2::timestamptz is null or occurred_at >= $2)
   order by position limit $3`,
);

export const last = defineStatement<EventRow & { position: number }>(
  "outbox.last",
  `select position, ${EVENT} from outbox_archive order by position desc limit 1`,
);

export const subscriptions = defineStatement<SubscriptionRecord>(
  "outbox.subscriptions",
  "select name, status, position, since, epoch from outbox_subscriptions order by name",
);

const LAST = "(select coalesce(max(position), 0) from outbox_archive)";

/** From the beginning or from a time: behind, so that it reads the archive first. From now: live. */
export const register = defineStatement<never>(
  "outbox.register",
  `insert into outbox_subscriptions (name, status, since)
   values ($1, case when $2::boolean then 'live' else 'behind' end, $3)
   on conflict (name) do nothing`,
);

export const fallBehind = defineStatement<never>(
  "outbox.fall-behind",
  `update outbox_subscriptions set status = 'behind', position = ${LAST}, since = null, changed_at = now()
   where name = $1 and status = 'live'`,
);

export const advance = defineStatement<{ name: string }>(
  "outbox.advance",
  `update outbox_subscriptions set position = $3, changed_at = now()
   where name = $1 and epoch = $2 and status = 'behind' returning name`,
);

export const goLive = defineStatement<{ name: string }>(
  "outbox.go-live",
  `update outbox_subscriptions set status = 'live', changed_at = now()
   where name = $1 and epoch = $2 and status = 'behind' returning name`,
);

export const pause = defineStatement<{ name: string }>(
  "outbox.pause",
  `update outbox_subscriptions set
     position = case when status = 'live' then ${LAST} else position end,
     since = case when status = 'live' then null else since end,
     status = case when status = 'paused' then 'paused' else 'pausing' end, epoch = epoch + 1, changed_at = now()
   where name = $1 returning name`,
);

export const confirmPause = defineStatement<never>(
  "outbox.confirm-pause",
  "update outbox_subscriptions set status = 'paused', changed_at = now() where name = $1 and status = 'pausing'",
);

/** On from where it stood, it also keeps the time from which on it wanted to hear. */
export const resume = defineStatement<{ name: string }>(
  "outbox.resume",
  `update outbox_subscriptions set status = 'behind', epoch = epoch + 1, changed_at = now(),
     position = case $2::text when 'beginning' then 0 when 'now' then ${LAST} else position end,
     since = case when $2::text is null then since else $3::timestamptz end
   where name = $1 returning name`,
);

export const forgetSubscription = defineStatement<{ name: string }>(
  "outbox.forget-subscription",
  "delete from outbox_subscriptions where name = $1 returning name",
);

export const backlog = defineStatement<{
  claimed: boolean;
  backlog: number;
  oldestAt: Date | null;
  archived: number;
}>(
  "outbox.backlog",
  `select exists (${HOLDER}) as claimed, count(*) as backlog, min(occurred_at) as "oldestAt",
     (select coalesce(max(position) - min(position) + 1, 0) from outbox_archive) as archived
   from outbox`,
);

export const standing = defineStatement<SubscriptionRecord & { backlog: number }>(
  "outbox.standing",
  `select name, status, position, since, epoch, case when status = 'live' then 0 else (
     select count(*) from outbox_archive as event
     where event.position > outbox_subscriptions.position and (since is null or event.occurred_at >= since)) end
     as backlog
   from outbox_subscriptions order by name`,
);

const MATCHES = `($1::uuid is null or id = $1) and ($2::text is null or key = $2)
  and ($3::text is null or trace = $3)
  and ($4::timestamptz is null or occurred_at >= $4) and ($5::timestamptz is null or occurred_at < $5)`;

export const find = defineStatement<EventRow & { delivered: boolean }>(
  "outbox.find",
  `select ${EVENT}, delivered from (
     (select ${COLUMNS}, true as delivered from outbox_archive where ${MATCHES} order by position limit $6)
     union all
     (select ${COLUMNS}, false from outbox where ${MATCHES} order by position limit $6)) as found
   order by occurred_at, id limit $6`,
);

/** Of the oldest, those that are old enough. It never looks further: the archive is in order of time, nothing is
 *  relayed meanwhile, and to find that nobody is old enough it would otherwise read all of it, each hour. */
export const purge = defineStatement<{ position: number }>(
  "outbox.purge",
  `delete from outbox_archive where position in (
     select position from (select position, archived_at from outbox_archive order by position limit $2) as oldest
     where archived_at < now() - make_interval(days => $1))
   returning position`,
);
