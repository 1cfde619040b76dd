// What changes audit.
import { newId } from "#platform/kernel";
import { insertEntry } from "./repository.js";
import type { AuditDatabase } from "./repository.js";

export const addEntry = (database: AuditDatabase, label: string, now: Date) =>
  insertEntry(database, { id: newId(), label, createdAt: now });
