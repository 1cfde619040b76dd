// Reads of auth: who is signed in, who works here.
import * as repository from "./repository.js";
import type { SessionRow } from "./repository.js";
import { isSessionOver } from "./rules.js";
import type { AuthDatabase, StaffRow } from "./schema.js";

export type { SessionRow };

/** That a session was used is written once a minute at most. */
const TOUCH_MS = 60_000;

/** The open session of a token; undefined when it never was, was ended, or is over. */
export async function findOpenSession(
  database: AuthDatabase,
  tokenHash: Buffer,
  now: Date,
): Promise<SessionRow | undefined> {
  const session = await repository.findSession(database, tokenHash);
  if (!session || isSessionOver(session, now)) return undefined;
  if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_MS) {
    await repository.touchSession(database, session.id, now);
  }
  return session;
}

export const listStaff = (database: AuthDatabase): Promise<StaffRow[]> =>
  repository.listStaff(database);

export const hasSampleStaff = async (database: AuthDatabase): Promise<boolean> =>
  (await repository.countSampleStaff(database)) > 0;
