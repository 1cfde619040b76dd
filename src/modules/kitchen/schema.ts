// This module's tables, as the query builder sees them.

export interface EntryRow {
  id: string;
  label: string;
  createdAt: Date;
}

export interface KitchenTables {
  entries: EntryRow;
}
