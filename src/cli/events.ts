// Shows what became of events, and lets a person replay, discard, pause and resume.
import { readCommand, USAGE, UsageError } from "./events-command.js";
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
if (args.includes("--help") || args[0] === "help") console.log(USAGE);
else {
  const command = read(args);
  await withServer(async (api) => console.log(await command(api)));
}
