// Named places at commit boundaries where a test can kill the process exactly there. Free when not asked for.

const at = process.env["TIFFIN_CRASH_AT"];
let left = Number(process.env["TIFFIN_CRASH_AFTER"] ?? 1);

/** Dies by SIGKILL, as a power cut would, when TIFFIN_CRASH_AT names this point (the TIFFIN_CRASH_AFTER-th time). */
export function crashPoint(name: string): void {
  if (at !== name) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}
