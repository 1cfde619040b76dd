// Guesses of PINs and passwords: who guesses wrong too often must wait. Counts are kept in the database, so a restart
// forgets none. They are kept apart by where the guess comes from: a stranger's guesses never make a till wait.
import {
  findFailures,
  forgetFailures,
  forgiveFailures,
  lockFailures,
  setFailures,
} from "../repository/guesses.js";
import { findActiveByName } from "../repository/staff.js";
import { FREE_PER_PLACE, guessCounters, type Origin, pauseSeconds } from "../rules.js";
import { actionTaken, type AuthParts, type By, staffSubject } from "./parts.js";
import { hashToken } from "./secrets.js";

export interface Guess {
  /** Whose PIN or password is guessed, as it was typed. */
  readonly name: string;
  readonly origin: Origin;
  /** For the audit log: `sign-in`, `approval`… */
  readonly what: string;
}

export type Guessed<T> =
  | { readonly kind: "right"; readonly value: T }
  | { readonly kind: "wrong" }
  | { readonly kind: "paused"; readonly retryAfterSeconds: number };

/** `check` answers undefined when the guess is wrong. A guess is counted before it is looked at, under a lock: of many
 *  made at the same moment, no more are looked at than of those made one after the other. */
export async function guess<T>(
  parts: AuthParts,
  { name, origin, what }: Guess,
  by: By,
  check: () => Promise<T | undefined>,
): Promise<Guessed<T>> {
  const { database, outbox, clock } = parts;
  const at = clock();
  // Kept as a hash: what somebody types as a name may be a PIN.
  const counters = guessCounters(origin, name).map((counter) => ({
    ...counter,
    subject: hashToken(counter.subject).toString("base64url"),
  }));
  const subjects = counters.map((counter) => counter.subject);
  const [place = "", ...others] = subjects;
  const pauseOf = (known: Awaited<ReturnType<typeof findFailures>>) =>
    Math.max(
      ...counters.map(({ subject, free }) => {
        const failures = known.find((one) => one.subject === subject);
        return failures ? pauseSeconds(failures, free, at) : 0;
      }),
    );
  // Locking writes: who must wait anyway is told so before, or a flood of guesses would be one of commits.
  const waiting = pauseOf(await findFailures(database, subjects));
  if (waiting > 0) return { kind: "paused", retryAfterSeconds: waiting };
  const counted = await database.transaction(async (tx) => {
    const known = await lockFailures(database, [place], at, tx);
    // Locking writes a row where there was none. A place that must wait may try no names: those could fill the disk.
    if (!known.some((one) => pauseSeconds(one, FREE_PER_PLACE, at) > 0))
      known.push(...(await lockFailures(database, others, at, tx)));
    const retryAfterSeconds = pauseOf(known);
    if (retryAfterSeconds > 0) return { retryAfterSeconds, next: 0 };
    await setFailures(database, subjects, at, tx);
    const after = known.map((one) => ({ ...one, failures: one.failures + 1, lastAt: at }));
    return { retryAfterSeconds, next: pauseOf(after) };
  });
  const { retryAfterSeconds } = counted;
  if (retryAfterSeconds > 0) return { kind: "paused", retryAfterSeconds };

  const value = await check();
  if (value === undefined) {
    if (counted.next > 0) await tellOfPause();
    return { kind: "wrong" };
  }
  // What counts for one who comes from anywhere is not wiped out by one success: only this guess is taken back.
  const own = counters.filter((counter) => !counter.shared).map((counter) => counter.subject);
  const shared = counters.filter((counter) => counter.shared).map((counter) => counter.subject);
  await forgetFailures(database, own);
  if (shared.length > 0) await forgiveFailures(database, shared);
  return { kind: "right", value };

  /** Pauses grow to a minute, so this cannot flood the log. A name that is nobody's is not repeated: it may be a PIN. */
  async function tellOfPause(): Promise<void> {
    const staff = await findActiveByName(database.kysely, name.trim());
    const event = actionTaken(by, at, {
      action: "auth.pause-guessing",
      subject: staff ? staffSubject(staff) : { type: "staff", id: "unknown" },
      details: { what, seconds: counted.next },
    });
    await database.transaction((tx) => outbox.add(tx, [event]));
    outbox.wake();
  }
}
