// Queries of the books of payments, for reconciliation; no decision.
import { defineStatement } from "#platform/db";
import type { PaymentsDatabase } from "./payments.js";

export interface BookSummary {
  readonly payments: number;
  readonly pending: number;
  readonly byMethod:
    | {
        method: "cash" | "card";
        currency: string;
        payments: number;
        captured: number;
        refunded: number;
      }[]
    | null;
  /** Given back by people, and for a minute without an answer: nobody asks again by itself. But for those of barred
   *  orders: what reverses an order asks for them, and ends by a person's word where no answer comes. */
  readonly unanswered: number;
}

const selectSummary = defineStatement<BookSummary>(
  "payments.book-summary",
  `select
     (select count(*) from payments where method is not null) as payments,
     (select count(*) from payments where status = 'pending') as pending,
     (select jsonb_agg(sums) from (
        select method, currency, count(*) as payments, sum(captured) as captured, sum(refunded) as refunded
        from payments where captured_at is not null group by method, currency order by method, currency
      ) as sums) as "byMethod",
     (select count(*) from refunds where status = 'pending' and key not like 'reverse-%'
        and requested_at < now() - interval '1 minute'
        and exists (select from payments where id = payment_id and barred_at is null)) as unanswered`,
);

export const summarizeBook = async (database: PaymentsDatabase) =>
  (await database.run(selectSummary, []))[0];

export interface BookLine {
  readonly orderId: string;
  readonly paymentId: string;
  readonly captured: number;
  readonly refunded: number;
  /** Of that, what people gave back by keys of their own; reversals have keys of ours. */
  readonly givenBack: number;
  /** The gateway has not answered for a minute: it may have taken the money. */
  readonly unanswered: boolean;
  /** When what is kept last became more: opened, captured, or a refund refused. */
  readonly keptSince: Date;
  readonly wrongRefunds: boolean;
}

const selectBookPage = defineStatement<BookLine>(
  "payments.book-page",
  `select order_id as "orderId", id as "paymentId", captured, refunded,
     case when refunded = 0 then 0 else (
       select coalesce(sum(amount), 0)::bigint from refunds
       where payment_id = payments.id and status <> 'refused' and key not like 'reverse-%'
     ) end as "givenBack",
     status = 'pending' and created_at < now() - interval '1 minute' as unanswered,
     greatest(created_at, captured_at, (
       select max(settled_at) from refunds where payment_id = payments.id and status = 'refused'
     )) as "keptSince",
     refunded <> (
       select coalesce(sum(amount), 0) from refunds where payment_id = payments.id and status <> 'refused'
     ) as "wrongRefunds"
   from payments where method is not null and ($1::uuid is null or order_id > $1) order by order_id limit $2`,
);

/** In the order of their orders' ids. */
export const listBook = (database: PaymentsDatabase, after: string | undefined, limit: number) =>
  database.run(selectBookPage, [after ?? null, limit]);
