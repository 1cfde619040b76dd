// The front door of kitchen.
import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
import type { KitchenDatabase } from "./repository.js";
import { createRouter } from "./router.js";

export { contract };
export type { KitchenTables } from "./schema.js";
export type KitchenFace = Face<typeof contract>;

export interface KitchenParts {
  readonly database: KitchenDatabase;
  readonly clock: () => Date;
}

export function createKitchen({ database, clock }: KitchenParts) {
  return {
    name: "kitchen" as const,
    router: createRouter({ database, clock }),
    subscriptions: [],
  };
}
