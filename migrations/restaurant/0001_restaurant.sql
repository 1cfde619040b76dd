-- The restaurant's profile, rates, menu, modifiers, tables and stations, and its copy of products and stock.

create table profile (
  id integer primary key default 1 check (id = 1),
  name jsonb not null,
  currency text not null,
  time_zone text not null,
  business_day_starts_at text not null,
  -- Rises with every change of anything in this module that a till must know.
  revision integer not null default 1
);

-- A rate holds from its date on, until a newer one of the same name does.
create table tax_rates (
  name text not null,
  rate text not null,
  inclusive boolean not null,
  valid_from date not null,
  primary key (name, valid_from)
);

create table service_charges (
  applies_to text[] not null,
  rate text not null,
  valid_from date not null,
  primary key (applies_to, valid_from)
);

create table tables (
  id uuid primary key,
  name text not null unique,
  seats integer not null check (seats > 0),
  area text not null,
  position integer not null
);

create table modifier_groups (
  code text primary key,
  name jsonb not null,
  min integer not null check (min >= 0),
  max integer not null check (max >= min),
  position integer not null,
  modifiers jsonb not null
);

create table categories (
  code text primary key,
  name jsonb not null,
  station text not null,
  position integer not null
);

create table menu_items (
  product_id uuid primary key,
  category text not null references categories,
  modifier_groups text[] not null,
  position integer not null
);

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
