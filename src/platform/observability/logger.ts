// The log: JSON lines for programs, one readable line each on a terminal. Whatever is logged is redacted first.
import { type DestinationStream, type Logger, pino } from "pino";
import { redact } from "./redact.js";

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  /** For tests; otherwise standard output. */
  readonly stream?: DestinationStream;
  /** Readable lines; by default only on a terminal. */
  readonly pretty?: boolean;
}

export function createLogger({
  level,
  stream,
  pretty = stream === undefined && process.stdout.isTTY,
}: LoggerOptions): Logger {
  const destination = stream ?? standardOutput();
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger["info"]>, method: Logger["info"]) {
        const [details, ...rest] = (args as unknown[]).map((one) => redact(one));
        const named = (args as unknown[])[0] instanceof Error ? { err: details } : details;
        method.apply(this, [named, ...rest] as Parameters<Logger["info"]>);
      },
    },
  };
  const target = pretty
    ? { write: (line: string) => destination.write(readable(line)) }
    : destination;
  return pino(options, target);
}

function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  // A closed pipe (| head) must not stop the till.
  output.on("error", () => undefined);
  return output;
}

const COLOURS: Record<string, string> = { warn: "\x1b[33m", error: "\x1b[31m", fatal: "\x1b[31m" };

/** `12:00:01 WARN  lost the document store  appName=inventory` */
export function readable(line: string): string {
  const { time, level, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const stack = (err as { stack?: string } | undefined)?.stack;
  const label = String(level);
  const colour = COLOURS[label] ?? "\x1b[2m";
  const start = `\x1b[2m${String(time).slice(11, 19)}\x1b[0m ${colour}${label.toUpperCase().padEnd(5)}\x1b[0m`;
  return `${[start, msg, ...details].filter(Boolean).join("  ")}${stack ? `\n${stack}` : ""}\n`;
}
