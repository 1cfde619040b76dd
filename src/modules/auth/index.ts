// The front door of auth. No module calls it: `platform/http` declares the guard, `app.ts` plugs this one in.
import { hourly } from "#platform/kernel";
import { addFirstManager, addSampleStaff } from "./commands/first-staff.js";
import type { AuthParts } from "./commands/parts.js";
import { purge } from "./commands/sign-in.js";
import { contract } from "./contract.js";
import { createGuard } from "./guard.js";
import { describeSampleStaff } from "./queries.js";
import { createRouter } from "./router.js";
import type { AuthTables } from "./schema.js";

export { contract };
export { allPermissions } from "./rules.js";
export type { AuthTables };

export interface AuthModuleParts extends AuthParts {
  /** True behind TLS: then cookies are marked Secure. */
  readonly secure: boolean;
}

export function createAuth({ secure, ...parts }: AuthModuleParts) {
  const { database, clock } = parts;
  const sessions = createGuard(database, clock);
  let stopPurging = () => {};
  return {
    name: "auth" as const,
    router: createRouter({ ...parts, sessions, secure }),
    guard: sessions.guard,
    recheck: sessions.recheck,
    /** Sessions ended, or people changed: who relies on what they may do asks the guard again. */
    onSessionsChanged: sessions.onForgotten,
    subscriptions: [],
    addSampleStaff: () => addSampleStaff(parts),
    addFirstManager: () => addFirstManager(parts),
    sampleStaff: () => describeSampleStaff(database),
    start: () => {
      // A failed purge costs nothing: the next one takes what it left.
      stopPurging = hourly(() => void purge(parts).catch(() => undefined));
      return Promise.resolve();
    },
    stop: () => {
      stopPurging();
      return Promise.resolve();
    },
  };
}
