// The HTTP face of all modules, and the in-process faces they give each other. The only home of express and oRPC's server.
export { type CachedRead, matchesEtag } from "./api.js";
export type * from "./context.js";
export { actorOf, systemPrincipal } from "./context.js";
export type { EventSink, EventStream } from "./event-stream.js";
export { createFace, implementContract } from "./face.js";
export { NotReady } from "./health.js";
export { parseErrors } from "./pages.js";
export { callerOf } from "./rate-limit.js";
export { listProblemCodes, listRoutes, type RouteEntry } from "./routes.js";
export { createHttpServer, type HttpLimits, type HttpParts, type HttpServer } from "./server.js";
export type { Screens } from "./screens.js";
export { warnOfEnd } from "./tls.js";
export type { AnyRouter } from "@orpc/server";
