// For tests: runs a piece of our code in a process of its own, which a test may kill in any way.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FRONT_DOOR = JSON.stringify(new URL("./index.ts", import.meta.url).href);

export interface TestProcess {
  readonly child: ChildProcess;
  /** What `say(value)` said first, or the message of the error that ended it. */
  readonly said: Promise<string>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
}

/** `code` sees all exports of #platform/embedded as `embedded`, and `say`. It runs until killed. */
export function runAlone(code: string, ids: { uid?: number; gid?: number } = {}): TestProcess {
  const source = `
    import * as embedded from ${FRONT_DOOR};
    const say = (value) => console.log(String(value));
    setInterval(() => {}, 60_000);
    try { ${code} } catch (error) { say(error.name + ": " + error.message); process.exit(1); }`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    ...ids,
  });
  const ended = once(child, "exit");
  const said = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout })
      .once("line", resolve)
      .once("close", () => resolve("nothing"));
  });
  return {
    child,
    said,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
