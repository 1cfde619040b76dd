-- What reporting keeps.

create table entries (
  id uuid primary key,
  label text not null check (label <> ''),
  created_at timestamptz not null
);
