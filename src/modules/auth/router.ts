// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { actorOf, type CallContext, implementContract } from "#platform/http";
import { approve } from "./commands/approvals.js";
import type { AuthParts, By } from "./commands/parts.js";
import {
  originOf,
  removeDevice,
  signIn,
  signOut,
  signOutEverywhere,
  signOutPerson,
} from "./commands/sign-in.js";
import {
  addStaff,
  changeOwnPassword,
  changeOwnPin,
  changeStaff,
  type OwnChange,
  type StaffResult,
} from "./commands/staff.js";
import { contract, type Staff } from "./contract.js";
import { DEVICE_COOKIE, SESSION_COOKIE, writeCookie } from "./cookies.js";
import type { createGuard } from "./guard.js";
import { describeSignIn, listDevices, listStaff } from "./queries.js";
import { ABSOLUTE_HOURS, permissionsOf } from "./rules.js";
import type { StaffRow } from "./schema.js";

export interface RouterParts extends AuthParts {
  readonly sessions: Pick<ReturnType<typeof createGuard>, "forget" | "forgetStaff">;
  /** True behind TLS: then cookies are marked Secure. */
  readonly secure: boolean;
}

/** The longest that browsers keep a cookie. */
const DEVICE_DAYS = 400;

const toStaff = (row: StaffRow): Staff => ({
  id: row.id,
  name: row.name,
  role: row.role,
  mustChangePin: row.pinMustChange,
  hasPassword: row.passwordHash !== null,
  sample: row.sample,
  archived: row.archivedAt !== null,
  version: row.version,
});

const toMe = (row: StaffRow) => ({
  id: row.id,
  name: row.name,
  role: row.role,
  mustChangePin: row.pinMustChange,
  permissions: row.pinMustChange ? [] : [...permissionsOf(row.role)],
});

function staffOf({ principal }: CallContext) {
  if (!principal) throw new Error("The guard lets nobody in without a principal");
  return principal;
}

function byOf(context: CallContext): By {
  const by = actorOf(context);
  if (!by) throw new Error("No module changes staff or signs anybody in");
  return { by, trace: context.trace || null };
}

