// The server as a typed object: `api.orders.list({ limit: 20 })`, and as queries: `queries.orders.list.queryOptions(…)`.
// Types come from the modules' contracts; at run time only method and path of each route are known.
import { createORPCClient, ORPCError } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { JsonifiedClient } from "@orpc/openapi-client";
import { OpenAPILink } from "@orpc/openapi-client/fetch";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import type { contract as audit } from "../../../src/modules/audit/contract.js";
import type { contract as auth } from "../../../src/modules/auth/contract.js";
import type { contract as inventory } from "../../../src/modules/inventory/contract.js";
import type { contract as kitchen } from "../../../src/modules/kitchen/contract.js";
import type { contract as orders } from "../../../src/modules/orders/contract.js";
import type { contract as payments } from "../../../src/modules/payments/contract.js";
import type { contract as reporting } from "../../../src/modules/reporting/contract.js";
import type { contract as restaurant } from "../../../src/modules/restaurant/contract.js";
import type { contract as system } from "../../../src/system/contract.js";

type Contracts = {
  audit: typeof audit;
  auth: typeof auth;
  inventory: typeof inventory;
  kitchen: typeof kitchen;
  orders: typeof orders;
  payments: typeof payments;
  reporting: typeof reporting;
  restaurant: typeof restaurant;
  system: typeof system;
};

interface CallOptions {
  /** Of one who approved this one request: the answer of POST /api/approvals. */
  readonly approval?: string;
}

export type Api = JsonifiedClient<ContractRouterClient<Contracts, CallOptions>>;

/** Longer than the server's own deadlines: what has not answered then will not. */
const TIMEOUT_MS = 20_000;

const link = new OpenAPILink<CallOptions>(ROUTES, {
  url: () => `${location.origin}/api`,
  headers: ({ context }) => (context.approval === undefined ? {} : { approval: context.approval }),
  fetch: async (request, init) =>
    readable(
      await fetch(request, {
        ...init,
        credentials: "same-origin",
        signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      }),
    ),
  customErrorResponseBodyDecoder: (body, { status }) => refusalOf(body, status),
});

/** oRPC's client parses `application/json` and takes `application/problem+json` for a file. Anything else is a page of the
 *  Wi-Fi or of a proxy, also with status 200, and no answer: throws. */
function readable(response: Response): Response {
  const { status, statusText } = response;
  const type = response.headers.get("content-type") ?? "";
  if (type === "" || type.startsWith("application/json")) return response;
  if (!type.startsWith("application/problem+json"))
    throw new TypeError(`${type} is no answer of this server`);
  const headers = new Headers(response.headers);
  headers.set("content-type", "application/json");
  return new Response(response.body, { status, statusText, headers });
}

/** A problem of RFC 9457 as the error that oRPC's client throws; its members are the error's data. */
function refusalOf(body: unknown, status: number) {
  // What is no JSON comes as a file, whose own `type` names no problem.
  const isProblem = typeof body === "object" && body !== null && !(body instanceof Blob);
  const problem = (isProblem ? body : {}) as {
    type?: unknown;
    detail?: unknown;
  };
  const type = typeof problem.type === "string" ? problem.type : "";
  const code = type.split("/").at(-1) || `http-${status}`;
  return new ORPCError(code, {
    status,
    message: typeof problem.detail === "string" ? problem.detail : code,
    data: problem,
  });
}

export const api: Api = createORPCClient(link);
export const queries = createTanstackQueryUtils(api);
