// The front door of auth. No module calls it: `platform/http` declares the guard, `app.ts` plugs this one in.
import { addFirstManager, addSampleStaff, purge } from "./commands.js";
import { contract } from "./contract.js";
import { createGuard } from "./guard.js";
import { hasSampleStaff } from "./queries.js";
import { createRouter } from "./router.js";
import type { AuthDatabase, AuthTables } from "./schema.js";

export { contract };
export { allPermissions } from "./rules.js";
export type { AuthTables };

export interface AuthParts {
  readonly database: AuthDatabase;
  readonly clock: () => Date;
  readonly sampleStaffAllowed: boolean;
  readonly secure: boolean;
}

const PURGE_MS = 3_600_000;

export function createAuth({ database, clock, sampleStaffAllowed, secure }: AuthParts) {
  const sessions = createGuard(database, clock);
  let timer: NodeJS.Timeout | undefined;
  return {
    name: "auth" as const,
    router: createRouter({ database, sessions, clock, sampleStaffAllowed, secure }),
    guard: sessions.guard,
    subscriptions: [],
    addSampleStaff: () => addSampleStaff(database),
    addFirstManager: () => addFirstManager(database),
    hasSampleStaff: () => hasSampleStaff(database),
    start: () => {
      // A failed purge costs nothing: the next one takes what it left.
      timer = setInterval(() => void purge(database).catch(() => undefined), PURGE_MS);
      timer.unref();
      return Promise.resolve();
    },
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
