-- A half holds one model only, so a model in front says nothing there: a planner that has no figures yet took such an
-- index for the way to one sale, and read the whole half.
drop index sales_by_date;
create index sales_by_date on sales (business_date, seq);
drop index takings_by_date;
create index takings_by_date on takings (business_date, seq) where business_date is not null;
