-- Events that are told, and events that were heard, in each module's own schema.

-- Only what is not delivered yet. Rows leave when they are: there is no "done" flag and no cursor, so a transaction
-- that commits late is simply found late. Whoever writes an event has locked what it is about first; so for one key
-- positions follow the order of commits.
create table outbox (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  name text not null,
  key text not null,
  occurred_at timestamptz not null,
  trace text,
  data jsonb not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- What was delivered, in the order in which the one relay put it here: a log with a single writer, so that here, and
-- only here, reading on from a position misses nothing. Subscriptions that start late or fell behind read it.
create table outbox_archive (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  name text not null,
  key text not null,
  occurred_at timestamptz not null,
  trace text,
  data jsonb not null,
  archived_at timestamptz not null default clock_timestamp()
);
create index outbox_archive_by_key on outbox_archive (key);
create index outbox_archive_by_trace on outbox_archive (trace) where trace is not null;
create index outbox_archive_by_time on outbox_archive using brin (occurred_at) with (pages_per_range = 16);
revoke update on outbox_archive from :role;

-- Who hears this outbox. Live: is offered each event as it leaves. Otherwise it stands at `position` of the archive.
create table outbox_subscriptions (
  name text primary key,
  status text not null check (status in ('live', 'behind', 'pausing', 'paused')),
  position bigint not null default 0,
  since timestamptz,
  epoch integer not null default 1,
  changed_at timestamptz not null default now()
);

-- Which event each subscription has, in the same transaction as its effect.
create table inbox (
  subscription text not null,
  event_id uuid not null,
  stored_at timestamptz not null default now(),
  primary key (subscription, event_id)
);

-- A subscription's own copy of what it could not apply, and of what waits behind that for the sake of order.
-- waiting: tried again at next_attempt_at. held: behind an earlier event of its key. dead: a person decides.
create table inbox_failures (
  position bigint generated always as identity primary key,
  subscription text not null,
  event_id uuid not null,
  name text not null,
  key text not null,
  event jsonb not null,
  status text not null check (status in ('waiting', 'held', 'dead', 'discarded')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  causes jsonb not null default '[]',
  stored_at timestamptz not null default now(),
  discarded_at timestamptz,
  discarded_by text,
  discarded_reason text,
  unique (subscription, event_id),
  check (status <> 'waiting' or next_attempt_at is not null),
  check (status <> 'discarded' or (discarded_at is not null and discarded_by is not null and discarded_reason is not null))
);
create index inbox_failures_due on inbox_failures (subscription, next_attempt_at) where status = 'waiting';
create index inbox_failures_by_key on inbox_failures (subscription, key, position) where status <> 'discarded';
