// What every request passes, and the routes that belong to no module. Bodies of answers are never more than they say.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import helmet from "helmet";
import { type Logger, type Metrics, traceOf } from "#platform/observability";
import { addressBehindProxy, isLocal } from "./access.js";
import { type createApi, type Headers, matchesEtag, type RequestFacts } from "./api.js";
import { ClientGone } from "./body.js";
import type { Readiness } from "./health.js";
import type { OpenApiDocument } from "./openapi.js";
import { docsPage, landingPage, problemPage, readErrors, STYLE } from "./pages.js";
import { HttpRefusal, toAnswer } from "./problems.js";
import { type LiveScreens, type Screens, serveBuilt } from "./screens.js";

/** Whether a proxy on this machine passes on what others ask, and whether it names them in that header. */
export type BehindProxy = boolean | "x-forwarded-for";

export interface AppParts {
  readonly api: ReturnType<typeof createApi>;
  /** Asked once, for the first who reads it: making it takes as long as a tenth of a start. */
  readonly document: () => Promise<OpenApiDocument>;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Without them, / is a short page with links. */
  readonly screens: Screens | undefined;
  /** Of live screens, once there is a server. */
  readonly liveScreens: () => LiveScreens | undefined;
  readonly secure: boolean;
  readonly behindProxy: BehindProxy;
  readonly urlLength: number;
  readonly draining: () => boolean;
}

const factsOf = (response: express.Response): RequestFacts =>
  response.locals["facts"] as RequestFacts;

/** What is known of a request that came the short way and goes on the long one. */
interface Begun {
  readonly facts: RequestFacts;
  readonly refusal?: unknown;
}

/** The reads that every till makes are answered without Express; what holds for all requests holds for them too. */
export function createListener(parts: AppParts): RequestListener {
  const { api } = parts;
  const fixed = securityHeaders(parts.secure, parts.screens?.kind === "live");
  const begun = new WeakMap<IncomingMessage, Begun>();
  const app = createExpress(parts, fixed, begun);
  return (request, response) => {
    if (!api.isInMemory(request)) return app(request, response);
    const facts = begin(request, response, parts);
    const goOn = (refusal?: unknown) => {
      begun.set(request, { facts, refusal });
      app(request, response);
    };
    api
      .answerFromMemory(request, response, facts, [...fixed, REQUEST_ID, facts.requestId])
      .then((answered) => answered || goOn(), goOn);
  };
}

function createExpress(
  parts: AppParts,
  fixed: Headers,
  begun: WeakMap<IncomingMessage, Begun>,
): express.Express {
  const { api, metrics } = parts;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/healthz", (_request, response) => void response.json({ status: "alive" }));
  app.use((request, response, next) => {
    const { facts, refusal } = begun.get(request) ?? { facts: begin(request, response, parts) };
    response.locals["facts"] = facts;
    response.setHeader(REQUEST_ID, facts.requestId);
    for (let at = 0; at < fixed.length; at += 2)
      response.setHeader(fixed[at] ?? "", fixed[at + 1] ?? "");
    if (refusal !== undefined) throw refusal;
    if (request.url.length > parts.urlLength) throw new HttpRefusal("URL_TOO_LONG");
    next();
  });
  app.use("/api", (request, response) => {
    // Express shortens `url` below a mount; the contract's paths are read from the original.
    request.url = request.originalUrl;
    return api.answer(request, response, factsOf(response));
  });
  app.use(systemRoutes(parts));
  if (parts.screens?.kind === "built") app.use(serveBuilt(parts.screens.folder));
  else if (parts.screens)
    app.use((request, response, next) => {
      const live = parts.liveScreens();
      if (live) live.handle(request, response, next);
      else next();
    });
  else app.get("/", (_request, response) => void response.type("html").send(landingPage()));
  app.use(() => {
    throw new HttpRefusal("UNKNOWN_ROUTE");
  });
  app.use(asProblem(parts.logger, metrics));
  return app;
}

const REQUEST_ID = "x-request-id";

/** Once for each request: what the server knows of it at once, and what it took, when it is over. */
function begin(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, draining, behindProxy }: AppParts,
): RequestFacts {
  const startedAt = performance.now();
  const requestId = randomUUID();
  const { traceparent, "x-forwarded-for": forwardedFor } = request.headers;
  const peer = request.socket.remoteAddress ?? "";
  const remoteAddress =
    behindProxy === "x-forwarded-for" ? addressBehindProxy(peer, forwardedFor) : peer;
  const trace = traceOf(typeof traceparent === "string" ? traceparent : undefined);
  const facts: RequestFacts = {
    requestId,
    trace: trace ?? requestId.replaceAll("-", ""),
    remoteAddress,
    local: behindProxy === false && isLocal(peer, request),
    route: "other",
  };
  if (draining()) response.shouldKeepAlive = false;
  response.once("close", () => {
    const labels = {
      method: (request.method ?? "").slice(0, 10),
      route: facts.route,
      status: response.writableFinished ? String(response.statusCode) : "aborted",
    };
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.histogram("http_request_duration_seconds", labels, seconds);
  });
  return facts;
}

