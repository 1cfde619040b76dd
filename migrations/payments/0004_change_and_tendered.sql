-- Change and what was tendered are told together, or neither: where one of the two was missing, the sum was unknown,
-- and a check lets the unknown pass.
alter table payments drop constraint change_is_tendered_minus_amount,
  add constraint change_is_tendered_minus_amount check (
    (tendered is null and change is null)
    or coalesce(method = 'cash' and change >= 0 and tendered = amount + change, false));
