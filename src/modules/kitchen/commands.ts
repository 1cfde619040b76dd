// What changes kitchen.
import { newId } from "#platform/kernel";
import { insertEntry } from "./repository.js";
import type { KitchenDatabase } from "./repository.js";

export const addEntry = (database: KitchenDatabase, label: string, now: Date) =>
  insertEntry(database, { id: newId(), label, createdAt: now });
