// Who is asking? Turns a bearer token or a cookie into a principal. Remembers for a few seconds, so that a till's
// requests do not each read the session; ended sessions are forgotten at once.
import type { Guard, Principal } from "#platform/http";
import { hashToken } from "./commands.js";
import { findOpenSession, type SessionRow } from "./queries.js";
import { isSessionOver, permissionsOf } from "./rules.js";
import type { AuthDatabase } from "./schema.js";

/** In another process a sign-out is seen after this time at the latest. */
const REMEMBER_MS = 5_000;
const MAX_REMEMBERED = 10_000;
export const COOKIE = "tiffin_session";

export interface SessionPrincipal extends Principal {
  readonly mustChangePin: boolean;
}

interface Remembered {
  readonly principal: SessionPrincipal;
  readonly session: SessionRow;
  readonly checkedAt: number;
}

export function createGuard(database: AuthDatabase, clock: () => Date) {
  const remembered = new Map<string, Remembered>();

  const guard: Guard = {
    async authenticate({ authorization, cookie }) {
      const token = tokenOf(authorization, cookie);
      if (token === undefined) return null;
      const now = clock();
      const known = remembered.get(token);
      if (known && now.getTime() - known.checkedAt < REMEMBER_MS) {
        return isSessionOver(known.session, now) ? null : known.principal;
      }
      const session = await findOpenSession(database, hashToken(token), now);
      if (!session) {
        remembered.delete(token);
        return null;
      }
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      const principal = toPrincipal(session);
      remembered.set(token, { principal, session, checkedAt: now.getTime() });
      return principal;
    },
  };

  return {
    guard,
    forget(sessionIds: readonly string[]): void {
      for (const [token, { session }] of remembered) {
        if (sessionIds.includes(session.id)) remembered.delete(token);
      }
    },
    forgetStaff(staffId: string): void {
      for (const [token, { session }] of remembered) {
        if (session.staffId === staffId) remembered.delete(token);
      }
    },
  };
}

/** A one-time or reset PIN opens nothing but the door to changing it. */
function toPrincipal(session: SessionRow): SessionPrincipal {
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

function tokenOf(
  authorization: string | undefined,
  cookie: string | undefined,
): string | undefined {
  const bearer = /^Bearer ([\w-]{20,100})$/i.exec(authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const pair = (cookie ?? "").split("; ").find((one) => one.startsWith(`${COOKIE}=`));
  const value = pair?.slice(COOKIE.length + 1);
  return value !== undefined && /^[\w-]{20,100}$/.test(value) ? value : undefined;
}
