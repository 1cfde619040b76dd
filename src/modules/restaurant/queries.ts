// Reads of the restaurant, served from memory. The memory is thrown away when this process applies a change, and is
// never older than MAX_AGE_MS, so that a change made by another process is seen too.
import { createHash } from "node:crypto";
import type { Menu, OrderingRules } from "./contract.js";
import { readAll, type RestaurantDatabase } from "./repository.js";
import { menuOf, orderingRulesOf } from "./rules.js";

const MAX_AGE_MS = 2_000;

export interface Memory {
  readonly rules: OrderingRules;
  readonly menu: Menu;
  readonly etag: string;
}

export function createMemory(database: RestaurantDatabase) {
  let current: { readonly since: number; readonly value: Promise<Memory | undefined> } | undefined;

  async function load(): Promise<Memory | undefined> {
    const { stored, catalogue } = await readAll(database);
    if (!stored) return undefined;
    const menu = menuOf(stored, catalogue);
    const digest = createHash("sha256")
      .update(JSON.stringify(menu))
      .digest("base64url")
      .slice(0, 22);
    return { rules: orderingRulesOf(stored), menu, etag: `"${digest}"` };
  }

  return {
    /** Undefined while no restaurant is set up. */
    get(): Promise<Memory | undefined> {
      if (!current || performance.now() - current.since > MAX_AGE_MS) {
        const value = load();
        const entry = { since: performance.now(), value };
        current = entry;
        value.catch(() => {
          if (current === entry) current = undefined;
        });
      }
      return current.value;
    },
    forget(): void {
      current = undefined;
    },
  };
}
