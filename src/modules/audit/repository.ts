// Every query of audit, no decision.
import type { Database } from "#platform/db";
import type { EntryRow, AuditTables } from "./schema.js";

export type AuditDatabase = Database<AuditTables>;

export const insertEntry = (database: AuditDatabase, entry: EntryRow) =>
  database.kysely.insertInto("entries").values(entry).returningAll().executeTakeFirstOrThrow();

export const listNewest = (database: AuditDatabase, limit: number) =>
  database.kysely.selectFrom("entries").selectAll().orderBy("id", "desc").limit(limit).execute();
