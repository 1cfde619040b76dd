// How guarded updates are sent: many in one command, each with a filter that proves what it relies on.
import type { mongo } from "mongoose";
import { updateEach } from "#platform/documents";
import type { InventoryModels, ProductDocument } from "../schema.js";

export interface Statement {
  readonly filter: mongo.Filter<ProductDocument>;
  readonly update: mongo.UpdateFilter<ProductDocument>;
}

/** One round trip; answers how many statements found their product as they expected it. Straight to the driver:
 *  every value here was made by this module, and casting them again would take longer than the server does. */
export async function runStatements(
  { products }: InventoryModels,
  statements: readonly Statement[],
): Promise<number> {
  const { db } = products.db;
  if (!db) throw new Error("The connection of inventory is not open");
  return updateEach(db, products.collection.collectionName, statements);
}
