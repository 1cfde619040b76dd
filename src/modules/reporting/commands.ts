// What changes reporting.
import { newId } from "#platform/kernel";
import { insertEntry } from "./repository.js";
import type { ReportingDatabase } from "./repository.js";

export const addEntry = (database: ReportingDatabase, label: string, now: Date) =>
  insertEntry(database, { id: newId(), label, createdAt: now });
