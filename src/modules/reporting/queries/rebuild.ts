// How the newest rebuild stands.
import type { Rebuild } from "../contract.js";
import { findNewestBuild } from "../repository/builds.js";
import type { ReportingDatabase } from "../schema.js";

export async function describeRebuild(database: ReportingDatabase): Promise<Rebuild> {
  const build = await findNewestBuild(database);
  if (!build) return { status: "never", done: 0, total: 0 };
  const { done, total, startedAt, startedBy, endedAt, changed, cause, underWay } = build;
  const status = () => {
    if (endedAt !== null) return changed !== null ? "done" : "failed";
    return underWay ? "running" : "interrupted";
  };
  return {
    status: status(),
    done,
    total,
    startedAt: startedAt.toISOString(),
    startedBy,
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(changed !== null && { changed }),
    ...(cause !== null && { cause }),
  };
}
