// Managing who works here, and what people know: their PINs, and managers' passwords.
import { newId } from "#platform/kernel";
import { endSessions } from "../repository/sessions.js";
import {
  findStaff,
  insertStaff,
  lockManagers,
  lockStaff,
  type StaffChange,
  updateStaff,
} from "../repository/staff.js";
import { leavesNoManager, type Origin, passwordFault, pinFault, type Role } from "../rules.js";
import type { StaffRow } from "../schema.js";
import { guess, type Guessed } from "./guesses.js";
import { actionTaken, type AuthParts, type By, staffSubject } from "./parts.js";
import { hashSecret, isSecret } from "./secrets.js";

export interface StaffEdit {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly pin?: string | undefined;
  /** Null removes it. */
  readonly password?: null | undefined;
  readonly archived?: boolean | undefined;
}

export type StaffResult =
  | { readonly kind: "done"; readonly row: StaffRow; readonly ended: readonly string[] }
  | { readonly kind: "weak-pin"; readonly fault: string }
  | { readonly kind: "stale"; readonly currentVersion: number }
  | { readonly kind: "not-found" | "last-manager" | "name-taken" };

/** The PIN is for one sign-in: its owner must change it. */
export async function addStaff(
  { database, outbox, clock }: AuthParts,
  { name, role, pin }: { name: string; role: Role; pin: string },
  by: By,
): Promise<StaffResult> {
  const fault = pinFault(pin);
  if (fault !== undefined) return { kind: "weak-pin", fault };
  const pinHash = await hashSecret(pin);
  const fresh = { id: newId(), name: name.trim(), role, pinHash, pinMustChange: true };
  const row = await database.transaction(async (tx) => {
    const inserted = await insertStaff(tx, fresh);
    if (!inserted) return undefined;
    const subject = staffSubject(inserted);
    const details = { role };
    await outbox.add(tx, [actionTaken(by, clock(), { action: "staff.create", subject, details })]);
    return inserted;
  });
  outbox.wake();
  return row ? { kind: "done", row, ended: [] } : { kind: "name-taken" };
}

const UNIQUE_VIOLATION = "23505";

/** A PIN that somebody else chose is for one sign-in: its owner must change it. Nobody changes their own here, where the
 *  current one is not asked for: a screen left open would be enough to take it over. Whoever was changed by somebody
 *  else, or archived, is signed out; who removes their own password, everywhere but in `sessionId`. */
export async function changeStaff(
  { database, outbox, clock }: AuthParts,
  { id, version, by, sessionId }: { id: string; version: number; by: By; sessionId?: string },
  { name, role, pin, password, archived }: StaffEdit,
): Promise<StaffResult | { readonly kind: "own-pin" }> {
  const own = by.by.actor.id === id;
  if (own && pin !== undefined) return { kind: "own-pin" };
  const fault = pin === undefined ? undefined : pinFault(pin);
  if (fault !== undefined) return { kind: "weak-pin", fault };
  const pinHash = pin === undefined ? undefined : await hashSecret(pin);
  const at = clock();
  try {
    const result = await database.transaction(async (tx): Promise<StaffResult> => {
      const managers = await lockManagers(tx);
      const current = await lockStaff(tx, id);
      if (!current) return { kind: "not-found" };
      if (current.version !== version) return { kind: "stale", currentVersion: current.version };
      if (leavesNoManager(managers, id, { archived, role })) return { kind: "last-manager" };
      const change: StaffChange = {
        ...(name !== undefined && { name: name.trim() }),
        ...(role !== undefined && { role }),
        ...((password === null || (role !== undefined && role !== "manager")) && {
          passwordHash: null,
        }),
        ...(archived !== undefined && { archivedAt: archived ? (current.archivedAt ?? at) : null }),
        ...(pinHash !== undefined && { pinHash, pinMustChange: true, sample: false }),
      };
      if (Object.keys(change).length === 0) return { kind: "done", row: current, ended: [] };
      const row = await updateStaff(tx, id, change);
      const which = !own || archived === true ? {} : password === null && { exceptId: sessionId };
      const ended = which ? await endSessions(tx, { staffId: id, ...which }, at) : [];
      const details = changesOf(current, row, pinHash !== undefined);
      const action = archived === true ? "staff.archive" : "staff.change";
      const subject = staffSubject(row);
      await outbox.add(tx, [actionTaken(by, at, { action, subject, details })]);
      return { kind: "done", row, ended };
    });
    outbox.wake();
    return result;
  } catch (error) {
    // Somebody active has the name, or took it at this moment: the index knows.
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return { kind: "name-taken" };
    throw error;
  }
}

