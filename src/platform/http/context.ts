// Who calls, and on whose behalf: what every handler of a contract gets. The guard itself is plugged in by app.ts.
import type { ActionBy } from "#platform/kernel";

export type Role = "manager" | "cashier" | "kitchen" | "system";

export interface Principal {
  readonly kind: "staff" | "system";
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<string>;
  readonly sessionId?: string;
  /** True while the PIN is one that somebody else chose: then only routes with `beforePinChange` are open. */
  readonly mustChangePin?: boolean;
  /** Who allowed this one request, where the caller alone may not make it. Both are recorded. */
  readonly approvedBy?: { readonly id: string; readonly name: string };
}

export interface CallContext {
  /** Null only on public routes. */
  readonly principal: Principal | null;
  /** W3C trace id: 32 hex digits, the same in everything that one request caused. */
  readonly trace: string;
  readonly requestId: string;
  readonly via: "http" | "in-process";
  /** Over HTTP only: where it came from, for throttling sign-in and for the audit log. */
  readonly remoteAddress?: string;
  /** Over HTTP only: from this very machine, and not passed on by a proxy. */
  readonly local?: boolean;
  /** Over HTTP only, for sign-in, which keeps cookies of its own. */
  readonly cookie?: string | undefined;
  /** Over HTTP only: the page that asks came by TLS, from this server or from a proxy before it. */
  readonly fromTlsPage?: boolean;
}

/** What a guard may look at. The body is not read before it has answered; foreign sites are refused before it is asked. */
export interface GuardRequest {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly remoteAddress: string;
}

/** An approval that a request carries, and for what it is to be used: once. */
export interface ApprovalUse {
  readonly approval: string;
  readonly principal: Principal;
  readonly permission: string;
  /** The id of what the request is about, as the request has it: an approval is for one subject only. */
  readonly subject: string;
}

export interface Guard {
  authenticate(request: GuardRequest): Promise<Principal | null>;
  /** Uses the approval up and answers with its giver; null when it is not good. Without this, nothing is approvable. */
  useApproval?(use: ApprovalUse): Promise<Principal["approvedBy"] | null>;
}

/** The principal that in-process calls between modules are made as. */
export const systemPrincipal: Principal = {
  kind: "system",
  id: "system",
  name: "Tiffin",
  role: "system",
  permissions: new Set(),
};

/** Who acts, as `action-taken` events tell it. Null where no person does: modules call each other as the system. */
export function actorOf({ principal, remoteAddress }: CallContext): ActionBy | null {
  if (!principal || principal.role === "system") return null;
  const { id, name, role, approvedBy } = principal;
  return {
    actor: { id, name, role },
    ...(approvedBy && { approvedBy }),
    ...(remoteAddress !== undefined && { from: remoteAddress }),
  };
}
