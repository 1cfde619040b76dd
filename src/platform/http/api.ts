// Everything under /api: finds the route, asks who is there, and only then reads the body and calls the contract.
import type { IncomingMessage, ServerResponse } from "node:http";
import { StandardOpenAPIHandler, StandardOpenAPIMatcher } from "@orpc/openapi/standard";
import { type AnyRouter, ORPCError } from "@orpc/server";
import type { RouteMeta } from "#platform/contract";
import type { Foreground } from "#platform/kernel";
import { authorize, credentialOf, refuseForeignSite } from "./access.js";
import { type BodyLimits, ClientGone, readJson } from "./body.js";
import type { CallContext, Guard, Principal } from "./context.js";
import { type EventStream, sendEvents } from "./event-stream.js";
import { translateFailures } from "./face.js";
import { HttpRefusal } from "./problems.js";
import type { RateLimit } from "./rate-limit.js";
import { listRoutes } from "./routes.js";

/** A read that is served from memory, beside the route of the same path in its contract, which documents it. */
export interface CachedRead {
  /** As in the contract, without /api and without parameters. */
  readonly path: `/${string}`;
  /** Undefined: the route's own handler answers. The body is JSON. */
  read(this: void): { readonly etag: string; readonly body: Buffer } | undefined;
}

export interface ApiParts {
  readonly routers: Readonly<Record<string, AnyRouter>>;
  readonly guard: Guard;
  readonly cachedReads: readonly CachedRead[];
  /** Answers the routes whose contract says `stream`. */
  readonly eventStream: EventStream | undefined;
  readonly foreground: Foreground;
  readonly limits: BodyLimits;
  readonly rateLimit: RateLimit;
}

/** What the server knows of a request before it looks at its path. */
export interface RequestFacts {
  readonly requestId: string;
  readonly trace: string;
  readonly remoteAddress: string;
  /** From this very machine, and not passed on by a proxy. */
  readonly local: boolean;
  /** Set once the route is known, for metrics: never a path with ids in it. */
  route: string;
}

/** Names and values in turn. */
export type Headers = readonly string[];

const PREFIX = "/api";
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** An unread body larger than this is not waited for. */
const UNREAD_BYTES = 65_536;

export const isPublicRoute = (meta: RouteMeta): boolean => meta.internal !== true;

