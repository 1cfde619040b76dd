// This module's tables, as the query builder sees them.
import type { Generated } from "kysely";
import type { Database, Transaction } from "#platform/db";

export interface EntriesTable {
  position: number;
  eventId: string;
  /** Canonical JSON, as it was hashed. */
  entry: string;
  previousHash: Buffer;
  hash: Buffer;
  actorId: Generated<string>;
  action: Generated<string>;
  subjectId: Generated<string>;
  /** UTC with milliseconds. */
  at: Generated<string>;
}

export interface HeadTable {
  position: number;
  hash: Buffer;
}

export interface AuditTables {
  entries: EntriesTable;
  head: HeadTable;
}

export type AuditDatabase = Database<AuditTables>;
export type AuditTransaction = Transaction<AuditTables>;
