// The HTTP face of all modules, and the in-process faces they give each other. The only home of express and oRPC's server.
export type * from "./context.js";
export { systemPrincipal } from "./context.js";
export { createFace, implementContract } from "./face.js";
