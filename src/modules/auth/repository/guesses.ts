// Queries of wrong guesses, no decision.
import { defineStatement } from "#platform/db";
import type { Failures } from "../rules.js";
import type { AuthDatabase, AuthTransaction } from "../schema.js";

const find = defineStatement<Failures & { subject: string }>(
  "auth.find-failures",
  `select subject, failures, last_at as "lastAt" from sign_in_failures where subject = any($1::text[])`,
);

/** Those that there are, not locked. */
export const findFailures = (database: AuthDatabase, subjects: readonly string[]) =>
  database.run(find, [subjects]);

const lock = defineStatement<Failures & { subject: string }>(
  "auth.lock-failures",
  `insert into sign_in_failures as known (subject, failures, last_at)
   select subject, 0, $2 from unnest($1::text[]) as subject order by subject
   on conflict (subject) do update set failures =
     case when known.last_at < excluded.last_at - interval '1 hour' then 0 else known.failures end
   returning subject, failures, last_at as "lastAt"`,
);

/** Locks the counters until the transaction ends, also those that were not there yet. A quiet hour forgets. */
export const lockFailures = (
  database: AuthDatabase,
  subjects: readonly string[],
  now: Date,
  tx: AuthTransaction,
) => database.run(lock, [subjects, now], tx);

const set = defineStatement<never>(
  "auth.count-failures",
  "update sign_in_failures set failures = failures + 1, last_at = $2 where subject = any($1::text[])",
);

/** One more for each; they are locked. */
export const setFailures = (
  database: AuthDatabase,
  subjects: readonly string[],
  now: Date,
  tx: AuthTransaction,
) => database.run(set, [subjects, now], tx);

export const forgetFailures = (database: AuthDatabase, subjects: readonly string[]) =>
  database.kysely.deleteFrom("signInFailures").where("subject", "in", subjects).execute();

/** Takes one guess back. */
export const forgiveFailures = (database: AuthDatabase, subjects: readonly string[]) =>
  database.kysely
    .updateTable("signInFailures")
    .set((row) => ({ failures: row("failures", "-", 1) }))
    .where("subject", "in", subjects)
    .where("failures", ">", 0)
    .execute();
