// The settings of a start: read once, checked whole, then passed on as plain values.
export { renderExample } from "./example.js";
export { type Config, type Environment, isLoopback, loadConfig } from "./load.js";
