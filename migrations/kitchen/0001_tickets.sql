-- What the kitchen has to cook: one ticket for each order and station, with its lines.

create table tickets (
  id uuid primary key,
  order_id uuid not null,
  station text not null,
  number bigint not null,
  service_type text not null,
  table_id uuid,
  table_name text,
  placed_at timestamptz not null,
  status text not null default 'new' check (status in ('new', 'cooking', 'ready', 'served')),
  -- What it was when it was served: where a recall brings it back to.
  served_from text check (served_from in ('new', 'cooking', 'ready')),
  version integer not null default 1,
  changed_at timestamptz not null,
  -- All of it is cancelled.
  cancelled_at timestamptz,
  -- Off the screens: served, or cancelled and acknowledged.
  closed_at timestamptz,
  -- The press of the recall button that brought it back last.
  recall_id uuid unique,
  -- Whatever is delivered twice: an order reaches a station once.
  unique (order_id, station),
  check ((status = 'served') = (served_from is not null)),
  check (status <> 'served' or closed_at is not null)
);
create index tickets_open on tickets (placed_at, id) where closed_at is null;
create index tickets_closed on tickets (closed_at, id) where closed_at is not null;

create table ticket_lines (
  ticket_id uuid not null references tickets,
  id uuid not null,
  position integer not null,
  product_id uuid not null,
  sku text not null,
  name jsonb not null,
  quantity integer not null check (quantity > 0),
  modifiers jsonb not null,
  note text,
  crossed_off boolean not null default false,
  -- Shown is what was sent less what was cancelled, never less than nothing.
  cancelled integer not null default 0 check (cancelled between 0 and quantity),
  -- Cancelled units that the kitchen has seen; the others are struck through.
  acknowledged integer not null default 0 check (acknowledged between 0 and cancelled),
  primary key (ticket_id, id)
);

-- What was sent stays as it was sent.
revoke update, delete on ticket_lines from :role;
grant update (crossed_off, cancelled, acknowledged) on ticket_lines to :role;

-- Every cancellation that was heard, so that it also holds for tickets that are made after it.
create table cancelled_orders (
  order_id uuid primary key,
  -- Units by line id.
  lines jsonb not null,
  cancelled_at timestamptz not null
);

-- Every station that ever had a ticket.
create table stations (
  code text primary key
);
