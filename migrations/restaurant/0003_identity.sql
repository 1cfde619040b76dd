-- Which restaurant this is, made once and kept by every backup: what lies in other stores is noted as belonging to it,
-- so that no other restaurant takes it for its own.

create table identity (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid()
);
insert into identity default values;
revoke insert, update, delete on identity from :role;
