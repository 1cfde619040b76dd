// Queries of sessions, no decision.
import { type Insertable, sql } from "kysely";
import { defineStatement } from "#platform/db";
import type { Role } from "../rules.js";
import type { AuthDatabase, AuthTransaction, SessionsTable } from "../schema.js";

export interface SessionRow {
  readonly id: string;
  readonly staffId: string;
  readonly name: string;
  readonly role: Role;
  readonly mustChangePin: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

const OPEN = `select sessions.id, staff.id as "staffId", name, role, pin_must_change as "mustChangePin",
     sessions.created_at as "createdAt", last_seen_at as "lastSeenAt"
   from sessions join staff on staff.id = staff_id
   where ended_at is null and archived_at is null`;

const selectSession = defineStatement<SessionRow>(
  "auth.find-session",
  `${OPEN} and token_hash = $1`,
);

export const findSession = async (database: AuthDatabase, tokenHash: Buffer) =>
  (await database.run(selectSession, [tokenHash]))[0];

const selectSessions = defineStatement<SessionRow>(
  "auth.find-sessions",
  `${OPEN} and sessions.id = any($1::uuid[])`,
);

export const findSessions = (database: AuthDatabase, ids: readonly string[]) =>
  database.run(selectSessions, [ids]);

export const insertSession = (tx: AuthTransaction, session: Insertable<SessionsTable>) =>
  tx.insertInto("sessions").values(session).execute();

export const touchSession = (database: AuthDatabase, id: string, now: Date) =>
  database.kysely.updateTable("sessions").set({ lastSeenAt: now }).where("id", "=", id).execute();

export type WhichSessions =
  | { readonly id: string }
  | { readonly deviceId: string }
  | { readonly staffId: string; readonly exceptId?: string | undefined };

/** Ends one session, all of a device, or all of a person (but one). Answers with the ids of those that were open. */
export async function endSessions(
  tx: AuthTransaction,
  which: WhichSessions,
  now: Date,
): Promise<string[]> {
  let sessions = tx.updateTable("sessions").set({ endedAt: now }).where("endedAt", "is", null);
  if ("id" in which) sessions = sessions.where("id", "=", which.id);
  else if ("deviceId" in which) sessions = sessions.where("deviceId", "=", which.deviceId);
  else {
    sessions = sessions.where("staffId", "=", which.staffId);
    if (which.exceptId !== undefined) sessions = sessions.where("id", "<>", which.exceptId);
  }
  return (await sessions.returning("id").execute()).map((row) => row.id);
}

/** What is over for long leaves: sessions and counts, and approvals that nobody can use any more. */
export async function purge({ kysely }: AuthDatabase): Promise<void> {
  await kysely
    .deleteFrom("sessions")
    .where("lastSeenAt", "<", sql<Date>`now() - interval '30 days'`)
    .execute();
  await kysely
    .deleteFrom("approvals")
    .where("expiresAt", "<", sql<Date>`now() - interval '1 day'`)
    .execute();
  await kysely
    .deleteFrom("signInFailures")
    .where("lastAt", "<", sql<Date>`now() - interval '1 day'`)
    .execute();
}
