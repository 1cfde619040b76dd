// What people do to sagas, with the event for the audit log in the same statement; no decision.
import { defineStatement } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import { abandonSagas, resumeSagas } from "#platform/saga";
import type { OrdersDatabase } from "../schema.js";

const TOLD = (changed: string, event: string) =>
  `insert into outbox (id, name, key, occurred_at, trace, data)
   select (event ->> 'id')::uuid, event ->> 'name', event ->> 'key', (event ->> 'occurredAt')::timestamptz,
     event ->> 'trace', event -> 'data'
   from ${changed} cross join (select ${event}::jsonb as event) as given`;

const resume = defineStatement<{ id: string }>(
  "orders.resume-saga",
  `with input as (select $1::uuid as saga_id), resumed as (
     ${resumeSagas}
   ), told as (
     ${TOLD("resumed", "$2")}
   )
   select id from resumed`,
);

/** False when the saga does not wait for a person. */
export const resumeSaga = async (
  database: OrdersDatabase,
  id: string,
  event: EventEnvelope,
): Promise<boolean> => (await database.run(resume, [id, JSON.stringify(event)])).length > 0;

const abandon = defineStatement<{ id: string }>(
  "orders.abandon-saga",
  `with input as (select $1::uuid as saga_id, $2 as reason, $4::timestamptz as at), abandoned as (
     ${abandonSagas}
   ), settled as (
     update orders set payment_status = 'refund-abandoned'
     from abandoned where orders.id = abandoned.subject and payment_status = 'refund-pending'
   ), told as (
     ${TOLD("abandoned", "$3")}
   )
   select id from abandoned`,
);

/** Ends it as settled by hand; a refund that was owed counts as settled too. False as above. */
export const abandonSaga = async (
  database: OrdersDatabase,
  { id, reason, at }: { id: string; reason: string; at: Date },
  event: EventEnvelope,
): Promise<boolean> =>
  (await database.run(abandon, [id, reason, JSON.stringify(event), at])).length > 0;
