// Who works here, and a way back in for a manager who forgot the PIN: npm run staff -- list | reset-pin "<name>".
import { readCommand, USAGE, UsageError } from "./staff-command.js";
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

const args = process.argv.slice(2);
if (args.length === 0 || args.includes("--help") || args[0] === "help") console.log(USAGE);
else console.log(await withServer(read(args)));
