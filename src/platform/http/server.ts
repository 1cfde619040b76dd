// The listening server: limits against slow and many clients, TLS, and a stop that lets people finish.
import { randomUUID } from "node:crypto";
import { createServer as createPlain, type Server } from "node:http";
import { createServer as createSecure, type Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { AnyRouter } from "@orpc/server";
import { createForeground, type Foreground, StartError } from "#platform/kernel";
import type { Logger, Metrics } from "#platform/observability";
import { type CachedRead, createApi } from "./api.js";
import { type BehindProxy, createListener } from "./app.js";
import type { BodyLimits } from "./body.js";
import { type ConnectionLimits, guardConnections, refuseBacklogs } from "./connections.js";
import type { Guard } from "./context.js";
import type { EventStream } from "./event-stream.js";
import { type Check, createReadiness } from "./health.js";
import { createOpenApi } from "./openapi.js";
import { type HttpProblemName, HttpRefusal, toAnswer } from "./problems.js";
import { createRateLimit } from "./rate-limit.js";
import type { LiveScreens, Screens } from "./screens.js";
import { readCertificate, type TlsFiles, watchCertificate } from "./tls.js";

export interface HttpLimits extends BodyLimits, ConnectionLimits {
  readonly headerBytes: number;
  readonly urlLength: number;
  /** For all headers, and for the whole request with its body. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** Per address; 0 is without limit. */
  readonly requestsPerMinute: number;
}

const CONNECTIONS = 2_000;

export const defaultLimits: HttpLimits = {
  bodyBytes: 256 * 1024,
  jsonDepth: 32,
  headerBytes: 16 * 1024,
  urlLength: 4_096,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 60_000,
  connections: CONNECTIONS,
  connectionsPerAddress: CONNECTIONS / 4,
  requestsPerMinute: 30_000,
};

export interface HttpParts {
  /** By module. */
  readonly routers: Readonly<Record<string, AnyRouter>>;
  readonly guard: Guard;
  /** What /readyz asks. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tls?: TlsFiles | undefined;
  /** Where it is not false, no request counts as this machine's own. */
  readonly behindProxy?: BehindProxy;
  readonly cachedReads?: readonly CachedRead[];
  readonly eventStream?: EventStream | undefined;
  /** Told of everybody who waits for a change. */
  readonly foreground?: Foreground;
  readonly limits?: Partial<HttpLimits>;
  readonly screens?: Screens | undefined;
}

export interface HttpServer {
  /** Throws StartError when the address cannot be used. `port` 0 takes a free one. */
  listen(at: { readonly port: number; readonly host: string }): Promise<{ readonly url: string }>;
  /** Takes no more connections, lets running requests finish, and after `graceMs` cuts what is left. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export async function createHttpServer(parts: HttpParts): Promise<HttpServer> {
  const { routers, guard, metrics, logger, tls } = parts;
  const limits: HttpLimits = { ...defaultLimits, ...parts.limits };
  let draining = false;
  let liveScreens: LiveScreens | undefined;
  const answering = createListener({
    api: createApi({
      routers,
      guard,
      cachedReads: parts.cachedReads ?? [],
      eventStream: parts.eventStream,
      foreground: parts.foreground ?? createForeground(),
      limits,
      rateLimit: createRateLimit(limits.requestsPerMinute),
    }),
    document: () => createOpenApi(routers),
    readiness: createReadiness(parts.checks, logger),
    metrics,
    logger,
    screens: parts.screens,
    liveScreens: () => liveScreens,
    secure: tls !== undefined,
    behindProxy: parts.behindProxy ?? false,
    urlLength: limits.urlLength,
    draining: () => draining,
  });
  const listener = refuseBacklogs(answering);
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
  };
  const server: Server | SecureServer = tls
    ? createSecure(
        { ...options, ...readCertificate(tls), handshakeTimeout: limits.headersMs },
        listener,
      )
    : createPlain(options, listener);
  server.maxRequestsPerSocket = 0;
  server.on("clientError", answerClientError);
  // An answer would wait for the rest of the handshake, and the connection with it, for ever.
  if (tls) server.prependListener("tlsClientError", (_error, socket: Socket) => socket.destroy());
  if (parts.screens?.kind === "live") liveScreens = await parts.screens.attach(server);
  // What was under way at a stop leaves an idle connection behind, and the stop would wait for that.
  server.on("request", (_request, response) => {
    response.once("close", () => {
      if (draining) server.closeIdleConnections();
    });
  });
  const connections = guardConnections(server, limits, tls !== undefined);
  metrics.onCollect(() => metrics.gauge("http_connections", {}, connections.size()));
  const stopWatching =
    tls && "setSecureContext" in server ? watchCertificate(tls, server, logger) : () => undefined;

  return {
    listen: (at) => listen(server, at, tls !== undefined),
    async close({ graceMs }) {
      draining = true;
      stopWatching();
      parts.eventStream?.drain();
      await liveScreens?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function listen(server: Server, { port, host }: { port: number; host: string }, secure: boolean) {
  return new Promise<{ url: string }>((resolve, reject) => {
    const failed = ({ code }: NodeJS.ErrnoException) =>
      reject(new StartError(whyNot(code, host, port)));
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      const open = server.address() as AddressInfo;
      const shown = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
      const name = shown.includes(":") ? `[${shown}]` : shown;
      resolve({ url: `${secure ? "https" : "http"}://${name}:${open.port}` });
    });
  });
}

function whyNot(code: string | undefined, host: string, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use by another program: stop it, or set PORT to another number.`;
    case "EACCES":
      return `This account may not listen on port ${port}: set PORT to a number above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST is "${host}", which is no address of this machine: set it to 127.0.0.1, 0.0.0.0 or one it has.`;
    default:
      return `The server cannot listen on ${host}:${port} (${code ?? "unknown error"}): set HOST and PORT to others.`;
  }
}

const CLIENT_ERRORS: Readonly<Record<string, HttpProblemName>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

/** What Node itself refuses before there is a request: still a problem, not an empty reset. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const name = CLIENT_ERRORS[error.code ?? ""] ?? "BAD_REQUEST";
  const { problem } = toAnswer(new HttpRefusal(name), { instance: "/", requestId: randomUUID() });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
}
