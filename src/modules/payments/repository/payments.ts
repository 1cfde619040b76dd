// Queries of payments and refunds, no decision.
import { type Database, defineStatement, type Transaction } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import type { Settlement } from "../rules.js";
import type { PaymentsTable, PaymentsTables, RefundsTable } from "../schema.js";

export type PaymentsDatabase = Database<PaymentsTables>;
type Tx = Transaction<PaymentsTables>;

const COLUMNS = `id, order_id as "orderId", method, status, currency, amount, authorised, captured, refunded,
  tendered, change, card_ending as "cardEnding", decline_code as "declineCode", barred_at as "barredAt",
  barred_reason as "barredReason", created_at as "createdAt", captured_at as "capturedAt"`;

/** Of `event jsonb`, an envelope, in the row source that follows: in the statement of the change it tells of. */
const TELL = `insert into outbox (id, name, key, occurred_at, trace, data)
  select (event ->> 'id')::uuid, event ->> 'name', event ->> 'key', (event ->> 'occurredAt')::timestamptz,
    event ->> 'trace', event -> 'data'`;

/** A payment to open: cash is captured at once and told, a card waits for the gateway. */
export interface NewPayment {
  readonly id: string;
  readonly orderId: string;
  readonly method: "cash" | "card";
  readonly status: "captured" | "pending";
  readonly currency: string;
  readonly amount: number;
  readonly captured: number;
  readonly tendered: number | null;
  readonly change: number | null;
  readonly cardEnding: string | null;
  readonly createdAt: Date;
  readonly event: EventEnvelope | null;
}

