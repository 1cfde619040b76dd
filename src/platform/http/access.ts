// Who may do what: the one place where a route's declared permission is checked.
import type { RouteMeta } from "#platform/contract";
import type { Principal } from "./context.js";
import { HttpRefusal } from "./problems.js";

/** Throws UNAUTHENTICATED or FORBIDDEN; the latter names the permission. */
export function authorize(meta: RouteMeta, principal: Principal | null): void {
  if (meta.public) return;
  if (!principal) {
    throw new HttpRefusal("UNAUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
  }
  const { permission } = meta;
  if (permission !== undefined && !principal.permissions.has(permission)) {
    throw new HttpRefusal("FORBIDDEN", {
      detail: `You are not allowed to do this: it needs the permission ${permission}. Ask somebody who has it.`,
      members: { permission },
    });
  }
}

interface Incoming {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Refuses what another site makes a browser send; programs send neither header. Reads are safe: nobody can see them. */
export function refuseForeignSite({ method, host, origin, fetchSite }: Incoming): void {
  if (method === "GET" || method === "HEAD") return;
  const foreign =
    origin !== undefined
      ? !URL.canParse(origin) || new URL(origin).host !== host
      : fetchSite === "cross-site" || fetchSite === "same-site";
  if (foreign) throw new HttpRefusal("FOREIGN_ORIGIN");
}
