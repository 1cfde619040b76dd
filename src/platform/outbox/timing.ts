// Pauses, time-outs and what is said of an error.
import { storable } from "#platform/kernel";
import type { Cause, Intervention, Verdict } from "./types.js";

export interface RetryPolicy {
  /** The last attempt that fails makes a dead letter. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Ten attempts over about four minutes: longer than a restart, shorter than a guest's patience. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 10,
  firstPauseMs: 250,
  longestPauseMs: 60_000,
};

/** Doubles with each attempt; half of it is chance, so that many that failed together do not come back together. */
export function backoffMs(
  attempt: number,
  { firstPauseMs, longestPauseMs }: Pick<RetryPolicy, "firstPauseMs" | "longestPauseMs">,
  random: () => number = Math.random,
): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}

export interface RelayTiming {
  /** Another process looks this often whether the claim is free; sooner while events wait. */
  readonly claimEveryMs: number;
  /** A process that relays, is called, and does nothing for this long is replaced (ADR 0012). */
  readonly suspectAfterMs: number;
  /** The net below the wake-up calls: the pause doubles from the first to the longest while nothing comes. */
  readonly firstPollMs: number;
  readonly longestPollMs: number;
  /** A subscription that has not stored an event after this time is behind. */
  readonly stuckAfterMs: number;
}
export const DEFAULT_TIMING: RelayTiming = {
  claimEveryMs: 10_000,
  suspectAfterMs: 3_000,
  firstPollMs: 250,
  longestPollMs: 60_000,
  stuckAfterMs: 10_000,
};

/** An error that no further attempt can mend: an unknown version, a payload that breaks its schema. */
export class Undeliverable extends Error {}

/** An attempt could not begin, such as where another one went on for too long: it is none, and nothing counts. */
export class NotTried extends Error {}

export function judge(error: unknown, attempts: number, policy: RetryPolicy, now: Date): Verdict {
  const final = error instanceof Undeliverable || attempts >= policy.attempts;
  return {
    status: final ? "dead" : "waiting",
    attempts,
    pauseMs: final ? 0 : backoffMs(attempts, policy),
    cause: causeOf(error, now),
  };
}

const LONGEST_TEXT = 4_000;

const causeOf = (error: unknown, now: Date): Cause => ({
  message: storable(messageOf(error), LONGEST_TEXT),
  stack:
    error instanceof Error && error.stack !== undefined
      ? storable(error.stack, LONGEST_TEXT)
      : null,
  at: now.toISOString(),
});

/** Stands among the causes, so that each attempt is seen with what came before it. */
export const noteOfReplay = ({ actor, reason }: Intervention): Cause => ({
  message: storable(
    `Replayed by ${actor}${reason === undefined ? "" : `: ${reason}`}`,
    LONGEST_TEXT,
  ),
  stack: null,
  at: new Date().toISOString(),
});

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The work itself goes on; what it does later must be harmless (its transaction is rolled back by then). */
export function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`No answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A bell that is heard even when it rings before somebody listens. Many rings are one. */
export function createBell() {
  let rung = false;
  let listener: (() => void) | undefined;
  return {
    ring: (): void => {
      rung = true;
      listener?.();
    },
    /** Resolves true at the next ring, or false after `ms`. */
    wait(ms: number): Promise<boolean> {
      return new Promise((resolve) => {
        const answer = () => {
          clearTimeout(timer);
          listener = undefined;
          const heard = rung;
          rung = false;
          resolve(heard);
        };
        const timer = setTimeout(answer, ms);
        listener = answer;
        if (rung) answer();
      });
    },
  };
}

/** How long a relay lets those who wait for an answer go first, from its last fetch on. While there always is somebody,
 *  what came meanwhile is fetched and applied together, in one transaction for each subscription. */
const LET_PASS_MS = 200;

/** What is left of it; never more, should the clock be put back. */
export const letPassMs = (sinceFetchMs: number): number =>
  LET_PASS_MS - Math.min(LET_PASS_MS, Math.max(0, sinceFetchMs));