/** The same for every answer. `live`: the tools of development put scripts and styles into the page itself. */
function securityHeaders(secure: boolean, live: boolean): Headers {
  const own = ["'self'"];
  const code = live ? ["'self'", "'unsafe-inline'"] : own;
  const headers: string[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push(name, value),
    removeHeader: () => undefined,
  };
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: code,
        styleSrc: code,
        imgSrc: ["'self'", "data:"],
        fontSrc: own,
        connectSrc: own,
        mediaSrc: own,
        manifestSrc: own,
        workerSrc: own,
        baseUri: ["'none'"],
        formAction: own,
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: "same-origin" },
  });
  protect({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}

function systemRoutes({ api, readiness, metrics, document }: AppParts): express.Router {
  const router = express.Router();
  const named =
    (route: string): RequestHandler =>
    (_request, response, next) => {
      factsOf(response).route = route;
      next();
    };
  router.get("/readyz", named("/readyz"), async (_request, response) => {
    const answer = await readiness();
    if (answer.status !== "ready") response.status(503).setHeader("retry-after", "2");
    response.setHeader("cache-control", "no-store");
    response.json(answer);
  });
  router.get("/metrics", named("/metrics"), async (request, response) => {
    const facts = factsOf(response);
    if (!facts.local) await api.authorizePage(request, facts, "system.operate");
    const { contentType, text } = await metrics.render();
    response.setHeader("content-type", contentType);
    response.end(text);
  });

  const documented = once(document);
  const openapi = once(async () => kept(JSON.stringify(await documented())));
  const docs = once(async () => kept(docsPage(await documented())));
  const style = kept(STYLE);
  router.get("/openapi.json", named("/openapi.json"), async (request, response) =>
    sendKept(request, response, "application/json; charset=utf-8", await openapi()),
  );
  router.get("/docs", named("/docs"), async (request, response) =>
    sendKept(request, response, "text/html; charset=utf-8", await docs()),
  );
  router.get("/docs/style.css", named("/docs"), (request, response) =>
    sendKept(request, response, "text/css; charset=utf-8", style),
  );
  const errors = readErrors();
  router.get("/problems/:code", named("/problems"), (request, response) => {
    const code = String(request.params["code"]);
    const text = errors.get(code);
    if (text === undefined) throw new HttpRefusal("UNKNOWN_ROUTE");
    response.type("html").send(problemPage(code, text));
  });
  return router;
}

interface KeptPage {
  /** The same bytes for everybody: a text would be copied for each connection that takes it slowly, or not at all. */
  readonly bytes: Buffer;
  readonly etag: string;
}

const kept = (text: string): KeptPage => ({
  bytes: Buffer.from(text),
  etag: `"${randomUUID()}"`,
});

/** Made at the first request and kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function sendKept(
  request: express.Request,
  response: express.Response,
  type: string,
  { bytes, etag }: KeptPage,
): void {
  response.setHeader("etag", etag);
  response.setHeader("cache-control", "no-cache");
  const seen = request.get("if-none-match");
  if (seen !== undefined && matchesEtag(seen, etag)) response.status(304).end();
  else
    response.setHeader("content-type", type).setHeader("content-length", bytes.length).end(bytes);
}

function asProblem(logger: Logger, metrics: Metrics): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (error instanceof ClientGone || response.destroyed) return;
    const facts = factsOf(response);
    const { requestId, trace, route } = facts;
    const known = asRefusal(error);
    const [instance = "/"] = request.originalUrl.split("?");
    const { problem, headers, unexpected } = toAnswer(known, { instance, requestId });
    if (unexpected || problem.status >= 500) {
      const details = { requestId, trace, method: request.method, route, err: causeOf(error) };
      if (unexpected) logger.error(details, "a request failed unexpectedly");
      else logger.warn(details, "a request could not be served");
    }
    metrics.counter("http_problems_total", { code: problem.code });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const text = Buffer.from(JSON.stringify(problem));
    response.writeHead(problem.status, {
      ...headers,
      "content-type": "application/problem+json; charset=utf-8",
      "content-length": text.byteLength,
      "cache-control": "no-store",
    });
    response.end(text);
  };
}

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? error.cause : error;

/** Express and its file server throw errors with a statusCode for what a client did wrong. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || !("statusCode" in error)) return error;
  const status = Number(error.statusCode);
  if (status === 404 || status === 403) return new HttpRefusal("UNKNOWN_ROUTE");
  return status >= 400 && status < 500 ? new HttpRefusal("BAD_REQUEST") : error;
}
