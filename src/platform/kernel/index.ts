// The words everything else is made of: money, ids, events, start errors. Knows no module and does no I/O.
export * from "./action.js";
export * from "./batcher.js";
export * from "./crash-point.js";
export * from "./dates.js";
export * from "./events.js";
export * from "./foreground.js";
export * from "./hourly.js";
export * from "./ids.js";
export * from "./localized.js";
export * from "./money.js";
export * from "./ownership.js";
export * from "./start-error.js";
export * from "./written-money.js";
