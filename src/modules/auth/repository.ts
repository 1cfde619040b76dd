// Every query of auth, no decision.
import { sql } from "kysely";
import { defineStatement } from "#platform/db";
import type { Failures, Role } from "./rules.js";
import type { AuthDatabase, StaffRow } from "./schema.js";

export const findActiveByName = (database: AuthDatabase, name: string) =>
  database.kysely
    .selectFrom("staff")
    .selectAll()
    .where(sql`lower(name)`, "=", name.toLowerCase())
    .where("archivedAt", "is", null)
    .executeTakeFirst();

export const findStaff = (database: AuthDatabase, id: string) =>
  database.kysely.selectFrom("staff").selectAll().where("id", "=", id).executeTakeFirst();

export const listStaff = (database: AuthDatabase) =>
  database.kysely
    .selectFrom("staff")
    .selectAll()
    .orderBy("archivedAt", "desc")
    .orderBy("name")
    .execute();

export interface NewStaff {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly pinHash: string;
  readonly pinMustChange?: boolean;
  readonly sample?: boolean;
}

/** Undefined when an active person has the name already. */
export const insertStaff = (database: AuthDatabase, staff: NewStaff) =>
  database.kysely
    .insertInto("staff")
    .values({ ...staff, archivedAt: null })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();

export type StaffChange = Partial<
  Pick<StaffRow, "name" | "role" | "pinHash" | "pinMustChange" | "sample" | "archivedAt">
>;

/** Undefined when the version is stale, or when the change would leave no manager. In one statement, so that two
 *  managers cannot archive each other at the same moment: both rows are locked first. */
export async function updateStaff(
  database: AuthDatabase,
  id: string,
  version: number,
  change: StaffChange,
): Promise<{ kind: "updated"; row: StaffRow } | { kind: "stale" | "last-manager" | "name-taken" }> {
  return database.transaction(async (tx) => {
    const managers = await tx
      .selectFrom("staff")
      .select("id")
      .where("role", "=", "manager")
      .where("archivedAt", "is", null)
      .orderBy("id")
      .forUpdate()
      .execute();
    const leaves =
      (change.archivedAt !== undefined && change.archivedAt !== null) ||
      (change.role !== undefined && change.role !== "manager");
    if (leaves && managers.length === 1 && managers[0]?.id === id) return { kind: "last-manager" };
    if (change.name !== undefined) {
      const other = await tx
        .selectFrom("staff")
        .select("id")
        .where(sql`lower(name)`, "=", change.name.toLowerCase())
        .where("archivedAt", "is", null)
        .where("id", "<>", id)
        .executeTakeFirst();
      if (other) return { kind: "name-taken" };
    }
    const row = await tx
      .updateTable("staff")
      .set({ ...change, version: sql`version + 1` })
      .where("id", "=", id)
      .where("version", "=", version)
      .returningAll()
      .executeTakeFirst();
    return row ? { kind: "updated", row } : { kind: "stale" };
  });
}

export const setOwnPin = (database: AuthDatabase, id: string, pinHash: string) =>
  database.kysely
    .updateTable("staff")
    .set({ pinHash, pinMustChange: false, sample: false, version: sql`version + 1` })
    .where("id", "=", id)
    .execute();

export const countStaff = async (database: AuthDatabase) =>
  (
    await database.kysely
      .selectFrom("staff")
      .select(sql<number>`count(*)`.as("count"))
      .executeTakeFirstOrThrow()
  ).count;

export const countSampleStaff = async (database: AuthDatabase) =>
  (
    await database.kysely
      .selectFrom("staff")
      .select(sql<number>`count(*)`.as("count"))
      .where("sample", "=", true)
      .where("archivedAt", "is", null)
      .executeTakeFirstOrThrow()
  ).count;

export interface SessionRow {
  readonly id: string;
  readonly staffId: string;
  readonly name: string;
  readonly role: Role;
  readonly mustChangePin: boolean;
  readonly sample: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

const selectSession = defineStatement<SessionRow>(
  "auth.find-session",
  `select sessions.id, staff.id as "staffId", name, role, pin_must_change as "mustChangePin", sample,
     sessions.created_at as "createdAt", last_seen_at as "lastSeenAt"
   from sessions join staff on staff.id = staff_id
   where token_hash = $1 and ended_at is null and archived_at is null`,
);

export const findSession = async (database: AuthDatabase, tokenHash: Buffer) =>
  (await database.run(selectSession, [tokenHash]))[0];

export const insertSession = (
  database: AuthDatabase,
  session: { id: string; tokenHash: Buffer; staffId: string; address: string | null },
) =>
  database.kysely
    .insertInto("sessions")
    .values({ ...session, endedAt: null })
    .execute();

export const touchSession = (database: AuthDatabase, id: string, now: Date) =>
  database.kysely.updateTable("sessions").set({ lastSeenAt: now }).where("id", "=", id).execute();

/** Ends one session, or all of a person. Repeated: no change. */
export async function endSessions(
  database: AuthDatabase,
  by: { id: string } | { staffId: string },
) {
  let sessions = database.kysely
    .updateTable("sessions")
    .set({ endedAt: sql`now()` })
    .where("endedAt", "is", null);
  sessions =
    "id" in by ? sessions.where("id", "=", by.id) : sessions.where("staffId", "=", by.staffId);
  return (await sessions.returning("id").execute()).map((row) => row.id);
}

const selectFailures = defineStatement<Failures & { subject: string }>(
  "auth.find-failures",
  `select subject, failures, last_at as "lastAt" from sign_in_failures where subject = any($1::text[])`,
);

export const findFailures = (database: AuthDatabase, subjects: readonly string[]) =>
  database.run(selectFailures, [subjects]);

const upsertFailures = defineStatement<never>(
  "auth.count-failures",
  `insert into sign_in_failures as known (subject, failures, last_at)
   select subject, 1, $2 from unnest($1::text[]) as subject order by subject
   on conflict (subject) do update set last_at = excluded.last_at,
     failures = case when known.last_at < excluded.last_at - interval '1 hour' then 1 else known.failures + 1 end`,
);

/** A quiet hour forgets the earlier ones. */
export const countFailures = (database: AuthDatabase, subjects: readonly string[], now: Date) =>
  database.run(upsertFailures, [subjects, now]);

export const forgetFailures = (database: AuthDatabase, subjects: readonly string[]) =>
  database.kysely.deleteFrom("signInFailures").where("subject", "in", subjects).execute();

/** Old sessions and counts leave. */
export async function purge(database: AuthDatabase): Promise<void> {
  await database.kysely
    .deleteFrom("sessions")
    .where("lastSeenAt", "<", sql<Date>`now() - interval '30 days'`)
    .execute();
  await database.kysely
    .deleteFrom("signInFailures")
    .where("lastAt", "<", sql<Date>`now() - interval '1 day'`)
    .execute();
}
