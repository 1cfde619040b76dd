// Who may do what: the one place where a route's declared permission is checked.
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { RouteMeta } from "#platform/contract";
import type { ApprovalUse, Principal } from "./context.js";
import { HttpRefusal } from "./problems.js";

/** What came with the request in its `approval` header, and who can say whether it is good. */
export interface Approving {
  readonly approval: string | undefined;
  use(approval: ApprovalUse): Promise<Principal["approvedBy"] | null>;
  /** What the request has as its input of this name. Throws where its body cannot be read. */
  input(name: string): Promise<unknown>;
}

/** Answers with whoever acts; an approval that the caller needed is then used up, and its giver stands in `approvedBy`.
 *  Throws UNAUTHENTICATED, PIN_CHANGE_REQUIRED or FORBIDDEN; the latter names the permission. */
export async function authorize(
  meta: RouteMeta,
  principal: Principal | null,
  approving?: Approving,
): Promise<Principal | null> {
  if (meta.public) return principal;
  if (!principal) {
    throw new HttpRefusal("UNAUTHENTICATED", { headers: { "www-authenticate": "Bearer" } });
  }
  if (principal.mustChangePin && !meta.beforePinChange) {
    throw new HttpRefusal("PIN_CHANGE_REQUIRED");
  }
  const { permission, approvable } = meta;
  if (permission === undefined || principal.permissions.has(permission)) return principal;
  const approval = approving?.approval;
  if (approvable !== undefined && approving && approval !== undefined) {
    const subject = await approving.input(approvable);
    const use = typeof subject === "string" && { approval, principal, permission, subject };
    const approvedBy = use && (await approving.use(use));
    if (approvedBy) return { ...principal, approvedBy };
  }
  throw new HttpRefusal("FORBIDDEN", {
    detail: forbidden(permission, approvable !== undefined, approval !== undefined),
    members: { permission, approvable: approvable !== undefined },
  });
}

function forbidden(permission: string, approvable: boolean, given: boolean): string {
  if (approvable && given) {
    return "This approval was used already, has expired, or was given for something else, such as another order. Have it given for this.";
  }
  const remedy = approvable
    ? "Have somebody who has it approve it with their PIN, or ask them to do it."
    : "Ask somebody who has it.";
  return `You are not allowed to do this: it needs the permission ${permission}. ${remedy}`;
}

/** What a request is let in by: its bearer token, or else its cookies, never one where the other was checked. Only the
 *  cookies come along with what another site makes a browser send, whatever else it sends. */
export const credentialOf = ({ authorization, cookie }: Credentials): Credentials =>
  authorization !== undefined && /^Bearer /i.test(authorization) ? { authorization } : { cookie };

interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
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

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const PASSED_ON = ["forwarded", "x-forwarded-for", "x-real-ip", "via"] as const;

/** Whether a request comes from this very machine. What a proxy on it passes on comes from somewhere else, and so does
 *  what a page of another site sends after its name was pointed here (DNS rebinding: the Host tells). A proxy may name
 *  nobody, as nginx does unless it is told to, but nothing else speaks HTTP/1.0 here; the others need BEHIND_PROXY. */
export const isLocal = (
  remoteAddress: string,
  { httpVersion, headers }: Pick<IncomingMessage, "httpVersion" | "headers">,
): boolean =>
  LOOPBACK.test(remoteAddress) &&
  httpVersion !== "1.0" &&
  LOOPBACK_HOST.test(String(headers["host"])) &&
  PASSED_ON.every((header) => headers[header] === undefined);

/** Whose request a proxy on this machine passes on: the last entry is what it added itself, those before it are only what
 *  it was told. Without a good one, its own address. */
export function addressBehindProxy(peer: string, forwardedFor: unknown): string {
  const last = String(forwardedFor).split(",").at(-1)?.trim() ?? "";
  return LOOPBACK.test(peer) && isIP(last) !== 0 ? last : peer;
}
