// Signing in and out. A new session replaces the one that the same screen had: a till changes hands with one PIN.
import { callerOf, type CallContext } from "#platform/http";
import { newId } from "#platform/kernel";
import { DEVICE_COOKIE, readCookie } from "../cookies.js";
import { findDevice, insertDevice, lockDevice, revokeDevice } from "../repository/devices.js";
import {
  endSessions,
  insertSession,
  purge as purgeSessions,
  type WhichSessions,
} from "../repository/sessions.js";
import { findActiveByName, findStaff, lockStaff } from "../repository/staff.js";
import { isPinEnough, type Origin } from "../rules.js";
import type { AuthTransaction, StaffRow } from "../schema.js";
import { guess } from "./guesses.js";
import { actionTaken, type AuthParts, type By, personOf, staffSubject } from "./parts.js";
import { hashToken, isSecret, newToken } from "./secrets.js";

export type SignIn =
  | {
      readonly kind: "signed-in";
      readonly staff: StaffRow;
      readonly token: string;
      /** Set when the device is known from now on. */
      readonly deviceToken: string | undefined;
      /** Ids of sessions that this one replaces. */
      readonly replaced: readonly string[];
    }
  | { readonly kind: "failed" | "password-required" | "sample-closed" }
  | { readonly kind: "paused"; readonly retryAfterSeconds: number };

export interface SignInRequest {
  readonly name: string;
  /** One of the two. */
  readonly pin?: string | undefined;
  readonly password?: string | undefined;
  readonly rememberDevice: boolean;
}

export interface Asker {
  readonly origin: Origin;
  readonly address: string;
  /** The session that the request came with. */
  readonly sessionId?: string | undefined;
  readonly trace: string | null;
}

/** Where a request comes from, as far as it matters for what is asked of it. */
export async function originOf(
  { database, clock }: AuthParts,
  { cookie, local, remoteAddress }: CallContext,
): Promise<Origin> {
  const token = readCookie(cookie, DEVICE_COOKIE);
  const id =
    token === undefined ? undefined : await findDevice(database, hashToken(token), clock());
  if (id !== undefined) return { kind: "device", id };
  if (local === true) return { kind: "local" };
  return { kind: "stranger", address: callerOf(remoteAddress ?? "") };
}

/** Someone who is not signed in, for the audit log. */
const nobody = ({ address, trace }: Asker): By => ({
  by: { actor: { id: "unknown", name: "Nobody signed in", role: "none" }, from: address },
  trace,
});

export async function signIn(
  parts: AuthParts,
  request: SignInRequest,
  asker: Asker,
): Promise<SignIn> {
  const { name, pin, password } = request;
  const { origin } = asker;
  const what = password === undefined ? "sign-in" : "sign-in with a password";
  const guessed = await guess(parts, { name, origin, what }, nobody(asker), async () => {
    const staff = await findActiveByName(parts.database.kysely, name.trim());
    if (password !== undefined) {
      return (await isSecret(staff?.passwordHash, password)) ? staff : undefined;
    }
    const matches = await isSecret(staff?.pinHash, pin ?? "");
    return staff && matches && isPinEnough(origin, pin ?? "", staff) ? staff : undefined;
  });
  if (guessed.kind === "paused") return guessed;
  if (guessed.kind === "wrong") {
    // The same answer for a right PIN and a wrong one: a stranger learns nothing by trying.
    const short = origin.kind === "stranger" && password === undefined;
    return { kind: short ? "password-required" : "failed" };
  }
  const staff = guessed.value;
  if (password === undefined && staff.sample && !parts.sampleStaffAllowed) {
    return { kind: "sample-closed" };
  }
  return startSession(parts, staff, request, asker);
}

