// Who calls, and on whose behalf: what every handler of a contract gets. The guard itself is plugged in by app.ts.

export type Role = "manager" | "cashier" | "kitchen" | "system";

export interface Principal {
  readonly kind: "staff" | "system";
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<string>;
  readonly sessionId?: string;
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
  /** Over HTTP only, for throttling sign-in. */
  readonly remoteAddress?: string;
}

/** What a guard may look at. The body is not read before it has answered; foreign sites are refused before it is asked. */
export interface GuardRequest {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly remoteAddress: string;
}

export interface Guard {
  authenticate(request: GuardRequest): Promise<Principal | null>;
}

/** The principal that in-process calls between modules are made as. */
export const systemPrincipal: Principal = {
  kind: "system",
  id: "system",
  name: "Tiffin",
  role: "system",
  permissions: new Set(),
};
