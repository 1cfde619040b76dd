// Every query of kitchen, no decision.
import type { Database } from "#platform/db";
import type { EntryRow, KitchenTables } from "./schema.js";

export type KitchenDatabase = Database<KitchenTables>;

export const insertEntry = (database: KitchenDatabase, entry: EntryRow) =>
  database.kysely.insertInto("entries").values(entry).returningAll().executeTakeFirstOrThrow();

export const listNewest = (database: KitchenDatabase, limit: number) =>
  database.kysely.selectFrom("entries").selectAll().orderBy("id", "desc").limit(limit).execute();
