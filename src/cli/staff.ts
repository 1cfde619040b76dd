// Who works here, and a way back in for a manager who forgot the PIN: npm run staff -- list | reset-pin "<name>".
import { readCommandLine } from "./arguments.js";
import { readCommand, USAGE } from "./staff-command.js";
import { withServer } from "./with-server.js";

console.log(await withServer(readCommandLine(USAGE, readCommand)));
