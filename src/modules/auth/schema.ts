// This module's tables, as the query builder sees them.
import type { Generated, Selectable } from "kysely";
import type { Database, Transaction } from "#platform/db";
import type { Role } from "./rules.js";

export interface StaffTable {
  id: string;
  name: string;
  role: Role;
  pinHash: string;
  pinMustChange: Generated<boolean>;
  passwordHash: string | null;
  sample: Generated<boolean>;
  version: Generated<number>;
  createdAt: Generated<Date>;
  archivedAt: Date | null;
}

export interface SessionsTable {
  id: string;
  tokenHash: Buffer;
  staffId: string;
  deviceId: string | null;
  address: string | null;
  createdAt: Generated<Date>;
  lastSeenAt: Generated<Date>;
  endedAt: Date | null;
}

export interface DevicesTable {
  id: string;
  tokenHash: Buffer;
  addedBy: string;
  addedAt: Date;
  address: string;
  lastSeenAt: Date;
  revokedAt: Date | null;
}

export interface ApprovalsTable {
  id: string;
  tokenHash: Buffer;
  sessionId: string;
  approverId: string;
  permission: string;
  subject: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

export interface SignInFailuresTable {
  subject: string;
  failures: number;
  lastAt: Date;
}

export interface AuthTables {
  staff: StaffTable;
  sessions: SessionsTable;
  devices: DevicesTable;
  approvals: ApprovalsTable;
  signInFailures: SignInFailuresTable;
}

export type AuthDatabase = Database<AuthTables>;
export type AuthTransaction = Transaction<AuthTables>;
/** Reads go either way; what must be one with something else is given its transaction. */
export type Handle = AuthDatabase["kysely"] | AuthTransaction;
export type StaffRow = Selectable<StaffTable>;
