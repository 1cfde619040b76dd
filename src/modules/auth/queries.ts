// Reads of auth: who is signed in, who works here, how one can sign in from where one is.
import type { AuthParts } from "./commands/parts.js";
import { samplePinOf } from "./commands/first-staff.js";
import { listActive } from "./repository/staff.js";
import { findSession, findSessions, type SessionRow, touchSession } from "./repository/sessions.js";
import { isSessionOver, type Origin } from "./rules.js";
import type { AuthDatabase, StaffRow } from "./schema.js";

export { listDevices } from "./repository/devices.js";
export { listStaff } from "./repository/staff.js";
export type { SessionRow };

/** That a session was used is written once a minute at most. */
const TOUCH_MS = 60_000;

/** The open session of a token; undefined when it never was, was ended, or is over. */
export async function findOpenSession(
  database: AuthDatabase,
  tokenHash: Buffer,
  now: Date,
): Promise<SessionRow | undefined> {
  const session = await findSession(database, tokenHash);
  if (!session || isSessionOver(session, now)) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_MS) {
    await touchSession(database, session.id, now);
  }
  return session;
}

/** Those of these sessions that are open. Nothing is written: being asked about is no use of a session. */
export const findOpenSessions = async (
  database: AuthDatabase,
  ids: readonly string[],
  now: Date,
): Promise<SessionRow[]> =>
  (await findSessions(database, ids)).filter((session) => !isSessionOver(session, now));

/** Of those who still have the PIN that they came with. */
const samplePinsOf = (active: readonly StaffRow[]) =>
  active.flatMap((row) => {
    const pin = row.sample ? samplePinOf(row.name) : undefined;
    return pin === undefined ? [] : [{ name: row.name, pin }];
  });

/** Names are told where a PIN is enough, and nowhere else: a guest's phone learns nothing. */
export async function describeSignIn({ database, sampleStaffAllowed }: AuthParts, origin: Origin) {
  if (origin.kind === "stranger") return { with: "password" as const, staff: [] };
  const active = await listActive(database.kysely);
  const staff = active.map(({ id, name, role }) => ({ id, name, role }));
  const samplePins = sampleStaffAllowed && origin.kind === "local" ? samplePinsOf(active) : [];
  return { with: "pin" as const, staff, ...(samplePins.length > 0 && { samplePins }) };
}

/** Whether somebody has a PIN that everybody knows, and which they are: a sample person may have another name by now. */
export async function describeSampleStaff({ kysely }: AuthDatabase) {
  const active = await listActive(kysely);
  return { any: active.some((row) => row.sample), pins: samplePinsOf(active) };
}
