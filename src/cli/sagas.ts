// Looks at sagas, and decides for those that wait for a person: npm run sagas -- list | show | resume | abandon.
import { readCommandLine } from "./arguments.js";
import { readCommand, USAGE } from "./sagas-command.js";
import { withServer } from "./with-server.js";

await withServer(readCommandLine(USAGE, readCommand));
