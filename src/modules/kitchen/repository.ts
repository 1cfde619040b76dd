// Every query of kitchen, no decision.
import { defineStatement, type Transaction } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import type { TicketState } from "./rules.js";
import type {
  CancelledOrdersTable,
  KitchenDatabase,
  KitchenTables,
  TicketsTable,
} from "./schema.js";

type Tx = Transaction<KitchenTables>;

const TICKET = `id, order_id as "orderId", station, number, service_type as "serviceType", table_id as "tableId",
  table_name as "tableName", placed_at as "placedAt", status, served_from as "servedFrom", version,
  changed_at as "changedAt", cancelled_at as "cancelledAt", closed_at as "closedAt", recall_id as "recallId",
  (select jsonb_agg(jsonb_build_object('id', line.id, 'productId', product_id, 'sku', sku, 'name', name,
     'quantity', quantity, 'modifiers', modifiers, 'note', note, 'crossedOff', crossed_off,
     'cancelled', cancelled, 'acknowledged', acknowledged) order by position)
   from ticket_lines as line where ticket_id = tickets.id) as lines`;

const insertTickets = defineStatement<Made>(
  "kitchen.insert-tickets",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       id uuid, "orderId" uuid, station text, number bigint, "serviceType" text, "tableId" uuid, "tableName" text,
       "placedAt" timestamptz, "changedAt" timestamptz, lines jsonb)
   ), known as (
     insert into stations select distinct station from input order by station on conflict do nothing
   ), made as (
     insert into tickets (id, order_id, station, number, service_type, table_id, table_name, placed_at, changed_at)
     select id, "orderId", station, number, "serviceType", "tableId", "tableName", "placedAt", "changedAt"
     from input order by "orderId", station
     on conflict (order_id, station) do nothing
     returning id, order_id
   ), sent as (
     insert into ticket_lines (ticket_id, id, position, product_id, sku, name, quantity, modifiers, note)
     select input.id, line.id, line.position, line."productId", line.sku, line.name, line.quantity, line.modifiers,
       line.note
     from input join made using (id) cross join rows from (jsonb_to_recordset(input.lines) as (
       id uuid, "productId" uuid, sku text, name jsonb, quantity integer, modifiers jsonb, note text))
       with ordinality as line(id, "productId", sku, name, quantity, modifiers, note, position)
   )
   select made.id, cancelled_orders.lines as cancelled from made left join cancelled_orders using (order_id)`,
);

export interface Made {
  readonly id: string;
  /** What a cancellation that was heard before says of the order. */
  readonly cancelled: CancelledOrdersTable["lines"] | null;
}

/** Makes those that are not there yet, and answers with them: an order reaches a station once. */
export const makeTickets = (
  database: KitchenDatabase,
  tickets: readonly TicketState[],
  tx: Tx,
): Promise<Made[]> => database.run(insertTickets, [JSON.stringify(tickets)], tx);

const insertCancellations = defineStatement<never>(
  "kitchen.insert-cancellations",
  `insert into cancelled_orders (order_id, lines, cancelled_at)
   select distinct on ("orderId") "orderId", lines, "cancelledAt" from jsonb_to_recordset($1::jsonb) as input(
     "orderId" uuid, lines jsonb, "cancelledAt" timestamptz)
   on conflict (order_id) do nothing`,
);

export const noteCancellations = (
  database: KitchenDatabase,
  cancellations: readonly CancelledOrdersTable[],
  tx: Tx,
) => database.run(insertCancellations, [JSON.stringify(cancellations)], tx);

// A lock and what it protects are read by two statements: one that had to wait for the lock would see the ticket as it
// is now with its lines as they were before.
const lockByOrders = defineStatement<never>(
  "kitchen.lock-by-orders",
  "select from tickets where order_id = any($1::uuid[]) order by order_id, station for update",
);
const selectByOrders = defineStatement<TicketState>(
  "kitchen.by-orders",
  `select ${TICKET} from tickets where order_id = any($1::uuid[]) order by order_id, station`,
);

/** Locks all tickets of these orders, in one order for everybody. */
export async function lockTicketsOfOrders(
  database: KitchenDatabase,
  orderIds: readonly string[],
  tx: Tx,
): Promise<TicketState[]> {
  await database.run(lockByOrders, [orderIds], tx);
  return database.run(selectByOrders, [orderIds], tx);
}

const lockOne = defineStatement<never>(
  "kitchen.lock",
  "select from tickets where id = $1 for update",
);
const selectOne = defineStatement<TicketState>(
  "kitchen.find",
  `select ${TICKET} from tickets where id = $1`,
);

export async function lockTicket(
  database: KitchenDatabase,
  id: string,
  tx: Tx,
): Promise<TicketState | undefined> {
  await database.run(lockOne, [id], tx);
  return (await database.run(selectOne, [id], tx))[0];
}

export const findTicket = async (database: KitchenDatabase, id: string) =>
  (await database.run(selectOne, [id]))[0];

const selectLastServed = defineStatement<{ id: string }>(
  "kitchen.last-served",
  `select id from tickets
   where closed_at is not null and status = 'served' and cancelled_at is null
     and ($1::text is null or station = $1)
   order by closed_at desc, id desc limit 1`,
);

/** Not locked: it may be open again, or another one the last, when it is. */
export const findLastServed = async (
  database: KitchenDatabase,
  station: string | undefined,
  tx: Tx,
) => (await database.run(selectLastServed, [station ?? null], tx))[0]?.id;

const selectRecalled = defineStatement<TicketState>(
  "kitchen.recalled",
  `select ${TICKET} from tickets where recall_id = $1`,
);

/** What this press of the button has brought back already. */
export const findRecalled = async (database: KitchenDatabase, recallId: string, tx: Tx) =>
  (await database.run(selectRecalled, [recallId], tx))[0];

const takeRecallTurn = defineStatement<never>(
  "kitchen.lock-recall",
  "select pg_advisory_xact_lock(hashtext('kitchen.recall'))",
);

/** Two presses at the same moment bring back two tickets, and one press that is sent twice brings back one. */
export const lockRecall = (database: KitchenDatabase, tx: Tx) =>
  database.run(takeRecallTurn, [], tx);

const updateTickets = defineStatement<{ id: string }>(
  "kitchen.save",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       id uuid, status text, "servedFrom" text, version integer, "changedAt" timestamptz, "cancelledAt" timestamptz,
       "closedAt" timestamptz, "recallId" uuid, lines jsonb)
   ), marked as (
     update ticket_lines as line set
       (crossed_off, cancelled, acknowledged) = (mark."crossedOff", mark.cancelled, mark.acknowledged)
     from input cross join jsonb_to_recordset(input.lines) as mark(
       id uuid, "crossedOff" boolean, cancelled integer, acknowledged integer)
     where line.ticket_id = input.id and line.id = mark.id and
       (line.crossed_off, line.cancelled, line.acknowledged)
         is distinct from (mark."crossedOff", mark.cancelled, mark.acknowledged)
   )
   update tickets set (status, served_from, version, changed_at, cancelled_at, closed_at, recall_id) =
     (input.status, input."servedFrom", input.version, input."changedAt", input."cancelledAt", input."closedAt",
      input."recallId")
   from input where tickets.id = input.id
   returning tickets.id`,
);

