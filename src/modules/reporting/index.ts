// The front door of reporting.
import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
import type { ReportingDatabase } from "./repository.js";
import { createRouter } from "./router.js";

export { contract };
export type { ReportingTables } from "./schema.js";
export type ReportingFace = Face<typeof contract>;

export interface ReportingParts {
  readonly database: ReportingDatabase;
  readonly clock: () => Date;
}

export function createReporting({ database, clock }: ReportingParts) {
  return {
    name: "reporting" as const,
    router: createRouter({ database, clock }),
    subscriptions: [],
  };
}
