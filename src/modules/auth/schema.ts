// This module's tables, as the query builder sees them.
import type { Generated, Selectable } from "kysely";
import type { Database } from "#platform/db";
import type { Role } from "./rules.js";

export interface StaffTable {
  id: string;
  name: string;
  role: Role;
  pinHash: string;
  pinMustChange: Generated<boolean>;
  sample: Generated<boolean>;
  version: Generated<number>;
  createdAt: Generated<Date>;
  archivedAt: Date | null;
}

export interface SessionsTable {
  id: string;
  tokenHash: Buffer;
  staffId: string;
  address: string | null;
  createdAt: Generated<Date>;
  lastSeenAt: Generated<Date>;
  endedAt: Date | null;
}

export interface SignInFailuresTable {
  subject: string;
  failures: number;
  lastAt: Date;
}

export interface AuthTables {
  staff: StaffTable;
  sessions: SessionsTable;
  signInFailures: SignInFailuresTable;
}

export type AuthDatabase = Database<AuthTables>;
export type StaffRow = Selectable<StaffTable>;
