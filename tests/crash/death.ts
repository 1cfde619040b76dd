// Waiting for a process to die where it was told to.
import type { RunningProcess } from "../system/process.js";

/** True when it died by SIGKILL in time; it is left running otherwise. */
export async function dies(running: RunningProcess, withinMs = 20_000): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  await Promise.race([running.exited, late]);
  clearTimeout(timer);
  return running.child.signalCode === "SIGKILL";
}
