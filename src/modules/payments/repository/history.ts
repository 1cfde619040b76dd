// What became of one order's money, for people who look back. Queries, no decision.
import { defineStatement } from "#platform/db";
import type { PaymentsDatabase } from "./payments.js";

export const findPaymentOfOrder = (database: PaymentsDatabase, orderId: string) =>
  database.kysely
    .selectFrom("payments")
    .selectAll()
    .where("orderId", "=", orderId)
    .executeTakeFirst();

export interface AttemptRow {
  readonly at: Date;
  readonly operation: string;
  readonly outcome: string;
  readonly detail: string | null;
}

const selectAttempts = defineStatement<AttemptRow>(
  "payments.attempts",
  `select at, operation, outcome, detail from gateway_attempts where payment_id = $1 order by id`,
);

/** In the order of asking. */
export const listAttempts = (database: PaymentsDatabase, paymentId: string) =>
  database.run(selectAttempts, [paymentId]);
