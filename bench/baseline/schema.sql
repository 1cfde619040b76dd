-- The yardstick: everything in one schema, so that one transaction can do it all. Foreign keys to orders are checked at
-- commit, so that the order, whose receipt number everybody waits for, can be written last.
create table staff (id uuid primary key, name text not null, role text not null, pin_hash text not null);
create table sessions (token_hash bytea primary key, staff_id uuid not null references staff, last_seen_at timestamptz not null);
create table products (
  id uuid primary key, sku text not null unique, name jsonb not null, price bigint not null, category jsonb not null,
  station text not null, archived boolean not null default false,
  available integer not null check (available >= 0)
);
create table movements (
  id bigint generated always as identity primary key, product_id uuid not null references products,
  quantity integer not null, reason text not null, order_id uuid, line_id uuid, actor text not null,
  at timestamptz not null default now(), unique (line_id, reason)
);
create index movements_by_product on movements (product_id, id);
create table idempotency (key text primary key, fingerprint text not null, order_id uuid not null);
create table counters (series text primary key, last bigint not null);
insert into counters values ('receipts', 0);
create table orders (
  id uuid primary key, number bigint not null unique, status text not null, service_type text not null,
  business_date date not null, currency text not null, subtotal bigint not null, service_charge bigint not null,
  tax bigint not null, total bigint not null, placed_by text not null, placed_at timestamptz not null
);
create index orders_by_date on orders (business_date, id);
create index orders_by_status on orders (status, id);
create table line_items (
  order_id uuid not null references orders deferrable initially deferred, id uuid not null, position integer not null,
  product_id uuid not null references products, sku text not null, name jsonb not null, quantity integer not null,
  unit_price bigint not null, modifiers jsonb not null, note text, total bigint not null, primary key (order_id, id)
);
create table payments (
  id uuid primary key, order_id uuid not null unique references orders deferrable initially deferred, method text not null, status text not null,
  amount bigint not null, captured bigint not null, tendered bigint, change bigint, captured_at timestamptz not null
);
create table tickets (
  order_id uuid not null references orders deferrable initially deferred, station text not null, status text not null,
  lines jsonb not null, placed_at timestamptz not null, primary key (order_id, station)
);
create index tickets_open on tickets (station, placed_at) where status <> 'served';
-- The day's figures.
create table sales (
  business_date date not null, by text not null, subject text not null, orders bigint not null, quantity bigint not null,
  amount bigint not null, primary key (business_date, by, subject)
);
