-- What was taken and given back stays as it was: a payment that has ended changes by its refunds and its bar only, a
-- refund that has ended not at all; whatever column comes later is history unless it is named. First by the role's
-- rights, then, whoever else may come (migrations, a superuser), by the triggers.
revoke update, delete on payments, refunds from :role;
grant update (status, authorised, captured, refunded, decline_code, barred_at, barred_reason, captured_at)
  on payments to :role;
grant update (status, refusal_code, settled_at) on refunds to :role;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'What became of money is history: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = '23001';
end
$$;
create trigger payments_are_history before update on payments for each row
  when (to_jsonb(new) - '{refunded,barred_at,barred_reason}'::text[]
      is distinct from to_jsonb(old) - '{refunded,barred_at,barred_reason}'::text[]
    and (old.status <> 'pending'
      or to_jsonb(new) - '{refunded,barred_at,barred_reason,status,authorised,captured,decline_code,captured_at}'::text[]
        is distinct from
        to_jsonb(old) - '{refunded,barred_at,barred_reason,status,authorised,captured,decline_code,captured_at}'::text[]))
  execute function refuse_change();
create trigger refunds_are_history before update on refunds for each row
  when (old.status <> 'pending' or to_jsonb(new) - '{status,refusal_code,settled_at}'::text[]
    is distinct from to_jsonb(old) - '{status,refusal_code,settled_at}'::text[])
  execute function refuse_change();
create trigger payments_are_not_deleted before delete on payments
  for each row execute function refuse_change();
create trigger refunds_are_not_deleted before delete on refunds
  for each row execute function refuse_change();
create trigger payments_are_kept before truncate on payments
  for each statement execute function refuse_change();
create trigger refunds_are_kept before truncate on refunds
  for each statement execute function refuse_change();
