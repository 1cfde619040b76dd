// The server's clock. A tablet's own is minutes off now and then; how long a guest waits must not depend on it.

let aheadMs = 0;
/** The server tells its time in whole seconds. */
const BLUR_MS = 2_000;

/** Learns from the `Date` header of an answer that has just come. */
export function learnClock(date: string | null): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const difference = told - Date.now();
  aheadMs = Math.abs(difference) < BLUR_MS ? 0 : difference;
}

export const serverNow = (): number => Date.now() + aheadMs;
