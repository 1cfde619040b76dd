-- The built-in gateway's own memory: the other side of the wire. It lives here only for want of another machine; it is
-- never written in a transaction of the module, so that it remembers what it took when Tiffin dies, as a gateway would.

create table simulator_charges (
  key text primary key,
  amount bigint not null,
  refunded bigint not null default 0 check (refunded <= amount),
  currency text not null,
  status text not null check (status in ('captured', 'declined', 'cancelled')),
  code text,
  -- Until then a charge is still being processed, and can be cancelled.
  settles_at timestamptz not null
);
create table simulator_refunds (
  key text primary key,
  charge_key text not null references simulator_charges,
  amount bigint not null check (amount > 0)
);
