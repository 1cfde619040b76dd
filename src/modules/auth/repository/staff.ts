// Queries of staff, no decision.
import { type Insertable, sql, type Updateable } from "kysely";
import type { AuthTransaction, Handle, StaffTable } from "../schema.js";

const ofName = (handle: Handle, name: string) =>
  handle
    .selectFrom("staff")
    .selectAll()
    .where(sql`lower(name)`, "=", sql`lower(${name})`)
    .where("archivedAt", "is", null);

export const findActiveByName = (handle: Handle, name: string) =>
  ofName(handle, name).executeTakeFirst();

export const findStaff = (handle: Handle, id: string) =>
  handle.selectFrom("staff").selectAll().where("id", "=", id).executeTakeFirst();

export const listStaff = (handle: Handle) =>
  handle.selectFrom("staff").selectAll().orderBy("archivedAt", "desc").orderBy("name").execute();

export const listActive = (handle: Handle) =>
  handle.selectFrom("staff").selectAll().where("archivedAt", "is", null).orderBy("name").execute();

/** Undefined when an active person has the name already. */
export const insertStaff = (
  handle: Handle,
  staff: Omit<Insertable<StaffTable>, "archivedAt" | "passwordHash">,
) =>
  handle
    .insertInto("staff")
    .values({ ...staff, archivedAt: null, passwordHash: null })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();

/** Locks all managers and answers with their ids: two of them cannot archive each other at the same moment. */
export const lockManagers = async (tx: AuthTransaction): Promise<string[]> => {
  const rows = await tx
    .selectFrom("staff")
    .select("id")
    .where("role", "=", "manager")
    .where("archivedAt", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  return rows.map((row) => row.id);
};

export const lockStaff = (tx: AuthTransaction, id: string) =>
  tx.selectFrom("staff").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();

export type StaffChange = Omit<Updateable<StaffTable>, "id" | "version" | "createdAt">;

/** The row must be locked. Throws 23505 when an active person has the name already. */
export const updateStaff = (tx: AuthTransaction, id: string, change: StaffChange) =>
  tx
    .updateTable("staff")
    .set({ ...change, version: sql`version + 1` })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
