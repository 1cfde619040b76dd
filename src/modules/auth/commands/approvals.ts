// Manager approval in place: somebody who may, says yes on the screen of somebody who may not. Nobody is signed out.
import type { ApprovalUse } from "#platform/http";
import { newId } from "#platform/kernel";
import { insertApproval, markUsed } from "../repository/approvals.js";
import { findActiveByName } from "../repository/staff.js";
import { APPROVAL_SECONDS, type Origin, permissionsOf } from "../rules.js";
import type { AuthDatabase, StaffRow } from "../schema.js";
import { guess } from "./guesses.js";
import { actionTaken, type AuthParts, type By, personOf } from "./parts.js";
import { hashToken, isSecret, newToken } from "./secrets.js";

export interface ApprovalRequest {
  /** Of the approver. */
  readonly name: string;
  readonly pin: string;
  readonly permission: string;
  /** The id of the only thing it is for. */
  readonly subject: string;
}

export type Approval =
  | {
      readonly kind: "approved";
      readonly token: string;
      readonly approver: StaffRow;
      readonly expiresAt: Date;
    }
  | { readonly kind: "refused" }
  | { readonly kind: "paused"; readonly retryAfterSeconds: number };

/** For one request of this session within a minute. Guesses count as those of signing in do. */
export async function approve(
  parts: AuthParts,
  { name, pin, permission, subject }: ApprovalRequest,
  { sessionId, origin, ...by }: By & { readonly sessionId: string; readonly origin: Origin },
): Promise<Approval> {
  const { database, outbox, clock, sampleStaffAllowed } = parts;
  const guessed = await guess(parts, { name, origin, what: "approval" }, by, async () => {
    const staff = await findActiveByName(database.kysely, name.trim());
    return (await isSecret(staff?.pinHash, pin)) ? staff : undefined;
  });
  if (guessed.kind === "paused") return guessed;
  if (guessed.kind === "wrong") return { kind: "refused" };
  const approver = guessed.value;
  const may = !approver.pinMustChange && (sampleStaffAllowed || !approver.sample);
  if (!may || !permissionsOf(approver.role).has(permission)) return { kind: "refused" };

  const at = clock();
  const token = newToken();
  const expiresAt = new Date(at.getTime() + APPROVAL_SECONDS * 1000);
  const { actor, from } = by.by;
  await database.transaction(async (tx) => {
    await insertApproval(tx, {
      id: newId(),
      tokenHash: hashToken(token),
      sessionId,
      approverId: approver.id,
      permission,
      subject,
      expiresAt,
      usedAt: null,
    });
    const given: By = {
      by: { actor: personOf(approver), ...(from !== undefined && { from }) },
      trace: by.trace,
    };
    const event = actionTaken(given, at, {
      action: "auth.approve",
      subject: { type: "staff", id: actor.id, name: actor.name },
      details: { permission, for: subject },
    });
    await outbox.add(tx, [event]);
  });
  outbox.wake();
  return { kind: "approved", token, approver, expiresAt };
}

/** The giver, the first time; null for whatever is not, or no longer, good for this. */
export async function useApproval(
  database: AuthDatabase,
  { approval, principal: { sessionId }, permission, subject }: ApprovalUse,
  now: Date,
): Promise<{ id: string; name: string } | null> {
  if (sessionId === undefined) return null;
  const tokenHash = hashToken(approval);
  const giver = await markUsed(database, { tokenHash, sessionId, permission, subject, now });
  return giver && permissionsOf(giver.role).has(permission)
    ? { id: giver.id, name: giver.name }
    : null;
}
