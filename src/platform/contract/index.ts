// How a module declares its face: routes, typed errors, pages. The only home of @orpc/contract; knows no module.
export * from "./cursor.js";
export * from "./errors.js";
export * from "./faults.js";
export * from "./query.js";
export * from "./route.js";
