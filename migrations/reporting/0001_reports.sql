-- The events that reports are made of, as they came and for ever; and the model that is made of them, which can be
-- dropped and made anew from them at any time.

-- Only appended, by one listener at a time, so that reading on from a `seq` misses nothing.
create table journal (
  seq bigint generated always as identity primary key,
  event_id uuid not null unique,
  name text not null,
  order_id uuid not null,
  data jsonb not null
);
revoke update, delete on journal from :role;

-- One row: which of the two models is read and kept up to date. The other one is empty, or being built.
create table books (
  one boolean primary key default true check (one),
  model smallint not null default 0 check (model in (0, 1)),
  currency text
);
insert into books default values;
revoke insert, delete on books from :role;

-- Each table of the model is two, so that a new model can be built beside the one in use and take its place at once.

-- What was sold and what was cancelled, each on its own trading day. The amounts of a cancellation are negative.
create table sales (
  model smallint not null,
  seq bigint not null,
  kind text not null check (kind in ('sale', 'cancellation')),
  order_id uuid not null,
  number bigint not null,
  business_date date not null,
  hour smallint not null check (hour between 0 and 23),
  at timestamptz not null,
  -- The trading day of the sale, also for its cancellation.
  sold_on date not null,
  service_type text not null,
  method text not null,
  server_id text not null,
  server_name text not null,
  -- The restaurant's clock at the time of the sale.
  utc_offset interval not null,
  day_starts_at interval not null,
  reason text,
  subtotal bigint not null,
  discount bigint not null,
  service_charge bigint not null,
  tax bigint not null,
  tax_included bigint not null,
  rounding bigint not null,
  total bigint not null,
  primary key (model, order_id, kind)
) partition by list (model);
create table sales_0 partition of sales for values in (0);
create table sales_1 partition of sales for values in (1);
create index sales_by_date on sales (model, business_date, seq);

-- The dishes of a sale or a cancellation; lines with the same dish are one.
create table sold_dishes (
  model smallint not null,
  seq bigint not null,
  kind text not null,
  order_id uuid not null,
  business_date date not null,
  product_id uuid not null,
  sku text not null,
  name jsonb not null,
  category text not null,
  category_name jsonb not null,
  quantity integer not null,
  total bigint not null,
  primary key (model, order_id, kind, product_id)
) partition by list (model);
create table sold_dishes_0 partition of sold_dishes for values in (0);
create table sold_dishes_1 partition of sold_dishes for values in (1);
create index sold_dishes_by_product on sold_dishes (model, product_id, business_date, seq);

-- Money that came and, negative, money that went back. A payment counts on the trading day of its sale, a refund on its
-- own one. Without a date as long as no sale is known: such a payment is under way, or was given back.
create table takings (
  model smallint not null,
  id uuid not null,
  seq bigint not null,
  kind text not null check (kind in ('payment', 'refund')),
  order_id uuid not null,
  number bigint,
  business_date date,
  at timestamptz not null,
  method text not null,
  amount bigint not null,
  primary key (model, id)
) partition by list (model);
create table takings_0 partition of takings for values in (0);
create table takings_1 partition of takings for values in (1);
create index takings_by_date on takings (model, business_date, seq) where business_date is not null;
create index takings_without_sale on takings (model, order_id) where business_date is null;

-- The figures, added up while events come, so that a report reads a few rows for each day. Names stand in the keys: a
-- dish that is renamed keeps its old name in the days before.
create table sales_figures (
  model smallint not null,
  business_date date not null,
  hour smallint not null,
  server_id text not null,
  server_name text not null,
  service_type text not null,
  orders integer not null,
  cancelled_orders integer not null,
  -- Of the cancelled ones, those that were sold on an earlier trading day.
  late_orders integer not null,
  sales bigint not null,
  cancelled bigint not null,
  late bigint not null,
  discount bigint not null,
  service_charge bigint not null,
  tax bigint not null,
  tax_included bigint not null,
  rounding bigint not null,
  total bigint not null,
  -- As if nothing had been cancelled.
  sold_total bigint not null,
  primary key (model, business_date, hour, server_id, server_name, service_type)
) partition by list (model);
create table sales_figures_0 partition of sales_figures for values in (0);
create table sales_figures_1 partition of sales_figures for values in (1);

create table dish_figures (
  model smallint not null,
  business_date date not null,
  product_id uuid not null,
  sku text not null,
  name jsonb not null,
  category text not null,
  category_name jsonb not null,
  quantity integer not null,
  cancelled_quantity integer not null,
  sales bigint not null,
  cancelled bigint not null,
  primary key (model, business_date, product_id, sku, name, category, category_name)
) partition by list (model);
create table dish_figures_0 partition of dish_figures for values in (0);
create table dish_figures_1 partition of dish_figures for values in (1);

create table money_figures (
  model smallint not null,
  business_date date not null,
  method text not null,
  payments integer not null,
  refunds integer not null,
  captured bigint not null,
  refunded bigint not null,
  primary key (model, business_date, method)
) partition by list (model);
create table money_figures_0 partition of money_figures for values in (0);
create table money_figures_1 partition of money_figures for values in (1);

-- Makes a model empty, at once and without garbage. Refuses the one that is read. It does not wait long for its locks,
-- because everybody else would wait behind it.
create function empty_model(which smallint) returns void language plpgsql security definer
  set search_path from current set lock_timeout = '500ms' as $$
begin
  if (select model from books) = which then
    raise exception 'Model % is in use and cannot be made empty.', which;
  end if;
  if which = 0 then
    truncate sales_0, sold_dishes_0, takings_0, sales_figures_0, dish_figures_0, money_figures_0;
  else
    truncate sales_1, sold_dishes_1, takings_1, sales_figures_1, dish_figures_1, money_figures_1;
  end if;
end
$$;

-- Each time that a new model was built. One that has no end and is not under way was cut off: it left nothing behind
-- that is read.
create table builds (
  id bigint generated always as identity primary key,
  model smallint not null,
  started_at timestamptz not null,
  started_by text not null,
  position bigint not null default 0,
  done bigint not null default 0,
  total bigint not null,
  ended_at timestamptz,
  -- How many figures differed from the ones before.
  changed bigint,
  -- Why it was given up.
  cause text,
  check (ended_at is null or changed is not null or cause is not null)
);
revoke delete on builds from :role;

-- Copied from inventory's events; the newest version wins. Inventory stays the authority.
create table products (
  product_id uuid primary key,
  sku text,
  name jsonb,
  price bigint,
  currency text,
  archived boolean not null default false,
  low_stock_at integer,
  version integer not null default 0,
  tracked boolean not null default false,
  on_hand integer not null default 0,
  reserved integer not null default 0,
  available integer not null default 0,
  stock_version integer not null default 0
);
