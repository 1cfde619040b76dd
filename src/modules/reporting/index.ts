// The front door of reporting: its contract and its maker.
import type { Face } from "#platform/contract";
import type { Outbox } from "#platform/outbox";
import { createRebuilding } from "./commands/rebuild.js";
import { contract, type Rebuild } from "./contract.js";
import { REPORTS_AT_A_TIME } from "./gate.js";
import { subscriptions } from "./listeners.js";
import { createRouter } from "./router.js";
import type { ReportingDatabase, ReportingTables, ReportingTx } from "./schema.js";

export { contract };
export type { Rebuild, ReportingTables };
export type ReportingFace = Face<typeof contract>;

export interface ReportingParts {
  readonly database: ReportingDatabase;
  /** Where reports are read. */
  readonly reading: ReportingDatabase;
  readonly outbox: Outbox<ReportingTx>;
  readonly logger: { warn(details: object, message: string): void };
  readonly clock: () => Date;
  /** Events in one transaction of a rebuild. */
  readonly stepSize?: number;
}

/** Bulkheads: connections for as many reports as are made at a time, which step back for orders, and others for the three
 *  listeners and a rebuild; and an end to each statement, however many orders there are. */
export const reportingPools = (timeoutSeconds: number) => {
  const statementTimeoutMs = timeoutSeconds * 1_000;
  return {
    own: { max: 4, statementTimeoutMs },
    reading: { max: REPORTS_AT_A_TIME, statementTimeoutMs, stepsBack: true },
  };
};

export function createReporting({ database, reading, clock, ...parts }: ReportingParts) {
  const rebuilding = createRebuilding({ database, clock, ...parts });
  return {
    name: "reporting" as const,
    router: createRouter({ database, reading, rebuilding, clock }),
    subscriptions: subscriptions(database),
    /** Gives up a rebuild that is under way. */
    stop: () => rebuilding.stop(),
  };
}
