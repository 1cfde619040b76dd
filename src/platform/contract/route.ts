// The start of every route in a contract, and the type other modules see it by.
import { type ContractRouter, type ContractRouterClient, oc } from "@orpc/contract";
import { commonErrors } from "./errors.js";

/** At most one of `permission`, `public` and `internal` is set; with none, being signed in is enough. */
export interface RouteMeta {
  /** What the caller must be allowed to do, such as `orders.place`. */
  permission?: string;
  /** Who lacks the permission may do it with the approval of somebody who has it, `POST /approvals`. It is given for one
   *  subject: the name of the input, in the address or in the body, that holds its id. */
  approvable?: string;
  /** Open also to who must first replace a one-time PIN. */
  beforePinChange?: true;
  /** Open to everybody, also without a session. */
  public?: true;
  /** For other modules only: not mounted on the public HTTP face, not in /openapi.json. */
  internal?: true;
  /** Answers with server-sent events: what the handler accepts is handed to the server's event stream. */
  stream?: true;
  /** The largest body in bytes, where the usual limit is too small, as for imports, or too much to take from strangers. */
  maxBodyBytes?: number;
}

/** Contracts are made of these: `route.meta({ permission }).route({ method, path }).input(…).output(…).errors(…)`.
 *  Paths start without /api. */
export const route = oc.$meta<RouteMeta>({}).errors(commonErrors);

export type Contract = ContractRouter<RouteMeta>;

/** What a caller may add to a call on a face. */
export interface FaceCallOptions {
  /** Joins what happens to the request that caused it. */
  trace?: string;
  [key: string]: unknown;
}

/** A module's face as other modules see it: the same in-process and, in a split, over HTTP. */
export type Face<C extends Contract> = ContractRouterClient<C, FaceCallOptions>;

export type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
