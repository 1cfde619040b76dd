// From contract to working routes: the context that every call carries, and the in-process face.
import type { AnyContractRouter } from "@orpc/contract";
import { type AnyRouter, createRouterClient, implement } from "@orpc/server";
import type { Face } from "#platform/contract";

export interface Principal {
  readonly kind: "staff" | "system";
  readonly id: string;
  readonly name: string;
  readonly role: "manager" | "cashier" | "kitchen" | "system";
  readonly permissions: ReadonlySet<string>;
  readonly sessionId?: string;
}

/** What every handler knows of its call. */
export interface CallContext {
  /** Null only on public routes. */
  readonly principal: Principal | null;
  readonly requestId: string;
  /** W3C trace id: the events and logs of one request carry it. */
  readonly trace: string;
  readonly via: "http" | "in-process";
  readonly remoteAddress?: string;
}

/** Turns credentials into a principal. Declared here, plugged in by app.ts. */
export interface Guard {
  authenticate(request: {
    readonly authorization: string | undefined;
    readonly cookie: string | undefined;
    readonly remoteAddress: string;
  }): Promise<Principal | null>;
}

export const implementContract = <Contract extends AnyContractRouter>(contract: Contract) =>
  implement(contract).$context<CallContext>();

export const SYSTEM: Principal = {
  kind: "system",
  id: "system",
  name: "Tiffin",
  role: "system",
  permissions: new Set(),
};

/** What other modules get of a module: the contract's own type, validated like a call over HTTP. */
export function createFace<Contract extends AnyContractRouter>(
  _contract: Contract,
  router: AnyRouter,
  principal: Principal = SYSTEM,
): Face<Contract> {
  const context: CallContext = { principal, requestId: "in-process", trace: "", via: "in-process" };
  return createRouterClient(router, { context }) as unknown as Face<Contract>;
}
