// Logs, metrics and traces. The only home of pino and prom-client.
export { createLogger, type Logger, type LoggerOptions } from "./logger.js";
export { createMetrics, type Metrics } from "./metrics.js";
export { newTrace, traceOf } from "./trace.js";
