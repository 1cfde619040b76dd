// How long a ticket waits, and when that becomes too long. Pure.

export interface Thresholds {
  /** Minutes after which a ticket wants attention. */
  readonly soon: number;
  /** Minutes after which it is late. */
  readonly late: number;
}

export type Urgency = "fresh" | "soon" | "late";

export const DEFAULT_THRESHOLDS: Thresholds = { soon: 8, late: 15 };
const MOST_MINUTES = 120;

/** Whole minutes; a clock that is a little behind the server's counts as 0. */
export const minutesSince = (instant: string, now: number): number =>
  Math.max(0, Math.floor((now - Date.parse(instant)) / 60_000));

export const urgencyOf = (minutes: number, { soon, late }: Thresholds): Urgency =>
  minutes >= late ? "late" : minutes >= soon ? "soon" : "fresh";

/** Keeps the two apart and in range, whichever of them was moved. */
export function moveThreshold(before: Thresholds, which: keyof Thresholds, to: number): Thresholds {
  if (which === "soon") {
    const soon = Math.min(MOST_MINUTES - 1, Math.max(1, to));
    return { soon, late: Math.max(before.late, soon + 1) };
  }
  const late = Math.min(MOST_MINUTES, Math.max(2, to));
  return { soon: Math.min(before.soon, late - 1), late };
}

/** Takes anything: it was stored on a device. */
export function readThresholds(stored: unknown): Thresholds {
  if (typeof stored !== "object" || stored === null) return DEFAULT_THRESHOLDS;
  const { soon, late } = stored as Partial<Record<keyof Thresholds, unknown>>;
  const isMinutes = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_MINUTES;
  return isMinutes(soon) && isMinutes(late) && soon < late ? { soon, late } : DEFAULT_THRESHOLDS;
}
