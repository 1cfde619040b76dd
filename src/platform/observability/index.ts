// Logs and metrics. The only home of pino and prom-client.
export type { Logger } from "pino";
