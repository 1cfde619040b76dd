// Makes a module's read model anew from the events it is made of, while the system runs. Until it is done the old one is
// in use; cut off, it is simply run again.
import type { Rebuild } from "#modules/reporting";
import { readArguments } from "./arguments.js";
import { NoAnswer } from "./client.js";
import { createProgress } from "./progress.js";
import type { Api } from "./server.js";
import { withServer } from "./with-server.js";

const ADDRESSES: Readonly<Record<string, string>> = { reporting: "/api/reports/rebuild" };
const LOOK_EVERY_MS = 200;

const USAGE = `npm run rebuild -- ${Object.keys(ADDRESSES).join(" | ")}`;
const [module = "", ...more] = readArguments({ allowPositionals: true }, USAGE).positionals;
const address = Object.hasOwn(ADDRESSES, module) ? ADDRESSES[module] : undefined;
if (address === undefined || more.length > 0) {
  console.error(`Name the module whose read model is to be rebuilt: ${USAGE}`);
  process.exit(2);
}

/** Also of a rebuild that was under way already. */
async function follow(api: Api, path: string): Promise<Rebuild> {
  let state = await api.call<Rebuild>("POST", path);
  const progress = createProgress(`Rebuilding ${module}`, state.total);
  while (state.status === "running") {
    progress.update(Math.min(state.done, state.total));
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    state = await api.call<Rebuild>("GET", path);
  }
  if (state.status === "done") progress.update(state.done);
  progress.end();
  return state;
}

const explain = (error: unknown): never => {
  if (!(error instanceof NoAnswer)) throw error;
  throw new Error(
    "The server stopped answering. The figures from before are still in use: start it, and run this again.",
    { cause: error },
  );
};

const state = await withServer((api) => follow(api, address).catch(explain));
if (state.status === "done") {
  const events = state.done.toLocaleString("en");
  console.log(
    state.changed === 0
      ? `✓ ${events} events counted: every figure is the same as before.`
      : `✓ ${events} events counted: ${state.changed?.toLocaleString("en")} lines of figures differ from before, which was wrong.`,
  );
} else {
  console.error(
    `✗ The rebuild ended early (${state.cause ?? state.status}). The figures from before are still in use; run it again.`,
  );
  process.exitCode = 1;
}
