-- Managers' passwords, the devices on which a PIN is enough, and approvals given in place.

alter table staff add column password_hash text;
alter table staff add constraint passwords_are_for_managers check (password_hash is null or role = 'manager');

-- What somebody did stays theirs: staff are archived, whoever asks.
create function refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception 'Staff are archived, never deleted: set archived_at instead.' using errcode = 'restrict_violation';
end $$;
create trigger staff_stay before delete or truncate on staff for each statement execute function refuse_removal();
revoke delete on staff from :role;

-- A device on which a manager once signed in and said that it is one of the restaurant's. Its token is stored as
-- SHA-256 only.
create table devices (
  id uuid primary key,
  token_hash bytea not null unique,
  added_by uuid not null references staff,
  added_at timestamptz not null,
  address text not null,
  last_seen_at timestamptz not null,
  revoked_at timestamptz
);

alter table sessions add column device_id uuid references devices;

-- One use each, within a minute, in the session that asked. Which of two requests uses it is decided by used_at.
create table approvals (
  id uuid primary key,
  token_hash bytea not null unique,
  session_id uuid not null references sessions on delete cascade,
  approver_id uuid not null references staff,
  permission text not null,
  -- Null: for any subject.
  subject text,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index approvals_by_session on approvals (session_id);
create index approvals_by_expiry on approvals (expires_at);
