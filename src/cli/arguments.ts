// Command lines that cannot be understood get a sentence and the usage, not a stack.
import { parseArgs, type ParseArgsConfig } from "node:util";

/** As parseArgs; exits with 2 for what it does not know. */
export function readArguments<const Config extends ParseArgsConfig>(config: Config, usage: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