export function createApi(parts: ApiParts) {
  const { routers, guard, cachedReads, eventStream, foreground, limits, rateLimit } = parts;
  const filter = ({ contract }: { contract: { "~orpc": { meta: RouteMeta } } }) =>
    isPublicRoute(contract["~orpc"].meta);
  const matcher = new StandardOpenAPIMatcher({ filter });
  matcher.init(routers);
  const thrown = new WeakMap<object, unknown>();
  const handler = new StandardOpenAPIHandler<CallContext & Record<never, never>>(routers, {
    filter,
    interceptors: [
      async (options) => {
        try {
          return await options.next();
        } catch (error) {
          thrown.set(options.request, error);
          throw error;
        }
      },
    ],
    clientInterceptors: [translateFailures as never],
  });
  const fromMemory = new Map(
    cachedReads.map((cached) => {
      const entry = listRoutes(routers).find(
        ({ method, path }) => method === "GET" && path === cached.path,
      );
      if (!entry) throw new Error(`No contract declares GET ${cached.path}`);
      return [entry.path, { ...entry, params: undefined, read: cached.read }] as const;
    }),
  );
  const match = (method: string, path: string) => matcher.match(method, path as `/${string}`);

  async function findRoute(method: string, path: string) {
    const matched = await match(method === "HEAD" ? "GET" : method, path);
    if (matched) {
      const { meta, route } = matched.procedure["~orpc"];
      return { meta: meta as RouteMeta, path: route.path ?? path, params: matched.params };
    }
    const allowed: string[] = [];
    for (const other of METHODS) if (await match(other, path)) allowed.push(other);
    if (allowed.length === 0) throw new HttpRefusal("UNKNOWN_ROUTE");
    if (allowed.includes("GET")) allowed.push("HEAD");
    throw new HttpRefusal("METHOD_NOT_ALLOWED", { headers: { allow: allowed.join(", ") } });
  }

  async function identify(
    request: IncomingMessage,
    facts: RequestFacts,
  ): Promise<Principal | null> {
    const { origin, host } = request.headers;
    const { authorization, cookie } = credentialOf(request.headers);
    const credential = authorization ?? cookie;
    rateLimit.admit(facts.remoteAddress, credential);
    if (credential === undefined) return null;
    const method = request.method ?? "GET";
    if (authorization === undefined) {
      const fetchSite = request.headers["sec-fetch-site"];
      const site = typeof fetchSite === "string" ? fetchSite : undefined;
      refuseForeignSite({ method, host, origin, fetchSite: site });
    }
    const principal = await guard.authenticate({
      authorization,
      cookie,
      remoteAddress: facts.remoteAddress,
    });
    if (principal) rateLimit.trust(credential, principal.sessionId ?? principal.id);
    return principal;
  }

  /** Answers a read that is served from memory, as plain as every till makes it; false where `answer` must.
   *  @throws a refusal */
  async function answerFromMemory(
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts,
    headers: Headers,
  ): Promise<boolean> {
    const memory = fromMemory.get(request.url?.slice(PREFIX.length) ?? "");
    if (!memory) return false;
    facts.route = memory.path;
    const caller = await identify(request, facts);
    await authorize(memory.meta, caller);
    const cached = memory.read();
    if (cached) sendCached(request, response, cached, headers);
    return cached !== undefined;
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    facts: RequestFacts,
  ): Promise<void> {
    const url = readUrl(request);
    const path = url.pathname.slice(PREFIX.length) || "/";
    const method = request.method ?? "GET";
    const { shouldKeepAlive } = response;
    if (mayBeLarge(request)) response.shouldKeepAlive = false;
    const reads = method === "GET" || method === "HEAD";
    const memory = reads ? fromMemory.get(path) : undefined;
    const { meta, params, path: pattern } = memory ?? (await findRoute(method, path));
    facts.route = pattern;
    let reading: Promise<unknown> | undefined;
    const readBody = () =>
      (reading ??= readJson(request, {
        ...limits,
        bodyBytes: meta.maxBodyBytes ?? limits.bodyBytes,
      }));
    const caller = await identify(request, facts);
    const { approval } = request.headers;
    const principal = await authorize(meta, caller, {
      approval: typeof approval === "string" ? approval : undefined,
      use: (use) => guard.useApproval?.(use) ?? Promise.resolve(null),
      // As oRPC joins them: what stands in the address counts.
      input: async (name) =>
        params?.[name] ?? ((await readBody()) as Record<string, unknown> | null)?.[name],
    });

    const cached = memory?.read();
    if (cached) return sendCached(request, response, cached);

    const body = reads ? undefined : await readBody();
    if (!reads) response.shouldKeepAlive = shouldKeepAlive;
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort(new ClientGone("The client hung up"));
    });
    const lazy = {
      method: method === "HEAD" ? ("GET" as const) : method,
      url,
      headers: request.headers,
      body: () => Promise.resolve(body),
      signal: gone.signal,
    };
    const { remoteAddress, local, requestId, trace } = facts;
    const { cookie, origin: page = "" } = request.headers;
    const origin = { remoteAddress, local, cookie, fromTlsPage: /^https:/i.test(page) };
    const context: CallContext = { principal, requestId, trace, via: "http", ...origin };
    // Reads publish nothing, and some take long.
    const leave = reads ? undefined : foreground.enter();
    const result = await handler.handle(lazy, { prefix: PREFIX, context }).finally(() => leave?.());
    if (!result.matched) throw new HttpRefusal("UNKNOWN_ROUTE");
    const failure = thrown.get(lazy);
    if (failure !== undefined) {
      const unreadable = result.response.status === 400 && !(failure instanceof ORPCError);
      throw unreadable ? new HttpRefusal("BAD_REQUEST") : failure;
    }
    if (meta.stream) {
      if (!eventStream || !principal) throw new Error("No event stream is plugged in");
      const accepted = result.response.body;
      return sendEvents(request, response, eventStream, { principal, accepted });
    }
    await send(response, result.response);
  }

  return {
    answer,
    answerFromMemory,
    /** For a page that no contract declares. Throws what a route with this permission would. */
    async authorizePage(request: IncomingMessage, facts: RequestFacts, permission: string) {
      const caller = await identify(request, facts);
      await authorize({ permission }, caller);
    },
    /** Whether `answerFromMemory` is worth asking. */
    isInMemory: (request: IncomingMessage): boolean => {
      const { method, url = "" } = request;
      const known = url.startsWith(PREFIX) && fromMemory.has(url.slice(PREFIX.length));
      return known && method === "GET" && !mayBeLarge(request);
    },
  };
}

const mayBeLarge = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"]) > UNREAD_BYTES;

/** Throws BAD_REQUEST for what no path of ours can be. */
function readUrl(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  const { host } = request.headers;
  if (/%00/.test(target)) throw malformed();
  try {
    decodeURIComponent(target.replaceAll("+", " "));
    return new URL(target, `http://${host ?? "localhost"}`);
  } catch {
    throw malformed();
  }
}

const malformed = () =>
  new HttpRefusal("BAD_REQUEST", {
    detail: "The address is malformed. Correct it and send the request again.",
  });

function sendCached(
  request: IncomingMessage,
  response: ServerResponse,
  { etag, body }: { etag: string; body: Buffer },
  others: Headers = [],
): void {
  const headers = [...others, "etag", etag, "cache-control", "no-cache"];
  const seen = request.headers["if-none-match"];
  if (seen !== undefined && matchesEtag(seen, etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const type = "application/json; charset=utf-8";
  response
    .writeHead(200, [...headers, "content-type", type, "content-length", String(body.byteLength)])
    .end(body);
}

/** Weak comparison, as RFC 9110 wants it for If-None-Match. */
export const matchesEtag = (ifNoneMatch: string, etag: string): boolean => {
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").map(bare).includes(bare(etag));
};

interface StandardAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
}

/** JSON, or the bytes of a file. */
async function bytesOf(body: unknown): Promise<Buffer | undefined> {
  if (body instanceof Blob) return Buffer.from(await body.arrayBuffer());
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

async function send(
  response: ServerResponse,
  { status, headers, body }: StandardAnswer,
): Promise<void> {
  const bytes = await bytesOf(body);
  if (response.destroyed) return;
  const type = body instanceof Blob ? body.type : "application/json; charset=utf-8";
  const own = Object.entries(headers).filter(([, value]) => value !== undefined);
  response.writeHead(status, {
    "cache-control": "no-store",
    ...(bytes && { "content-type": type }),
    ...(status !== 304 && { "content-length": bytes?.byteLength ?? 0 }),
    ...(Object.fromEntries(own) as Record<string, string | string[]>),
  });
  response.end(bytes);
}
