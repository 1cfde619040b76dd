// Checks that everything adds up; exits with 1 and the list of what does not.
import { readArguments } from "./arguments.js";
import { printReconciliation, reconcileQuietly } from "./reconciliation.js";
import { withServer } from "./with-server.js";

readArguments({}, "npm run reconcile");
const sound = await withServer(async (api) =>
  printReconciliation(await reconcileQuietly(api, 15_000)),
);
process.exitCode = sound ? 0 : 1;
