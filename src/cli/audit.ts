// Shows the audit log, and proves that it is as it was written.
import { loadConfig } from "#platform/config";
import { readCommandLine } from "./arguments.js";
import { readCommand, USAGE } from "./audit-command.js";
import { headsIn } from "./audit-heads.js";
import { withServer } from "./with-server.js";

const command = readCommandLine(USAGE, readCommand);
const said = await withServer((api) => command(api, headsIn(loadConfig().dataDir)));
console.log(said.text);
if (!said.ok) process.exitCode = 1;
