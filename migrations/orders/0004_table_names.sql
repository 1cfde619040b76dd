-- The table's name as it was when the order was placed: a table that is renamed or taken away changes no receipt.
-- Orders from before have none.
alter table orders add column table_name text;
