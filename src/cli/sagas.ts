// Looks at sagas, and decides for those that wait for a person: npm run sagas -- list | show | resume | abandon.
import { UsageError } from "./events-command.js";
import { readCommand, USAGE } from "./sagas-command.js";
import { withServer } from "./with-server.js";

function read(args: readonly string[]) {
  try {
    return readCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

await withServer(read(process.argv.slice(2)));
