// Errors as people and programs get them: RFC 9457 problems. Decides what may be told; what is not declared is a 500.
import { ORPCError } from "@orpc/server";
import { commonErrors, problemCode } from "#platform/contract";
import { isStoreFailure } from "./store-failure.js";

/** What this folder itself answers; contracts declare the rest. `message` is a cause and a remedy. */
export const httpProblems = {
  BAD_REQUEST: [400, "The request cannot be read. Send well-formed JSON in UTF-8."],
  UNAUTHENTICATED: [401, "Nobody is signed in, or the session has ended. Sign in and try again."],
  FORBIDDEN: [403, "You are not allowed to do this. Ask somebody who is."],
  PIN_CHANGE_REQUIRED: [403, "Your PIN is for one sign-in only. Choose your own first."],
  FOREIGN_ORIGIN: [403, "This request comes from another site. Use the pages of this server."],
  UNKNOWN_ROUTE: [404, "There is nothing at this address. Look at /docs for what there is."],
  METHOD_NOT_ALLOWED: [405, "This address does not know this method. See the Allow header."],
  REQUEST_TIMEOUT: [408, "The request took too long to arrive. Send it again."],
  BODY_TOO_LARGE: [413, "The request is too large. Send less at once."],
  URL_TOO_LONG: [414, "The address is too long. Send less in it."],
  UNSUPPORTED_MEDIA_TYPE: [415, "The body must be JSON. Send Content-Type: application/json."],
  TOO_MANY_REQUESTS: [429, "Too many requests from here. Wait as long as Retry-After says."],
  HEADERS_TOO_LARGE: [431, "The headers of the request are too large. Send fewer cookies."],
  INTERNAL_ERROR: [
    500,
    "Something went wrong here, and it was written down. Try again; if it stays, give the requestId to whoever runs this server.",
  ],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type HttpProblemName = keyof typeof httpProblems;

export interface Problem {
  readonly type: string;
  /** The last part of `type`. */
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly requestId: string;
  readonly [member: string]: unknown;
}

/** Refusal by this folder itself. */
export class HttpRefusal extends Error {
  override name = "HttpRefusal";
  readonly status: number;
  constructor(
    readonly problem: HttpProblemName,
    readonly extra: {
      readonly detail?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    const [status, message] = httpProblems[problem];
    super(extra.detail ?? message);
    this.status = status;
  }
}

export interface Answerable {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** True when nobody foresaw it: then it is logged whole. */
  readonly unexpected: boolean;
}

const RETRY_UNAVAILABLE_SECONDS = 2;

/** Anything thrown, as an answer. A contract's declared error keeps its words; anything else says nothing about us. */
export function toAnswer(
  error: unknown,
  request: { readonly instance: string; readonly requestId: string },
): Answerable {
  if (error instanceof HttpRefusal) {
    const { problem, extra, status, message } = error;
    const members = extra.members ?? {};
    return {
      problem: compose(problem, status, message, request, members),
      headers: extra.headers ?? {},
      unexpected: false,
    };
  }
  if (error instanceof ORPCError && error.defined) {
    const { code, status, message } = error as ORPCError<string, unknown>;
    const data: unknown = error.data;
    const members = typeof data === "object" && data !== null ? { ...data } : {};
    return {
      problem: compose(code, status, message, request, members),
      headers: retryAfter(status, members),
      unexpected: false,
    };
  }
  // Met outside a contract's own call, such as while the guard looks up who asks.
  if (isStoreFailure(error)) {
    const { status, message } = commonErrors.STORE_UNAVAILABLE;
    const problem = compose("STORE_UNAVAILABLE", status, message, request, {});
    return { problem, headers: retryAfter(status, {}), unexpected: false };
  }
  const [status, message] = httpProblems.INTERNAL_ERROR;
  const problem = compose("INTERNAL_ERROR", status, message, request, {});
  return { problem, headers: {}, unexpected: true };
}

function retryAfter(status: number, members: Record<string, unknown>): Record<string, string> {
  const seconds = members["retryAfterSeconds"];
  if (typeof seconds === "number") return { "retry-after": String(Math.ceil(seconds)) };
  return status === 503 || status === 429
    ? { "retry-after": String(RETRY_UNAVAILABLE_SECONDS) }
    : {};
}

/** `type` tells problems apart. `code` repeats it, unless the problem has a code of its own to tell, such as why a
 *  card was declined. Another own member with the name of a standard one is kept inside `data`. */
function compose(
  name: string,
  status: number,
  detail: string,
  { instance, requestId }: { readonly instance: string; readonly requestId: string },
  members: Readonly<Record<string, unknown>>,
): Problem {
  const code = problemCode(name);
  const title = code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");
  const standard = { type: `/problems/${code}`, code, title, status, detail, instance, requestId };
  const { code: own, ...others } = members;
  const collides = Object.keys(others).some((member) => member in standard);
  return {
    ...others,
    ...standard,
    ...(typeof own === "string" && { code: own }),
    ...(collides && { data: members }),
  };
}
