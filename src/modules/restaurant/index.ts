// The front door of restaurant: its contract and its maker.
import type { Face } from "#platform/contract";
import type { RestaurantOutbox } from "./commands.js";
import { contract } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { createMemory, getIdentity } from "./queries.js";
import type { RestaurantDatabase } from "./repository.js";
import { createRouter } from "./router.js";
import type { RestaurantTables } from "./schema.js";

export { contract };
export { type FileFault, readRestaurantFile, RestaurantFile } from "./import-file.js";
export type { RestaurantTables };
export type RestaurantFace = Face<typeof contract>;

export interface RestaurantParts {
  readonly database: RestaurantDatabase;
  readonly outbox: RestaurantOutbox;
  readonly clock?: () => Date;
}

export function createRestaurant({ database, outbox, clock = () => new Date() }: RestaurantParts) {
  const memory = createMemory(database);
  return {
    name: "restaurant" as const,
    router: createRouter({ database, outbox, clock, memory }),
    subscriptions: subscriptions(database, memory),
    /** GET /menu as bytes, for a server that answers it without going through the contract each time. */
    menu: () => memory.menu(),
    cachedReads: [{ path: "/menu" as const, read: () => memory.peek() }],
    /** What the data in other stores is noted to belong to. */
    identity: () => getIdentity(database),
    /** Something was told: what it changed in another process shows at the next read. */
    expire: () => memory.expire(),
  };
}
