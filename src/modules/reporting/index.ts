// The front door of reporting: its contract and its maker.
import type { Face } from "#platform/contract";
import type { Outbox } from "#platform/outbox";
import { createRebuilding } from "./commands/rebuild.js";
import { contract, type Rebuild } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { createRouter } from "./router.js";
import type { ReportingDatabase, ReportingTables, ReportingTx } from "./schema.js";

export { contract };
export type { Rebuild, ReportingTables };
export type ReportingFace = Face<typeof contract>;

export interface ReportingParts {
  readonly database: ReportingDatabase;
  readonly outbox: Outbox<ReportingTx>;
  readonly logger: { warn(details: object, message: string): void };
  readonly clock: () => Date;
  /** Events in one transaction of a rebuild. */
  readonly stepSize?: number;
}

/** A bulkhead: two reports at a time (router.ts), and connections for the three listeners and a rebuild; and an end to
 *  each statement, however many orders there are. */
export const reportingPool = (timeoutSeconds: number) => ({
  max: 6,
  statementTimeoutMs: timeoutSeconds * 1_000,
});

export type ReportingModule = ReturnType<typeof createReporting>;

export function createReporting({ database, clock, ...parts }: ReportingParts) {
  const rebuilding = createRebuilding({ database, clock, ...parts });
  return {
    name: "reporting" as const,
    router: createRouter({ database, rebuilding, clock }),
    subscriptions: subscriptions(database),
    /** Gives up a rebuild that is under way. */
    stop: () => rebuilding.stop(),
  };
}
