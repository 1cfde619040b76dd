// This module's tables, as far as more than the text of a statement needs to know them.
import type { Database, Transaction } from "#platform/db";

export interface BooksTable {
  /** The one in use. */
  model: 0 | 1;
  /** Null until something was counted. */
  currency: string | null;
}

/** Every query here is a statement with a name; the query builder is for tests. */
export interface ReportingTables {
  books: BooksTable;
}

export type ReportingDatabase = Database<ReportingTables>;
export type ReportingTx = Transaction<ReportingTables>;
