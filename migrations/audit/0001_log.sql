-- What people did, for ever. Each entry holds the hash of the one before, so that none can be changed, taken out or
-- slipped in without breaking the chain from there on.

-- `entry` is the canonical text that was hashed: everything else in a row is taken from it or proves it.
create table entries (
  position bigint primary key,
  event_id uuid not null unique,
  entry text not null,
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  actor_id text generated always as (entry::jsonb #>> '{actor,id}') stored,
  action text generated always as (entry::jsonb ->> 'action') stored,
  subject_id text generated always as (entry::jsonb #>> '{subject,id}') stored,
  -- UTC with milliseconds, so that text sorts as time does.
  at text collate "C" generated always as (entry::jsonb ->> 'at') stored
);
create index entries_by_actor on entries (actor_id, position);
create index entries_by_action on entries (action, position);
create index entries_by_subject on entries (subject_id, position);
create index entries_by_time on entries (at, position);

-- Where the chain ends. Whoever appends locks this row first, so entries get their places one after the other.
create table head (
  only_one boolean primary key default true check (only_one),
  position bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);
insert into head (position, hash) values (0, decode(repeat('00', 32), 'hex'));

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only appended to: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger entries_stay before update or delete or truncate on entries
  for each statement execute function refuse_change();
create trigger head_stays before delete or truncate on head for each statement execute function refuse_change();

create function refuse_retreat() returns trigger language plpgsql as $$
begin
  if new.position <= old.position then
    raise exception 'The head of the audit log only moves forward, not from % to %.', old.position, new.position
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger head_advances before update on head for each row execute function refuse_retreat();

revoke update, delete on entries from :role;
revoke insert, delete on head from :role;
