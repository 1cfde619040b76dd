-- Rates can end (the day named is the first without them), and two tables can swap names in one change.

alter table tax_rates add column valid_to date, add check (valid_to > valid_from);
alter table service_charges add column valid_to date, add check (valid_to > valid_from);
alter table tables drop constraint tables_name_key,
  add constraint tables_name_key unique (name) deferrable initially deferred;
