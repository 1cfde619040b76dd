// Queries of cancellations, no decision.
import { defineStatement } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import { endSagas, passPivots, type SagaStatus } from "#platform/saga";
import type { CancellationsTable, OrdersDatabase, OrdersTable } from "../schema.js";
import { snakeKeys } from "../rows.js";

export interface NewCancellation extends CancellationsTable {
  readonly sagaId: string;
  readonly token: number;
  readonly journal: unknown;
  /** As the person saw the order; null: whatever it is. */
  readonly version: number | null;
  /** Told with it, in this order. */
  readonly events: readonly EventEnvelope[];
}

const insertCancellation = defineStatement<{ id: string }>(
  "orders.cancel",
  `with input as (
     select asked.*
     from jsonb_to_record($1::jsonb) as asked(saga_id uuid, token integer, journal jsonb, order_id uuid,
       version integer, reason text, outcomes jsonb, cancelled_on date, cancelled_at timestamptz, cancelled_by_id text,
       cancelled_by_name text, approved_by_id text, approved_by_name text, events jsonb)
     join orders on orders.id = asked.order_id
     where orders.status = 'placed' and (asked.version is null or asked.version = orders.version)
     for update of orders
   ), passed as (
     ${passPivots}
   ), cancelled as (
     update orders set status = 'cancelled', version = orders.version + 1, payment_status = 'refund-pending'
     from input join passed on passed.id = input.saga_id
     where orders.id = input.order_id
     returning orders.id
   ), noted as (
     insert into cancellations (order_id, reason, outcomes, cancelled_on, cancelled_at, cancelled_by_id,
       cancelled_by_name, approved_by_id, approved_by_name)
     select order_id, reason, outcomes, cancelled_on, cancelled_at, cancelled_by_id, cancelled_by_name,
       approved_by_id, approved_by_name
     from input join cancelled on cancelled.id = input.order_id
   ), told as (
     insert into outbox (id, name, key, occurred_at, trace, data)
     select (event ->> 'id')::uuid, event ->> 'name', event ->> 'key', (event ->> 'occurredAt')::timestamptz,
       event ->> 'trace', event -> 'data'
     from input join cancelled on cancelled.id = input.order_id
     cross join jsonb_array_elements(input.events) with ordinality as element(event, turn)
     order by turn
   )
   select id from cancelled`,
);

/** Cancels a placed order in one statement: order, cancellation, events and the saga's pivot. False when the order is
 *  not placed (any more) or has another version, or the saga is not its caller's. */
export const recordCancellation = async (
  database: OrdersDatabase,
  cancellation: NewCancellation,
): Promise<boolean> =>
  (await database.run(insertCancellation, [JSON.stringify(snakeKeys(cancellation))])).length > 0;

const selectStanding = defineStatement<Standing>(
  "orders.cancel-standing",
  `select sagas.status as saga, token, orders.status as "order", version
   from sagas left join orders on orders.id = subject where sagas.id = $1`,
);

export interface Standing {
  readonly saga: SagaStatus;
  readonly token: number;
  readonly order: OrdersTable["status"] | null;
  readonly version: number | null;
}

/** How a saga and the order that it is about stand. */
export const findStanding = async (database: OrdersDatabase, sagaId: string) =>
  (await database.run(selectStanding, [sagaId]))[0];

const settle = defineStatement<{ id: string }>(
  "orders.settle-refund",
  `with input as (select $1::uuid as saga_id, $2::integer as token, $3::jsonb as journal, $4::uuid as order_id),
   ended as (
     ${endSagas}
   )
   update orders set payment_status = 'refunded'
   from input join ended on ended.id = input.saga_id
   where orders.id = input.order_id
   returning orders.id`,
);

/** The order reads `refunded` and its saga has ended, in one statement. False when the saga is not its caller's. */
export const settleRefund = async (
  database: OrdersDatabase,
  {
    sagaId,
    token,
    journal,
    orderId,
  }: { sagaId: string; token: number; journal: unknown; orderId: string },
): Promise<boolean> =>
  (await database.run(settle, [sagaId, token, JSON.stringify(journal), orderId])).length > 0;
