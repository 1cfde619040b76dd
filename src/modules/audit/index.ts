// The front door of audit: what people did, in a log that is only appended to.
import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { createRouter } from "./router.js";
import type { AuditDatabase, AuditTables } from "./schema.js";

export { contract };
export type { Entry, Verification } from "./contract.js";
export type { AuditTables };
export type AuditFace = Face<typeof contract>;

export interface AuditParts {
  readonly database: AuditDatabase;
  /** Modules whose actions are recorded, besides its own. */
  readonly modules: readonly string[];
}

export function createAudit({ database, modules }: AuditParts) {
  return {
    name: "audit" as const,
    router: createRouter(database),
    subscriptions: subscriptions(database, modules),
  };
}
