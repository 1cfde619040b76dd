// Queries of approvals, no decision.
import type { Insertable } from "kysely";
import { defineStatement } from "#platform/db";
import type { Role } from "../rules.js";
import type { ApprovalsTable, AuthDatabase, AuthTransaction } from "../schema.js";

export const insertApproval = (tx: AuthTransaction, approval: Insertable<ApprovalsTable>) =>
  tx.insertInto("approvals").values(approval).execute();

const use = defineStatement<{ id: string; name: string; role: Role }>(
  "auth.use-approval",
  `update approvals set used_at = $4 from staff
   where token_hash = $1 and session_id = $2 and permission = $3 and used_at is null and expires_at > $4
     and subject = $5
     and staff.id = approver_id and archived_at is null
   returning staff.id, name, role`,
);

export interface ApprovalUseRow {
  readonly tokenHash: Buffer;
  readonly sessionId: string;
  readonly permission: string;
  readonly subject: string;
  readonly now: Date;
}

/** Answers with its giver to the first who uses it, and to nobody else: of two at the same moment, one waits for the
 *  row and then finds it used. */
export const markUsed = async (
  database: AuthDatabase,
  { tokenHash, sessionId, permission, subject, now }: ApprovalUseRow,
) => (await database.run(use, [tokenHash, sessionId, permission, now, subject]))[0];
