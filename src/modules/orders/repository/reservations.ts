// What orders knows of those who hold stock, no decision.
import { defineStatement } from "#platform/db";
import type { SagaStatus } from "#platform/saga";
import type { OrdersDatabase } from "../schema.js";

export interface Holder {
  readonly orderId: string;
  /** Null where no saga of this id was ever started, or it was forgotten long after its end. */
  readonly saga: SagaStatus | null;
  readonly parkedFrom: SagaStatus | null;
  readonly recorded: boolean;
}

const selectHolders = defineStatement<Holder>(
  "orders.holders",
  `select wanted.id as "orderId", sagas.status as saga, parked_from as "parkedFrom", orders.id is not null as recorded
   from unnest($1::uuid[]) as wanted(id) left join sagas using (id) left join orders using (id)`,
);

/** How the placing of each of these orders stands. */
export const findHolders = (database: OrdersDatabase, orderIds: readonly string[]) =>
  database.run(selectHolders, [orderIds]);
