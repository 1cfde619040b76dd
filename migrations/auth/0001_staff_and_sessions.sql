-- Who works here, who is signed in, and who guessed wrong lately. Staff are archived, never deleted.

create table staff (
  id uuid primary key,
  name text not null,
  role text not null check (role in ('manager', 'cashier', 'kitchen')),
  pin_hash text not null,
  pin_must_change boolean not null default false,
  -- Came with the sample restaurant, with a PIN that everybody knows.
  sample boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create unique index staff_by_name on staff (lower(name)) where archived_at is null;

-- Tokens are stored as SHA-256 only: who reads this table can sign in as nobody.
create table sessions (
  id uuid primary key,
  token_hash bytea not null unique,
  staff_id uuid not null references staff,
  address text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  ended_at timestamptz
);
create index sessions_open on sessions (staff_id) where ended_at is null;

-- Wrong PINs by address, and by address and person, each as a SHA-256: what was typed as a name may be a PIN. Pauses
-- are short, so nobody can lock another one out.
create table sign_in_failures (
  subject text primary key,
  failures integer not null,
  last_at timestamptz not null
);
