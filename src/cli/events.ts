// Shows what became of events, and lets a person replay, discard, pause and resume.
import { readCommandLine } from "./arguments.js";
import { readCommand, USAGE } from "./events-command.js";
import { withServer } from "./with-server.js";

const command = readCommandLine(USAGE, readCommand);
await withServer(async (api) => console.log(await command(api)));
