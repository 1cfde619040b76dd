// Reads of audit.
import { listNewest } from "./repository.js";
import type { AuditDatabase } from "./repository.js";

export const listEntries = (database: AuditDatabase) => listNewest(database, 100);
