// maxTimeMS: a point in time that long loops look at now and then.
import { fail } from "./errors.js";

export interface Deadline {
  /** Throws MaxTimeMSExpired when the time is up; looks at the clock once in 128 calls. */
  tick(): void;
}

export function createDeadline(maxTimeMs: number | undefined): Deadline {
  if (!maxTimeMs) return { tick: () => {} };
  const end = Date.now() + maxTimeMs;
  let calls = 0;
  return {
    tick() {
      if (++calls % 128 === 0 && Date.now() > end) throw fail(50, "operation exceeded time limit");
    },
  };
}
