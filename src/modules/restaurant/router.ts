// Between the contract and the module.
import { implementContract } from "#platform/http";
import { type RestaurantOutbox, settle } from "./commands.js";
import { contract } from "./contract.js";
import type { createMemory } from "./queries.js";
import type { RestaurantDatabase } from "./repository.js";

export interface RouterParts {
  readonly database: RestaurantDatabase;
  readonly outbox: RestaurantOutbox;
  readonly memory: ReturnType<typeof createMemory>;
}

export function createRouter({ database, outbox, memory }: RouterParts) {
  const restaurant = implementContract(contract);
  return restaurant.router({
    menu: restaurant.menu.handler(async ({ input, errors }) => {
      const current = await memory.get();
      if (!current) throw errors.NOT_SET_UP();
      const { etag, menu } = current;
      if (input.headers["if-none-match"]?.includes(etag)) return { status: 304, headers: { etag } };
      return { status: 200, headers: { etag, "cache-control": "no-cache" }, body: menu };
    }),
    profile: restaurant.profile.handler(async ({ errors }) => {
      const current = await memory.get();
      if (!current) throw errors.NOT_SET_UP();
      const { restaurant: profile, tax, serviceCharge, tables } = current.rules;
      return { ...profile, tax, serviceCharge, tables };
    }),
    getOrderingRules: restaurant.getOrderingRules.handler(async ({ errors }) => {
      const current = await memory.get();
      if (!current) throw errors.NOT_SET_UP();
      return current.rules;
    }),
    settle: restaurant.settle.handler(async ({ input }) => {
      const result = await settle(database, outbox, input);
      memory.forget();
      return result;
    }),
    status: restaurant.status.handler(async () => {
      const current = await memory.get();
      return { set: current !== undefined, items: current?.rules.items.length ?? 0 };
    }),
  });
}
