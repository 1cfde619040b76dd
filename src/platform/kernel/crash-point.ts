// Named places at commit boundaries where a test can kill the process exactly there. Free when not asked for.

let onReached = dieAt(process.env["TIFFIN_CRASH_AT"], process.env["TIFFIN_CRASH_AFTER"]);

/** Dies by SIGKILL, as a power cut would, when TIFFIN_CRASH_AT names this point (the TIFFIN_CRASH_AFTER-th time). */
export function crashPoint(name: string): void {
  onReached?.(name);
}

/** For tests: what happens at every point from now on, in place of what the environment says. */
export function onCrashPoint(reached: ((name: string) => void) | undefined): void {
  onReached = reached;
}

export function dieAt(at: string | undefined, after = "1"): ((name: string) => void) | undefined {
  let left = Number(after);
  return at === undefined
    ? undefined
    : (name) => {
        if (name !== at) return;
        left -= 1;
        if (left === 0) process.kill(process.pid, "SIGKILL");
      };
}
