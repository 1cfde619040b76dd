// Who is asking? Turns a bearer token or a cookie into a principal. Remembers for a few seconds, so that a till's
// requests do not each read the session; ended sessions are forgotten at once. Uses up approvals, once each.
import type { Guard, Principal } from "#platform/http";
import { useApproval } from "./commands/approvals.js";
import { hashToken } from "./commands/secrets.js";
import { readBearer, readCookie, SESSION_COOKIE } from "./cookies.js";
import { findOpenSession, findOpenSessions, type SessionRow } from "./queries.js";
import { isSessionOver, permissionsOf } from "./rules.js";
import type { AuthDatabase } from "./schema.js";

/** In another process a sign-out is seen after this time at the latest. */
const REMEMBER_MS = 5_000;
const MAX_REMEMBERED = 10_000;

interface Remembered {
  readonly principal: Principal;
  readonly session: SessionRow;
  readonly checkedAt: number;
}

export function createGuard(database: AuthDatabase, clock: () => Date) {
  const remembered = new Map<string, Remembered>();
  const watchers = new Set<() => void>();
  /** Rises whenever something is forgotten: what was read before that may be out of date already. */
  let forgotten = 0;
  function tell(): void {
    forgotten += 1;
    for (const watcher of watchers) watcher();
  }

  const guard: Guard = {
    async authenticate({ authorization, cookie }) {
      const token = readBearer(authorization) ?? readCookie(cookie, SESSION_COOKIE);
      if (token === undefined) return null;
      const now = clock();
      const known = remembered.get(token);
      if (known && now.getTime() - known.checkedAt < REMEMBER_MS) {
        return isSessionOver(known.session, now) ? null : known.principal;
      }
      const before = forgotten;
      const session = await findOpenSession(database, hashToken(token), now);
      if (!session) {
        remembered.delete(token);
        return null;
      }
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      const principal = toPrincipal(session);
      if (forgotten === before)
        remembered.set(token, { principal, session, checkedAt: now.getTime() });
      return principal;
    },
    useApproval: (use) => useApproval(database, use, clock()),
  };

  return {
    guard,
    /** Whom these sessions belong to now; one that has ended is missing. */
    async recheck(sessionIds: readonly string[]): Promise<ReadonlyMap<string, Principal>> {
      const open = await findOpenSessions(database, sessionIds, clock());
      return new Map(open.map((session) => [session.id, toPrincipal(session)]));
    },
    /** Called when sessions ended or people changed, in this process. */
    onForgotten: (watcher: () => void): void => void watchers.add(watcher),
    forget(sessionIds: readonly string[]): void {
      for (const [token, { session }] of remembered) {
        if (sessionIds.includes(session.id)) remembered.delete(token);
      }
      tell();
    },
    forgetStaff(staffId: string): void {
      for (const [token, { session }] of remembered) {
        if (session.staffId === staffId) remembered.delete(token);
      }
      tell();
    },
  };
}

/** A one-time or reset PIN opens nothing but the door to changing it. */
function toPrincipal(session: SessionRow): Principal {
  return {
    kind: "staff",
    id: session.staffId,
    name: session.name,
    role: session.role,
    permissions: session.mustChangePin ? new Set() : permissionsOf(session.role),
    sessionId: session.id,
    mustChangePin: session.mustChangePin,
  };
}
