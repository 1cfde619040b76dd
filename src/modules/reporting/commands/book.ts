// What changes the figures and the copies: events, in the transaction of the inbox.
import type { EventEnvelope } from "#platform/kernel";
import { countEvents, lockBooks, openBooks } from "../repository/books.js";
import { copyProducts, copyStock, type ProductCopy, type StockCopy } from "../repository/copies.js";
import { currencyOf } from "../rules.js";
import type { ReportingDatabase, ReportingTx } from "../schema.js";

/** Counts sales, cancellations, payments and refunds; what is counted already changes nothing.
 *  @throws Error for another currency, and for a cancellation whose sale was never counted */
export async function bookEvents(
  database: ReportingDatabase,
  events: readonly EventEnvelope[],
  tx: ReportingTx,
): Promise<void> {
  const books = await lockBooks(database, tx);
  const currency = currencyOf(events, books.currency);
  if (currency !== null && currency !== books.currency) await openBooks(database, currency, tx);
  const counted = await countEvents(database, { model: books.model, events }, tx);
  const [number] = counted?.unsold ?? [];
  if (number !== undefined) {
    throw new Error(
      `The sale of order ${number} was never counted, so its cancellation cannot be: replay its order-placed event first.`,
    );
  }
}

export const applyProducts = (
  database: ReportingDatabase,
  products: readonly ProductCopy[],
  tx: ReportingTx,
) => copyProducts(database, products, tx);

export const applyStock = (
  database: ReportingDatabase,
  levels: readonly StockCopy[],
  tx: ReportingTx,
) => copyStock(database, levels, tx);
