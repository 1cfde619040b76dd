// The program: starts Tiffin with the settings of the environment, says so calmly, and stops it on a signal.
import { loadConfig } from "#platform/config";
import { StartError } from "#platform/kernel";
import { readArguments } from "./cli/arguments.js";
import { startTiffin, type Tiffin } from "./start.js";
import { renderSummary } from "./summary.js";

/** After this, a second signal or a stuck part no longer holds the process. */
const LAST_RESORT_MS = 20_000;

const USAGE =
  "npm start   (it takes its settings from the environment or .env: .env.example lists them)";

async function main(): Promise<void> {
  const { values } = readArguments({ options: { "live-screens": { type: "boolean" } } }, USAGE);
  const stopping = new AbortController();
  let starting: Promise<Tiffin> | undefined;

  const stop = (why: string, exitCode: 0 | 1) => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    console.log(`\n${why}: finishing what is under way…`);
    setTimeout(() => {
      console.error(
        `Not all of it ended within ${LAST_RESORT_MS / 1000} s. What was acknowledged is stored; the rest goes on at the next start.`,
      );
      process.exit(1);
    }, LAST_RESORT_MS).unref();
    // Also what is still starting: its servers are to be stopped, not cut off.
    void (starting?.then((tiffin) => tiffin.stop()) ?? Promise.resolve()).then(
      () => {
        console.log("Stopped. Everything is stored.");
        process.exit(exitCode);
      },
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error));
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM", 0));
  process.on("SIGINT", () => stop("Ctrl-C", 0));

  const config = loadConfig();
  starting = startTiffin(config, {
    // By the code a service manager knows that it is to start it again.
    onFatal: (reason) => stop(reason, 1),
    screens: values["live-screens"] ? "live" : "built",
  });
  const tiffin = await starting;
  if (!stopping.signal.aborted) console.log(renderSummary(tiffin.summary, performance.now())); // since the process began
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
});
