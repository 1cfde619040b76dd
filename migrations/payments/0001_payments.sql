-- Payments and refunds. The checks hold the money rules whatever the code does and however many do it at once.

-- One row for each order. A row without a method is a bar: the order was reversed before it was charged.
create table payments (
  id uuid primary key,
  order_id uuid not null unique,
  method text check (method in ('cash', 'card')),
  status text not null check (status in ('pending', 'captured', 'declined', 'cancelled')),
  currency text,
  amount bigint not null check (amount >= 0),
  authorised bigint not null default 0 check (authorised between 0 and amount),
  captured bigint not null default 0 check (captured >= 0),
  refunded bigint not null default 0 check (refunded >= 0),
  tendered bigint,
  change bigint,
  card_ending text,
  decline_code text,
  barred_at timestamptz,
  barred_reason text,
  created_at timestamptz not null,
  captured_at timestamptz,
  constraint captured_within_authorised check (captured <= authorised),
  -- Counts pending refunds too: `refunded` rises before the gateway is asked.
  constraint refunded_within_captured check (refunded <= captured),
  constraint change_is_tendered_minus_amount check (
    (method = 'cash' and change >= 0 and tendered = amount + change) or (tendered is null and change is null)),
  constraint method_and_currency check (
    (method is not null and currency is not null) or (status = 'cancelled' and barred_at is not null)),
  constraint captured_when_captured check (
    (status = 'captured') = (captured_at is not null) and (status = 'captured' or captured = 0))
);
create index payments_pending on payments (created_at) where status = 'pending';

create table refunds (
  id uuid primary key,
  payment_id uuid not null references payments,
  key text not null,
  amount bigint not null check (amount > 0),
  status text not null check (status in ('pending', 'refunded', 'refused')),
  reason text not null,
  refusal_code text,
  requested_at timestamptz not null,
  settled_at timestamptz,
  unique (payment_id, key)
);

-- What the gateway was asked and what it answered, in the order of asking.
create table gateway_attempts (
  id bigint generated always as identity primary key,
  payment_id uuid not null references payments,
  operation text not null check (operation in ('charge', 'find', 'cancel', 'refund')),
  outcome text not null,
  detail text,
  at timestamptz not null default clock_timestamp()
);
create index gateway_attempts_by_payment on gateway_attempts (payment_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'An attempt at the gateway is history and cannot be changed or deleted.' using errcode = '23001';
end
$$;
create trigger gateway_attempts_are_history before update or delete on gateway_attempts
  for each row execute function refuse_change();
create trigger gateway_attempts_are_kept before truncate on gateway_attempts
  for each statement execute function refuse_change();
