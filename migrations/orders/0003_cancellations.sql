-- Cancelled orders, and sagas with steps after their pivot, which a person can resume or abandon.

-- A correction is a row that points at the order; the order's lines stay as they were sold.
create table cancellations (
  order_id uuid primary key references orders,
  reason text not null,
  -- What becomes of each line's portions: [{ id, outcome }].
  outcomes jsonb not null,
  -- The trading day on which it was cancelled.
  cancelled_on date not null,
  cancelled_at timestamptz not null,
  cancelled_by_id text not null,
  cancelled_by_name text not null,
  approved_by_id text,
  approved_by_name text
);
create trigger cancellations_are_history before update or delete on cancellations
  for each row execute function refuse_change();
create trigger cancellations_are_kept before truncate on cancellations
  for each statement execute function refuse_change();

alter table orders add constraint known_payment_status
  check (payment_status in ('captured', 'refund-pending', 'refunded', 'refund-abandoned'));

alter table sagas
  add column subject uuid,
  -- Where a parked saga goes on when it is resumed.
  add column parked_from text,
  add column abandoned_reason text,
  drop constraint sagas_status_check,
  add constraint known_status check (status in
    ('running', 'compensating', 'finishing', 'needs-attention', 'completed', 'rolled-back', 'abandoned')),
  add constraint reason_when_abandoned check ((status = 'abandoned') = (abandoned_reason is not null));
update sagas set subject = id;
alter table sagas alter column subject set not null;
-- The first saga of a subject has its id; only what came later needs to be looked up.
create index sagas_by_subject on sagas (subject) where subject <> id;
create index sagas_abandoned on sagas (id) where status = 'abandoned';
