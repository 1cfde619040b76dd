// The ownership table: who keeps data where, who may call whom, who hears whom.
// Import rules, database roles, wiring and docs are made from it. It imports nothing.

export interface ModuleEntry {
  readonly store: "postgres" | "mongodb";
  /** Modules whose face it may call. */
  readonly calls: readonly string[];
  /** Modules whose events it may hear. */
  readonly hears: readonly string[];
}

export const manifest = {
  auth: { store: "postgres", calls: [], hears: [] },
  restaurant: { store: "postgres", calls: [], hears: ["inventory"] },
  inventory: { store: "mongodb", calls: [], hears: ["orders"] },
  payments: { store: "postgres", calls: [], hears: [] },
  orders: {
    store: "postgres",
    calls: ["restaurant", "inventory", "payments"],
    hears: ["inventory", "payments", "restaurant"],
  },
  kitchen: { store: "postgres", calls: [], hears: ["orders"] },
  reporting: { store: "postgres", calls: [], hears: ["orders", "payments", "inventory"] },
  audit: {
    store: "postgres",
    calls: [],
    hears: ["auth", "restaurant", "inventory", "payments", "orders", "kitchen", "reporting"],
  },
} as const satisfies Record<string, ModuleEntry>;

export type ModuleName = keyof typeof manifest;
