-- Orders, their lines as sold, receipt numbers, and this module's copy of the catalogue.

create table orders (
  id uuid primary key,
  number bigint not null unique,
  status text not null default 'placed' check (status in ('placed', 'cancelled')),
  version integer not null default 1,
  service_type text not null check (service_type in ('dine-in', 'takeaway')),
  table_id uuid,
  business_date date not null,
  currency text not null,
  subtotal bigint not null,
  discount bigint not null,
  service_charge bigint not null,
  tax bigint not null,
  tax_included bigint not null,
  rounding bigint not null,
  total bigint not null,
  taxes jsonb not null,
  payment_id uuid not null unique,
  payment_method text not null,
  payment_status text not null,
  tendered bigint,
  change bigint,
  placed_by_id text not null,
  placed_by_name text not null,
  placed_at timestamptz not null,
  check (total = subtotal - discount + service_charge + tax + rounding)
);
create index orders_by_date on orders (business_date, id);
create index orders_by_status on orders (status, id);

create table line_items (
  order_id uuid not null references orders,
  id uuid not null,
  position integer not null,
  product_id uuid not null,
  sku text not null,
  name jsonb not null,
  category jsonb not null,
  station text not null,
  quantity integer not null check (quantity > 0),
  unit_price bigint not null check (unit_price >= 0),
  modifiers jsonb not null,
  note text,
  tax_rates jsonb not null,
  total bigint not null,
  primary key (order_id, id)
);

-- What was sold stays as it was sold, whoever asks: corrections are new rows that point at it.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'A sold line is history and cannot be changed or deleted; record a correction that points at it.'
    using errcode = '23001';
end
$$;
create trigger line_items_are_history before update or delete on line_items
  for each row execute function refuse_change();
create trigger line_items_are_kept before truncate on line_items
  for each statement execute function refuse_change();

-- Receipt numbers without gap or repeat: the counter moves in the transaction that uses the number.
create table counters (
  series text primary key,
  last bigint not null
);
insert into counters values ('receipts', 0);

-- Copied from inventory's events; the newest version wins. Inventory stays the authority.
create table catalogue (
  product_id uuid primary key,
  sku text,
  name jsonb,
  price bigint,
  currency text,
  archived boolean not null default false,
  version integer not null default 0,
  tracked boolean not null default false,
  available integer,
  stock_version integer not null default 0
);
