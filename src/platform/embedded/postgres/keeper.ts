// Runs a program that must not outlive us. A small shell stands between: when its input closes, because we ask or
// because we died (kill -9 included), it stops the program: SIGINT, SIGQUIT after 20 s, SIGKILL after 5 s more.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { StartError } from "#platform/kernel";
import type { Account } from "./account.js";

// Signals meant for us (Ctrl-C, a service manager's TERM to the group) must not end the keeper before the program.
// Its own outputs are closed, so that the end of the error output is the end of the program and all its children.
const SCRIPT = `
trap '' HUP INT TERM
"$@" </dev/null >&2 &
program=$!
echo "$program"
exec >/dev/null 2>&1
while read -r _; do :; done
outlasts() {
  left=$1
  while [ "$left" -gt 0 ]; do
    kill -0 "$program" || return 1
    sleep 0.05
    left=$((left - 1))
  done
}
kill -INT "$program"
outlasts 400 && kill -QUIT "$program" && outlasts 100 && kill -KILL "$program"
wait "$program"
`;

export interface Kept {
  /** The program's own pid. */
  readonly pid: Promise<number>;
  /** Settles when the program, its children and the keeper have ended, with the program's exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export function keep(
  command: readonly string[],
  {
    account,
    env,
    onLine,
  }: { account: Account; env: Record<string, string>; onLine: (line: string) => void },
): Kept {
  const [program = "", ...args] = [
    ...account.prefix,
    "/bin/sh",
    "-c",
    SCRIPT,
    "keeper",
    ...command,
  ];
  const child = spawn(program, args, {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // a session of its own: Ctrl-C at the terminal reaches us alone
    ...(account.prefix.length === 0 && account.ids),
  });
  child.stdin.on("error", () => undefined); // the keeper is gone; `ended` tells
  createInterface({ input: child.stderr }).on("line", onLine);
  child.stderr.once("end", () => child.stdin.end());

  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(cannotRun(program, error)));
    child.once("close", (code) => resolve(code));
  });
  const pid = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)));
    void ended.then(
      () => reject(new Error("ended before it began")),
      (error: Error) => reject(error),
    );
  });
  pid.catch(() => undefined);
  return {
    pid,
    ended,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

const cannotRun = (program: string, error: Error): StartError =>
  new StartError(
    program === "setpriv"
      ? "PostgreSQL does not run as root, and the program setpriv that hands it to another account is missing: install the package util-linux, start as an ordinary user, or set DATABASE_URL."
      : `PostgreSQL cannot be run on this machine (${error.message}): set DATABASE_URL to a PostgreSQL server.`,
    { cause: error },
  );
