// Command lines: what cannot be understood gets a sentence and the usage, not a stack.
import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command line cannot be understood: the message says why. */
export class UsageError extends Error {}

/** As parseArgs. @throws UsageError */
export function parse<const Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

const DATE = /^\d{4}-\d\d-\d\d/;

/** `2026-11-25` and `2026-11-25T10:00` are meant in this machine's own time, unless they name a zone. Nothing else is
 *  read: JavaScript takes "1.12.2026" for 12 January, and "10" for October 2001. @throws UsageError */
export function instantOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text.length === "2026-11-25".length ? `${text}T00:00` : text);
  if (!DATE.test(text) || Number.isNaN(time.getTime()))
    throw new UsageError(`${option} ${text} is no time: write 2026-11-25T10:00.`);
  return time.toISOString();
}

/** What `read` makes of the command line. `--help` prints the usage and ends; what cannot be understood exits with 2. */
export function readCommandLine<Command>(
  usage: string,
  read: (args: string[]) => Command,
  args = process.argv.slice(2),
): Command {
  if (args.includes("--help") || args[0] === "help") {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** For a command that has nothing but options and words. */
export const readArguments = <const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
) => readCommandLine(usage, (args) => parse({ ...config, args }));
