// Reads of the restaurant, served from memory: what this process hears and writes goes in at once, and every CHECK_MS of
// use one small query tells whether another process changed something. While the database is away, what is known stays.
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Menu, OrderingRules } from "./contract.js";
import {
  findSettings,
  readCatalogue,
  readFreshness,
  readIdentity,
  type RestaurantDatabase,
} from "./repository.js";
import {
  type CatalogueEntry,
  menuOf,
  newest,
  orderingRulesOf,
  type ProductCopy,
  type StockCopy,
  type Stored,
} from "./rules.js";

const CHECK_MS = 2_000;
/** A new product is heard of within this time, unless something is stuck. */
const HEAR_MS = 5_000;
const LISTEN_MS = 100;

export interface ServedMenu {
  readonly menu: Menu;
  readonly body: Buffer;
  readonly etag: string;
}

/** Which restaurant this is: made once with its tables. */
export async function getIdentity(database: RestaurantDatabase): Promise<string> {
  const [row] = await readIdentity(database);
  if (!row) throw new Error("The identity is one row");
  return row.id;
}

export type Memory = ReturnType<typeof createMemory>;

export function createMemory(database: RestaurantDatabase) {
  const catalogue = new Map<string, CatalogueEntry>();
  let versions = 0;
  let stored: Stored | undefined;
  let rules: OrderingRules | undefined;
  let served: ServedMenu | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let checking: Promise<void> | undefined;
  /** Calls of `expire`: a check that one came into is not the last. */
  let calls = 0;
  let loaded = false;

  function learn(heard: readonly (ProductCopy | StockCopy)[]): void {
    for (const one of heard) {
      const known = catalogue.get(one.productId);
      const entry = newest(known, one);
      if (entry === known) continue;
      catalogue.set(one.productId, entry);
      versions += entry.version + entry.stockVersion;
      versions -= (known?.version ?? 0) + (known?.stockVersion ?? 0);
      served = undefined;
    }
  }

  async function loadSettings(): Promise<void> {
    const found = await findSettings(database);
    // Two reads may end in the wrong order.
    if (stored && found && found.revision <= stored.revision) return;
    stored = found;
    rules = stored && orderingRulesOf(stored);
    served = undefined;
  }

  async function check(): Promise<void> {
    const fresh = await readFreshness(database);
    if (!loaded || fresh.versions !== versions) learn(await readCatalogue(database));
    if (!loaded || fresh.revision !== (stored?.revision ?? null)) await loadSettings();
    loaded = true;
  }

  /** At most one check at a time; everybody who asks meanwhile waits for the same one. */
  async function freshen(): Promise<void> {
    if (performance.now() - checkedAt < CHECK_MS) return;
    const before = calls;
    checking ??= check().finally(() => {
      checkedAt = calls === before ? performance.now() : Number.NEGATIVE_INFINITY;
      checking = undefined;
    });
    try {
      await checking;
    } catch (error) {
      if (!loaded) {
        checkedAt = Number.NEGATIVE_INFINITY;
        throw error;
      }
    }
  }

  return {
    learn,
    /** Another process may have changed something just now: the next read looks. */
    expire(): void {
      calls += 1;
      checkedAt = Number.NEGATIVE_INFINITY;
    },
    /** After an own write. */
    reload: check,
    /** Undefined while no restaurant is set up. `now`: as committed at this moment, for who is going to keep it. */
    async settings({ now = false } = {}): Promise<
      { stored: Stored; rules: OrderingRules } | undefined
    > {
      await (now ? check() : freshen());
      return stored && rules && { stored, rules };
    },
    /** Whether there is such a product, as far as is heard. One that was made a moment ago is waited for. Nothing is
     *  asked where it is on the menu already, or where there is none yet. */
    async knowsProduct(productId: string): Promise<boolean> {
      const deadline = performance.now() + HEAR_MS;
      for (;;) {
        await check();
        const isOnMenu = rules?.items.some((item) => item.productId === productId) ?? true;
        if (isOnMenu || catalogue.has(productId)) return true;
        if (performance.now() > deadline) return false;
        await setTimeout(LISTEN_MS);
      }
    },
    /** What `menu` would answer without asking the database; undefined when it must ask. */
    peek: (): ServedMenu | undefined =>
      performance.now() - checkedAt < CHECK_MS ? served : undefined,
    /** Built once for each change. Undefined while no restaurant is set up. */
    async menu(): Promise<ServedMenu | undefined> {
      await freshen();
      if (served || !stored) return served;
      const menu = menuOf(stored, catalogue);
      const body = Buffer.from(JSON.stringify(menu));
      const digest = createHash("sha256").update(body).digest("base64url").slice(0, 22);
      served = { menu, body, etag: `"${digest}"` };
      return served;
    },
  };
}
