// The front door of audit.
import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
import type { AuditDatabase } from "./repository.js";
import { createRouter } from "./router.js";

export { contract };
export type { AuditTables } from "./schema.js";
export type AuditFace = Face<typeof contract>;

export interface AuditParts {
  readonly database: AuditDatabase;
  readonly clock: () => Date;
}

export function createAudit({ database, clock }: AuditParts) {
  return {
    name: "audit" as const,
    router: createRouter({ database, clock }),
    subscriptions: [],
  };
}
