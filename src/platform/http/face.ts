// A module's contract made callable: what handlers start from, and what other modules hold.
// The same rules apply to a call in-process and over HTTP; only who may call differs.
import { randomUUID } from "node:crypto";
import {
  createProcedureClient,
  implement,
  isProcedure,
  ORPCError,
  type ProcedureClientInterceptorOptions,
  type Router,
  ValidationError,
} from "@orpc/server";
import {
  commonErrors,
  type Contract,
  type Face,
  type FaceCallOptions,
  faultsOf,
} from "#platform/contract";
import { newTrace } from "#platform/observability";
import type { CallContext, Principal } from "./context.js";
import { isStoreFailure } from "./store-failure.js";

/** The start of a router: `const orders = implementContract(contract)`. */
export const implementContract = <C extends Contract>(contract: C) =>
  implement(contract).$context<CallContext & Record<never, never>>();

type AnyContext = Record<PropertyKey, unknown>;
interface CallInterceptor extends Pick<
  ProcedureClientInterceptorOptions<AnyContext, never, never>,
  "procedure"
> {
  next(this: void): Promise<unknown>;
}

const common = (code: keyof typeof commonErrors, cause: unknown, data?: unknown) =>
  new ORPCError<string, unknown>(code, {
    defined: true,
    status: commonErrors[code].status,
    message: commonErrors[code].message,
    data,
    cause,
  });

/** Turns what any call can meet into the common errors of every contract. */
export async function translateFailures({ next, procedure }: CallInterceptor): Promise<unknown> {
  try {
    return await next();
  } catch (error) {
    if (isStoreFailure(error)) throw common("STORE_UNAVAILABLE", error);
    const refused = error instanceof ORPCError && error.code === "BAD_REQUEST" && error.cause;
    if (!(refused instanceof ValidationError)) throw error;
    const detailed = procedure["~orpc"].route.inputStructure === "detailed";
    const faults = faultsOf(refused.issues);
    if (!detailed) throw common("INVALID_INPUT", undefined, { errors: faults });
    const headers = faults.filter(({ path }) => path.startsWith("headers."));
    if (headers.length > 0) {
      const errors = headers.map((fault) => ({ ...fault, path: fault.path.slice(8) }));
      throw common("INVALID_HEADERS", undefined, { errors });
    }
    const errors = faults.map(({ path, message }) => ({
      path: path.replace(/^(body|query|params)(\.|$)/, ""),
      message,
    }));
    throw common("INVALID_INPUT", undefined, { errors });
  }
}

/** What other modules get. Calls are made as `principal`; a call's `context: { trace }` joins it to its cause.
 *  `onCall` is for counting.
 *  Built once, so that a call costs no proxies. */
export function createFace<C extends Contract>(
  router: Router<C, CallContext>,
  { principal, onCall }: { principal: Principal; onCall?: () => void },
): Face<C> {
  const context = ({ trace }: FaceCallOptions): CallContext => {
    onCall?.();
    return {
      principal,
      trace: trace ?? newTrace(),
      requestId: randomUUID(),
      via: "in-process",
    };
  };
  const build = (node: object, path: string[]): unknown => {
    if (isProcedure(node)) {
      return createProcedureClient(node, {
        path,
        context,
        interceptors: [translateFailures as never],
      });
    }
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [key, build(child as object, [...path, key])]),
    );
  };
  return build(router, []) as Face<C>;
}
