// What changes the restaurant: settling everything as an import says.
import type { Outbox } from "#platform/outbox";
import type { Transaction } from "#platform/db";
import type { Settings } from "./contract.js";
import { SettingsChanged } from "./events.js";
import { readAll, type RestaurantDatabase, writeSettings } from "./repository.js";
import { isSettled } from "./rules.js";
import type { RestaurantTables } from "./schema.js";

export type RestaurantOutbox = Outbox<Transaction<RestaurantTables>>;

/** Repeated: no change, no event. */
export async function settle(
  database: RestaurantDatabase,
  outbox: RestaurantOutbox,
  wanted: Settings,
): Promise<{ changed: boolean; revision: number }> {
  const { stored } = await readAll(database);
  if (stored && isSettled(stored, wanted)) return { changed: false, revision: stored.revision };
  const revision = await database.transaction(async (tx) => {
    const next = await writeSettings(tx, wanted);
    await outbox.add(tx, [SettingsChanged.create({ revision: next })]);
    return next;
  });
  outbox.wake();
  return { changed: true, revision };
}