const insertPayments = defineStatement<PaymentsTable>(
  "payments.open",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       id uuid, "orderId" uuid, method text, status text, currency text, amount bigint, captured bigint,
       tendered bigint, change bigint, "cardEnding" text, "createdAt" timestamptz, event jsonb)
   ), opened as (
     insert into payments (id, order_id, method, status, currency, amount, authorised, captured, tendered, change,
       card_ending, created_at, captured_at)
     select id, "orderId", method, status, currency, amount, captured, captured, tendered, change, "cardEnding",
       "createdAt", case status when 'captured' then "createdAt" end
     from input order by "orderId"
     on conflict (order_id) do nothing
     returning *
   ), told as (
     ${TELL} from input join opened using (id) where event ->> 'id' is not null
   )
   select ${COLUMNS} from opened
   union all
   select ${COLUMNS} from (
     select "orderId" from input except select order_id from opened) as known(order_with_payment)
   cross join lateral (select * from payments where order_id = order_with_payment limit 1) as payment`,
);

/** Opens the payment of each order that has none; answers with the payment of each order, opened now (it has the id
 *  that was given) or before. An order whose payment another transaction is committing at this moment may be missing
 *  from the answer: ask again. */
export const openPayments = (database: PaymentsDatabase, payments: readonly NewPayment[]) =>
  database.run(insertPayments, [JSON.stringify(payments)]);

export interface Attempt {
  readonly operation: "charge" | "find" | "cancel" | "refund";
  readonly outcome: string;
  readonly detail: string | null;
}

const ATTEMPTED = (payment: string, attempts: string) =>
  `insert into gateway_attempts (payment_id, operation, outcome, detail)
   select ${payment}, operation, outcome, detail
   from jsonb_to_recordset(${attempts}::jsonb) as attempt(operation text, outcome text, detail text)`;

const settle = defineStatement<PaymentsTable>(
  "payments.settle",
  `with settled as (
     update payments set status = $2, decline_code = $3,
       authorised = case $2 when 'captured' then amount else 0 end,
       captured = case $2 when 'captured' then amount else 0 end,
       captured_at = case $2 when 'captured' then $4::timestamptz end
     where id = $1::uuid and status = 'pending'
     returning *
   ), told as (
     ${TELL} from settled cross join (select $5::jsonb as event) as input where $5::jsonb is not null
   ), attempted as (
     ${ATTEMPTED("$1::uuid", "$6")}
   )
   select ${COLUMNS} from settled`,
);

/** Ends a pending payment, with its event and what was asked of the gateway. Undefined when it had ended already. */
export const settlePayment = async (
  database: PaymentsDatabase,
  id: string,
  { status, declineCode }: Settlement,
  { at, event, attempts }: { at: Date; event: EventEnvelope | null; attempts: readonly Attempt[] },
): Promise<PaymentsTable | undefined> => {
  const told = event && JSON.stringify(event);
  const values = [id, status, declineCode, at, told, JSON.stringify(attempts)];
  return (await database.run(settle, values))[0];
};

const attempted = defineStatement<never>("payments.attempted", ATTEMPTED("$1::uuid", "$2"));

export const recordAttempts = (
  database: PaymentsDatabase,
  id: string,
  attempts: readonly Attempt[],
) => database.run(attempted, [id, JSON.stringify(attempts)]);

const countSends = defineStatement<{ sent: number }>(
  "payments.count-sends",
  `select count(*) as sent from gateway_attempts where payment_id = $1 and operation = 'charge'`,
);

export const countChargesSent = async (database: PaymentsDatabase, id: string) =>
  (await database.run(countSends, [id]))[0]?.sent ?? 0;

const bar = defineStatement<PaymentsTable>(
  "payments.bar",
  `insert into payments as payment (id, order_id, status, amount, barred_at, barred_reason, created_at)
   values ($1, $2, 'cancelled', 0, $4, $3, $4)
   on conflict (order_id) do update set
     barred_at = coalesce(payment.barred_at, excluded.barred_at),
     barred_reason = coalesce(payment.barred_reason, excluded.barred_reason)
   returning ${COLUMNS}`,
);

/** From now on no charge of this order succeeds. Answers with its payment, or with the bar that stands in for one. */
export async function barOrder(
  database: PaymentsDatabase,
  { id, orderId, reason, at }: { id: string; orderId: string; reason: string; at: Date },
): Promise<PaymentsTable> {
  const [row] = await database.run(bar, [id, orderId, reason, at]);
  if (!row) throw new Error("An upsert answers with its row");
  return row;
}

export async function getPayment(database: PaymentsDatabase, id: string): Promise<PaymentsTable> {
  const query = database.kysely.selectFrom("payments").selectAll().where("id", "=", id);
  return query.executeTakeFirstOrThrow();
}

export const findPayment = (database: PaymentsDatabase, id: string) =>
  database.kysely
    .selectFrom("payments")
    .selectAll()
    .where("id", "=", id)
    .where("method", "is not", null)
    .executeTakeFirst();

/** Locks the payment of an order until the transaction ends, so that refunds of one payment take turns. */
export const lockPaymentOfOrder = (tx: Tx, orderId: string) =>
  tx
    .selectFrom("payments")
    .selectAll()
    .where("orderId", "=", orderId)
    .forUpdate()
    .executeTakeFirst();

export const listRefunds = (
  handle: Tx | PaymentsDatabase["kysely"],
  paymentId: string,
): Promise<RefundsTable[]> =>
  handle
    .selectFrom("refunds")
    .selectAll()
    .where("paymentId", "=", paymentId)
    .orderBy("id")
    .execute();

/** What people gave back by keys of their own, and the gateway has neither given nor refused. */
export const listPendingGivenBack = (
  database: PaymentsDatabase,
  paymentId: string,
): Promise<RefundsTable[]> =>
  database.kysely
    .selectFrom("refunds")
    .selectAll()
    .where("paymentId", "=", paymentId)
    .where("status", "=", "pending")
    .where("key", "not like", "reverse-%")
    .orderBy("id")
    .execute();

const insertRefund = defineStatement<never>(
  "payments.refund",
  `with input as (
     select $1::uuid as id, $2::uuid as payment_id, $3 as key, $4::bigint as amount, $5 as status, $6 as reason,
       $7::timestamptz as requested_at, $8::timestamptz as settled_at
   ), held as (
     update payments set refunded = refunded + input.amount from input where payments.id = input.payment_id
   ), told as (
     ${TELL} from jsonb_array_elements($9::jsonb) as event
   )
   insert into refunds (id, payment_id, key, amount, status, reason, requested_at, settled_at)
   select id, payment_id, key, amount, status, reason, requested_at, settled_at from input`,
);

/** Holds the amount on the payment, and tells what there is to tell. In the transaction that locked it. */
export async function addRefund(
  database: PaymentsDatabase,
  refund: RefundsTable,
  events: readonly EventEnvelope[],
  tx: Tx,
): Promise<void> {
  const { id, paymentId, key, amount, status, reason, requestedAt, settledAt } = refund;
  const told = JSON.stringify(events);
  const values = [id, paymentId, key, amount, status, reason, requestedAt, settledAt, told];
  await database.run(insertRefund, values, tx);
}

const settleRefunds = defineStatement<{ id: string }>(
  "payments.settle-refund",
  `with settled as (
     update refunds set status = $2, refusal_code = $3, settled_at = $4 where id = $1::uuid and status = 'pending'
     returning id, payment_id, amount
   ), freed as (
     update payments set refunded = refunded - settled.amount from settled
     where payments.id = settled.payment_id and $2 = 'refused'
   ), told as (
     ${TELL} from settled cross join (select $5::jsonb as event) as input where $5::jsonb is not null
   )
   select id from settled`,
);

/** Ends a pending refund once; a refused one gives its amount back to what may be refunded. */
export const settleRefund = (
  database: PaymentsDatabase,
  id: string,
  settlement: { status: "refunded" | "refused"; code: string | null },
  { at, event }: { at: Date; event: EventEnvelope | null },
) => {
  const told = event && JSON.stringify(event);
  return database.run(settleRefunds, [id, settlement.status, settlement.code, at, told]);
};

export interface PaymentQuery {
  readonly orderId?: string | undefined;
  readonly status?: PaymentsTable["status"] | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first: ids are UUIDv7, so they sort by time. Bars are no payments and stay out. */
export function listPayments(
  database: PaymentsDatabase,
  { orderId, status, before, limit }: PaymentQuery,
): Promise<PaymentsTable[]> {
  let payments = database.kysely
    .selectFrom("payments")
    .selectAll()
    .where("method", "is not", null)
    .orderBy("id", "desc")
    .limit(limit);
  if (orderId) payments = payments.where("orderId", "=", orderId);
  if (status) payments = payments.where("status", "=", status);
  if (before) payments = payments.where("id", "<", before);
  return payments.execute();
}
