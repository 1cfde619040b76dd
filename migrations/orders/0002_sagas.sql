-- One row for each saga run (platform/saga): its durable start, its lease, its end. Also the idempotency record.

create table sagas (
  id uuid primary key,
  definition text not null,
  steps jsonb not null,
  idempotency_key text not null unique,
  fingerprint text not null,
  input jsonb not null,
  status text not null default 'running'
    check (status in ('running', 'compensating', 'completed', 'rolled-back', 'needs-attention')),
  refusal jsonb,
  cause text,
  attempts integer not null default 0,
  journal jsonb not null default '[]',
  owner uuid not null,
  token integer not null default 1,
  lease_until timestamptz,
  started_at timestamptz not null default now(),
  ended_at timestamptz
);
create index sagas_unfinished on sagas (lease_until) where ended_at is null;
create index sagas_ended on sagas (ended_at) where ended_at is not null;
