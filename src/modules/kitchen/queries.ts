// Reads of kitchen.
import { listNewest } from "./repository.js";
import type { KitchenDatabase } from "./repository.js";

export const listEntries = (database: KitchenDatabase) => listNewest(database, 100);
