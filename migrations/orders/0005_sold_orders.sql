-- An order stays as it was sold, too. Only how it stands moves on, by the columns named here, and what is cancelled
-- stays cancelled; whatever column comes later is history unless it is named. First by the role's rights, then, whoever
-- else may come (migrations, a superuser), by the trigger.
revoke update, delete on orders from :role;
grant update (status, version, payment_status) on orders to :role;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'What was sold is history: % of % is refused; record a correction that points at it.',
    lower(tg_op), tg_table_name using errcode = '23001';
end
$$;
create trigger orders_are_history before update on orders for each row
  when (to_jsonb(new) - '{status,version,payment_status}'::text[]
      is distinct from to_jsonb(old) - '{status,version,payment_status}'::text[]
    or old.status = 'cancelled' and new.status <> 'cancelled')
  execute function refuse_change();
create trigger orders_are_not_deleted before delete on orders
  for each row execute function refuse_change();
create trigger orders_are_kept before truncate on orders
  for each statement execute function refuse_change();
