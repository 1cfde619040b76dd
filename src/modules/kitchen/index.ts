// The front door of kitchen: its contract and its maker.
import type { Transaction } from "#platform/db";
import type { Face } from "#platform/contract";
import type { Outbox } from "#platform/outbox";
import { contract } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { createRouter } from "./router.js";
import type { KitchenDatabase, KitchenTables } from "./schema.js";

export { contract };
export type { KitchenTables };
export type KitchenFace = Face<typeof contract>;

export interface KitchenModuleParts {
  readonly database: KitchenDatabase;
  readonly outbox: Outbox<Transaction<KitchenTables>>;
  readonly clock: () => Date;
}

export function createKitchen(parts: KitchenModuleParts) {
  return {
    name: "kitchen" as const,
    router: createRouter(parts),
    subscriptions: subscriptions(parts),
  };
}