async function startSession(
  { database, outbox, clock }: AuthParts,
  staff: StaffRow,
  { password, rememberDevice }: SignInRequest,
  { origin, address, sessionId, trace }: Asker,
): Promise<SignIn> {
  const at = clock();
  const by: By = { by: { actor: personOf(staff), from: address }, trace };
  const token = newToken();
  const known = origin.kind === "device" ? origin.id : null;
  const added =
    rememberDevice && origin.kind === "stranger" && staff.role === "manager"
      ? { id: newId(), token: newToken() }
      : undefined;
  const session = {
    id: newId(),
    tokenHash: hashToken(token),
    staffId: staff.id,
    deviceId: added?.id ?? known,
    address,
    createdAt: at,
    lastSeenAt: at,
    endedAt: null,
  };
  const replaced = await database.transaction(async (tx) => {
    // Whoever changed the PIN, the password or the person meanwhile has ended the sessions that there were: one that
    // came after would outlive them.
    const now = await lockStaff(tx, staff.id);
    const proof = password === undefined ? "pinHash" : "passwordHash";
    if (!now || now.archivedAt !== null || now[proof] !== staff[proof]) return undefined;
    if (known !== null && !(await lockDevice(tx, known))) return undefined;
    if (added) {
      await insertDevice(tx, {
        id: added.id,
        tokenHash: hashToken(added.token),
        addedBy: staff.id,
        addedAt: at,
        address,
        lastSeenAt: at,
        revokedAt: null,
      });
    }
    await insertSession(tx, session);
    const details = {
      with: password === undefined ? "pin" : "password",
      place: added ? "new device" : origin.kind,
    };
    const events = [
      actionTaken(by, at, { action: "auth.sign-in", subject: staffSubject(staff), details }),
    ];
    if (added) {
      const subject = { type: "device", id: added.id };
      events.push(actionTaken(by, at, { action: "auth.add-device", subject }));
    }
    await outbox.add(tx, events);
    return sessionId === undefined ? [] : endSessions(tx, { id: sessionId }, at);
  });
  if (!replaced) return { kind: "failed" };
  outbox.wake();
  return { kind: "signed-in", staff, token, deviceToken: added?.token, replaced };
}

/** Ends one session. Repeated: no change. */
export const signOut = ({ database, clock }: AuthParts, sessionId: string): Promise<string[]> =>
  database.transaction((tx) => endSessions(tx, { id: sessionId }, clock()));

/** Ends all sessions of who asks. Answers with the ids of those that were open. */
export const signOutEverywhere = (parts: AuthParts, by: By): Promise<string[]> =>
  endAndTell(parts, { staffId: by.by.actor.id }, (ended, at) =>
    actionTaken(by, at, {
      action: "auth.sign-out-everywhere",
      subject: { type: "staff", id: by.by.actor.id, name: by.by.actor.name },
      details: { sessions: ended.length },
    }),
  );

/** Ends all sessions of somebody else. Answers with the ids of those that were open; undefined when there is no such
 *  person. */
export async function signOutPerson(
  parts: AuthParts,
  id: string,
  by: By,
): Promise<string[] | undefined> {
  const person = await findStaff(parts.database.kysely, id);
  if (!person) return undefined;
  return endAndTell(parts, { staffId: id }, (ended, at) =>
    actionTaken(by, at, {
      action: "staff.sign-out",
      subject: staffSubject(person),
      details: { sessions: ended.length },
    }),
  );
}

/** A device that was lost or stolen: from now on it is a stranger's, and who was signed in on it is signed out.
 *  Undefined when it is not known. */
export async function removeDevice(
  parts: AuthParts,
  id: string,
  by: By,
): Promise<string[] | undefined> {
  let known = false;
  const ended = await endAndTell(
    parts,
    { deviceId: id },
    (sessions, at) =>
      actionTaken(by, at, {
        action: "auth.remove-device",
        subject: { type: "device", id },
        details: { sessions: sessions.length },
      }),
    async (tx, at) => (known = (await revokeDevice(tx, id, at)) !== undefined),
  );
  return known ? ended : undefined;
}

async function endAndTell(
  { database, outbox, clock }: AuthParts,
  which: WhichSessions,
  tell: (ended: readonly string[], at: Date) => ReturnType<typeof actionTaken>,
  first: (tx: AuthTransaction, at: Date) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string[]> {
  const at = clock();
  const ended = await database.transaction(async (tx) => {
    if (!(await first(tx, at))) return [];
    const sessions = await endSessions(tx, which, at);
    await outbox.add(tx, [tell(sessions, at)]);
    return sessions;
  });
  outbox.wake();
  return ended;
}

/** Old sessions, approvals and counts leave. */
export const purge = ({ database }: Pick<AuthParts, "database">): Promise<void> =>
  purgeSessions(database);