export function createRouter({ sessions, secure, ...parts }: RouterParts) {
  const { database } = parts;
  const auth = implementContract(contract);
  /** Where a proxy does the TLS, only the browser knows of it. */
  const isSecure = ({ fromTlsPage }: CallContext) => secure || fromTlsPage === true;
  const sessionCookie = (value: string, maxAgeSeconds: number, context: CallContext) =>
    writeCookie(SESSION_COOKIE, value, { maxAgeSeconds, secure: isSecure(context) });
  const deviceCookie = (value: string, context: CallContext) =>
    writeCookie(DEVICE_COOKIE, value, {
      maxAgeSeconds: DEVICE_DAYS * 86_400,
      secure: isSecure(context),
    });

  async function ownSession(context: CallContext, errors: { NO_SESSION(): Error }) {
    const { sessionId } = staffOf(context);
    if (sessionId === undefined) throw errors.NO_SESSION();
    return { ...byOf(context), sessionId, origin: await originOf(parts, context) };
  }

  return auth.router({
    sessions: {
      options: auth.sessions.options.handler(async ({ context }) =>
        describeSignIn(parts, await originOf(parts, context)),
      ),
      create: auth.sessions.create.handler(async ({ input, context, errors }) => {
        const result = await signIn(parts, input, {
          origin: await originOf(parts, context),
          address: context.remoteAddress ?? "",
          sessionId: context.principal?.sessionId,
          trace: context.trace || null,
        });
        switch (result.kind) {
          case "failed":
            throw errors.SIGN_IN_FAILED();
          case "password-required":
            throw errors.PASSWORD_REQUIRED();
          case "sample-closed":
            throw errors.SAMPLE_STAFF_CLOSED();
          case "paused":
            throw errors.SIGN_IN_PAUSED({ data: pauseOf(result) });
          case "signed-in": {
            sessions.forget(result.replaced);
            const { token, deviceToken, staff } = result;
            const cookies = [sessionCookie(token, ABSOLUTE_HOURS * 3600, context)];
            if (deviceToken !== undefined) cookies.push(deviceCookie(deviceToken, context));
            return { headers: { "set-cookie": cookies }, body: { token, staff: toMe(staff) } };
          }
        }
      }),
      current: auth.sessions.current.handler(({ context, errors }) => {
        const { id, name, role, permissions, mustChangePin = false, sessionId } = staffOf(context);
        if (role === "system" || sessionId === undefined) throw errors.NO_SESSION();
        return { id, name, role, permissions: [...permissions], mustChangePin };
      }),
      end: auth.sessions.end.handler(async ({ context }) => {
        const { sessionId } = staffOf(context);
        if (sessionId) sessions.forget(await signOut(parts, sessionId));
        return { headers: { "set-cookie": [sessionCookie("", 0, context)] }, body: {} };
      }),
      endAll: auth.sessions.endAll.handler(async ({ context }) => {
        const { sessionId } = staffOf(context);
        if (!sessionId) return { ended: 0 };
        const ended = await signOutEverywhere(parts, byOf(context));
        sessions.forget(ended);
        return { ended: ended.length };
      }),
    },
    changePin: auth.changePin.handler(async ({ input, context, errors }) => {
      const changed = await changeOwnPin(parts, input, await ownSession(context, errors));
      if (changed.kind === "weak") throw errors.WEAK_PIN({ message: `${changed.fault}.` });
      settle(changed, staffOf(context).id, errors);
      return {};
    }),
    changePassword: auth.changePassword.handler(async ({ input, context, errors }) => {
      const { newPassword, currentPin, currentPassword = "" } = input;
      const current = currentPin === undefined ? { currentPassword } : { currentPin };
      const own = await ownSession(context, errors);
      const changed = await changeOwnPassword(parts, { newPassword, ...current }, own);
      if (changed.kind === "weak") throw errors.WEAK_PASSWORD({ message: `${changed.fault}.` });
      settle(changed, staffOf(context).id, errors);
      return {};
    }),
    approvals: {
      create: auth.approvals.create.handler(async ({ input, context, errors }) => {
        const { sessionId } = staffOf(context);
        if (!sessionId) throw errors.APPROVAL_REFUSED();
        const origin = await originOf(parts, context);
        const result = await approve(parts, input, { ...byOf(context), sessionId, origin });
        if (result.kind === "paused") throw errors.SIGN_IN_PAUSED({ data: pauseOf(result) });
        if (result.kind === "refused") throw errors.APPROVAL_REFUSED();
        const { token, expiresAt, approver } = result;
        const approvedBy = { id: approver.id, name: approver.name };
        return { approval: token, expiresAt: expiresAt.toISOString(), approvedBy };
      }),
    },
    staff: {
      list: auth.staff.list.handler(async () => ({
        items: (await listStaff(database.kysely)).map(toStaff),
        nextCursor: null,
      })),
      create: auth.staff.create.handler(async ({ input, context, errors }) =>
        toStaff(done(await addStaff(parts, input, byOf(context)), errors)),
      ),
      update: auth.staff.update.handler(async ({ input, context, errors }) => {
        const { id, version, ...edit } = input;
        const { sessionId } = staffOf(context);
        const made = { id, version, by: byOf(context), ...(sessionId && { sessionId }) };
        const changed = await changeStaff(parts, made, edit);
        if (changed.kind === "own-pin") throw errors.OWN_PIN();
        const row = done(changed, errors);
        sessions.forgetStaff(id);
        return toStaff(row);
      }),
      signOut: auth.staff.signOut.handler(async ({ input, context, errors }) => {
        const ended = await signOutPerson(parts, input.id, byOf(context));
        if (!ended) throw errors.NOT_FOUND();
        sessions.forget(ended);
        return { ended: ended.length };
      }),
    },
    devices: {
      list: auth.devices.list.handler(async () => ({
        items: (await listDevices(database.kysely)).map((row) => ({
          id: row.id,
          addedBy: { id: row.addedBy, name: row.addedByName },
          addedAt: row.addedAt.toISOString(),
          address: row.address,
          lastSeenAt: row.lastSeenAt.toISOString(),
        })),
        nextCursor: null,
      })),
      remove: auth.devices.remove.handler(async ({ input, context, errors }) => {
        const ended = await removeDevice(parts, input.id, byOf(context));
        if (!ended) throw errors.NOT_FOUND();
        sessions.forget(ended);
        return { ended: ended.length };
      }),
    },
  });

  function settle(changed: Exclude<OwnChange, { kind: "weak" }>, id: string, errors: GuessErrors) {
    if (changed.kind === "paused") throw errors.SIGN_IN_PAUSED({ data: pauseOf(changed) });
    if (changed.kind === "wrong") throw errors.SIGN_IN_FAILED();
    sessions.forgetStaff(id);
  }
}

const pauseOf = ({ retryAfterSeconds }: { readonly retryAfterSeconds: number }) => ({
  retryAfterSeconds,
});

interface GuessErrors {
  SIGN_IN_FAILED(): Error;
  SIGN_IN_PAUSED(options: { data: { retryAfterSeconds: number } }): Error;
}

interface StaffErrors {
  NOT_FOUND(): Error;
  NAME_TAKEN(): Error;
  LAST_MANAGER(): Error;
  WEAK_PIN(options: { message: string }): Error;
  VERSION_CONFLICT(options: { data: { currentVersion: number } }): Error;
}

function done(result: StaffResult, errors: StaffErrors): StaffRow {
  switch (result.kind) {
    case "done":
      return result.row;
    case "weak-pin":
      throw errors.WEAK_PIN({ message: `${result.fault}.` });
    case "stale":
      throw errors.VERSION_CONFLICT({ data: { currentVersion: result.currentVersion } });
    case "not-found":
      throw errors.NOT_FOUND();
    case "last-manager":
      throw errors.LAST_MANAGER();
    case "name-taken":
      throw errors.NAME_TAKEN();
  }
}