/** What changed, for the audit log: of secrets only that they did. */
function changesOf(before: StaffRow, after: StaffRow, isPinReset: boolean) {
  const archived = after.archivedAt !== null;
  return {
    ...(before.name !== after.name && { name: { from: before.name, to: after.name } }),
    ...(before.role !== after.role && { role: { from: before.role, to: after.role } }),
    ...((before.archivedAt !== null) !== archived && { archived }),
    ...(isPinReset && { pinReset: true }),
    ...(before.passwordHash !== null && after.passwordHash === null && { passwordRemoved: true }),
  };
}

export type OwnChange =
  | { readonly kind: "done"; readonly ended: readonly string[] }
  | { readonly kind: "weak"; readonly fault: string }
  | Exclude<Guessed<never>, { kind: "right" }>;

/** Who changes what they sign in with, in which session: the others end, since somebody else may be in them. */
export interface OwnSession extends By {
  readonly sessionId: string | undefined;
  readonly origin: Origin;
}

type Current = { readonly currentPin: string } | { readonly currentPassword: string };

async function changeOwn(
  parts: AuthParts,
  what: "pin" | "password",
  current: Current,
  { sessionId, origin, ...by }: OwnSession,
  change: () => Promise<StaffChange>,
): Promise<OwnChange> {
  const { database, outbox, clock } = parts;
  const { id, name } = by.by.actor;
  const question = { name, origin, what: `${what} change` };
  const guessed = await guess(parts, question, by, async () => {
    const staff = await findStaff(database.kysely, id);
    const proved =
      "currentPin" in current
        ? await isSecret(staff?.pinHash, current.currentPin)
        : await isSecret(staff?.passwordHash, current.currentPassword);
    return proved ? staff : undefined;
  });
  if (guessed.kind !== "right") return guessed;
  const at = clock();
  const changed = await change();
  const proof = "currentPin" in current ? "pinHash" : "passwordHash";
  const ended = await database.transaction(async (tx) => {
    // What was proved may have been taken away meanwhile, by whoever found out that it was stolen.
    const now = await lockStaff(tx, id);
    if (now?.[proof] !== guessed.value[proof]) return undefined;
    const row = await updateStaff(tx, id, changed);
    const action = `auth.change-${what}`;
    await outbox.add(tx, [actionTaken(by, at, { action, subject: staffSubject(row) })]);
    return endSessions(tx, { staffId: id, exceptId: sessionId }, at);
  });
  if (!ended) return { kind: "wrong" };
  outbox.wake();
  return { kind: "done", ended };
}

export async function changeOwnPin(
  parts: AuthParts,
  { currentPin, newPin }: { readonly currentPin: string; readonly newPin: string },
  session: OwnSession,
): Promise<OwnChange> {
  const same = currentPin === newPin ? "This is the PIN that you have; choose another" : undefined;
  const fault = pinFault(newPin) ?? same;
  if (fault !== undefined) return { kind: "weak", fault };
  return changeOwn(parts, "pin", { currentPin }, session, async () => ({
    pinHash: await hashSecret(newPin),
    pinMustChange: false,
    sample: false,
  }));
}

/** The first password is set with the PIN, later ones with either. */
export async function changeOwnPassword(
  parts: AuthParts,
  { newPassword, ...current }: Current & { readonly newPassword: string },
  session: OwnSession,
): Promise<OwnChange> {
  const fault = passwordFault(newPassword, session.by.actor.name);
  if (fault !== undefined) return { kind: "weak", fault };
  return changeOwn(parts, "password", current, session, async () => ({
    passwordHash: await hashSecret(newPassword),
  }));
}
