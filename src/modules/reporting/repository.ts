// Every query of reporting, no decision.
import type { Database } from "#platform/db";
import type { EntryRow, ReportingTables } from "./schema.js";

export type ReportingDatabase = Database<ReportingTables>;

export const insertEntry = (database: ReportingDatabase, entry: EntryRow) =>
  database.kysely.insertInto("entries").values(entry).returningAll().executeTakeFirstOrThrow();

export const listNewest = (database: ReportingDatabase, limit: number) =>
  database.kysely.selectFrom("entries").selectAll().orderBy("id", "desc").limit(limit).execute();