/** Writes tickets that this transaction has locked or made. */
export const saveTickets = (database: KitchenDatabase, tickets: readonly TicketState[], tx: Tx) =>
  database.run(updateTickets, [JSON.stringify(tickets)], tx);

export const listTicketsOfOrder = (database: KitchenDatabase, orderId: string) =>
  database.run(selectByOrders, [[orderId]]);

/** Where a page ended. Both instants were given by this application in whole milliseconds, so they compare exactly. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

export interface TicketQuery {
  readonly station?: string | undefined;
  readonly after?: Place | undefined;
  readonly limit: number;
}

const selectOpen = defineStatement<TicketState>(
  "kitchen.open",
  `select ${TICKET} from tickets
   where closed_at is null and ($1::text is null or station = $1) and ($2::text is null or status = $2)
     and ($3::timestamptz is null or (placed_at, id) > ($3, $4::uuid))
   order by placed_at, id limit $5`,
);

/** Oldest first. One statement, so the list is as of one instant. */
export const listOpenTickets = (
  database: KitchenDatabase,
  {
    station,
    status,
    after,
    limit,
  }: TicketQuery & { readonly status?: TicketsTable["status"] | undefined },
) =>
  database.run(selectOpen, [
    station ?? null,
    status ?? null,
    after?.at ?? null,
    after?.id ?? null,
    limit,
  ]);

const selectClosed = defineStatement<TicketState>(
  "kitchen.closed",
  `select ${TICKET} from tickets
   where closed_at is not null and ($1::text is null or station = $1)
     and ($2::timestamptz is null or (closed_at, id) < ($2, $3::uuid))
   order by closed_at desc, id desc limit $4`,
);

/** Newest first. */
export const listClosedTickets = (
  database: KitchenDatabase,
  { station, after, limit }: TicketQuery,
) => database.run(selectClosed, [station ?? null, after?.at ?? null, after?.id ?? null, limit]);

export interface StationRow {
  readonly code: string;
  readonly open: number;
  readonly oldestAt: Date | null;
}

const selectStations = defineStatement<StationRow>(
  "kitchen.stations",
  `select code, count(tickets.id) as open, min(placed_at) as "oldestAt"
   from stations left join tickets on tickets.station = stations.code and closed_at is null
   group by code order by code`,
);

export const listStations = (database: KitchenDatabase) => database.run(selectStations, []);

export interface DishCount {
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly quantity: number;
  readonly left: number;
}

const selectAllDay = defineStatement<DishCount>(
  "kitchen.all-day",
  `select product_id as "productId", (array_agg(sku order by placed_at desc))[1] as sku,
     (array_agg(name order by placed_at desc))[1] as name, sum(quantity - cancelled) as quantity,
     coalesce(sum(quantity - cancelled) filter (where not crossed_off and status in ('new', 'cooking')), 0) as left
   from tickets join ticket_lines on ticket_id = tickets.id
   where closed_at is null and ($1::text is null or station = $1)
   group by product_id having sum(quantity - cancelled) > 0
   order by quantity desc, sku`,
);

export const countDishes = (database: KitchenDatabase, station: string | undefined) =>
  database.run(selectAllDay, [station ?? null]);
