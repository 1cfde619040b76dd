// Waiting, backing off and giving up on time.
import { setTimeout as sleep } from "node:timers/promises";

/** The two levels that a saga needs of a logger. */
export interface Logger {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** False when the signal ended it. */
export const pause = (ms: number, signal?: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { ...(signal && { signal }) }).catch(() => false);

/** 50 ms, doubling; half of it is chance, so that many do not come back together. */
export function backoffMs(
  attempts: number,
  longestMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(longestMs, 50 * 2 ** (attempts - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

/** It took too long; how it ended, or will, nobody knows. */
export class NoAnswer extends Error {}

/** With the pauses of `backoffMs`: about a minute, and longer where answers take long. */
const ATTEMPTS = 12;
/** Past the pivot, counted from the start: nobody waits at a till, and what is away for less mends itself. */
export const PATIENT_MS = 30 * 60_000;

/** Counts attempts that were answered; true once they are enough to ask a person. */
export function createLimit(isAway: (error: unknown) => boolean, attempts = ATTEMPTS) {
  let answers = 0;
  return (error: unknown) => !(error instanceof NoAnswer || isAway(error)) && ++answers >= attempts;
}

/** The work itself goes on: it must be idempotent, since its late end is not seen. */
export function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new NoAnswer(`No answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
