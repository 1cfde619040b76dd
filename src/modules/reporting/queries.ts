// Reads of reporting.
import { listNewest } from "./repository.js";
import type { ReportingDatabase } from "./repository.js";

export const listEntries = (database: ReportingDatabase) => listNewest(database, 100);
