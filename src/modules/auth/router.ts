// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { type CallContext, implementContract } from "#platform/http";
import {
  addStaff,
  changeOwnPin,
  changeStaff,
  endSessions,
  signIn,
  type StaffResult,
} from "./commands.js";
import { contract, type Staff } from "./contract.js";
import { COOKIE, type createGuard } from "./guard.js";
import { listStaff } from "./queries.js";
import { ABSOLUTE_HOURS, permissionsOf, pinFault } from "./rules.js";
import type { AuthDatabase, StaffRow } from "./schema.js";

export interface RouterParts {
  readonly database: AuthDatabase;
  readonly sessions: ReturnType<typeof createGuard>;
  readonly clock: () => Date;
  readonly sampleStaffAllowed: boolean;
  /** True behind TLS: then the cookie is marked Secure. */
  readonly secure: boolean;
}

const toStaff = (row: StaffRow): Staff => ({
  id: row.id,
  name: row.name,
  role: row.role,
  mustChangePin: row.pinMustChange,
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

export function createRouter({
  database,
  sessions,
  clock,
  sampleStaffAllowed,
  secure,
}: RouterParts) {
  const auth = implementContract(contract);
  const cookie = (value: string, maxAgeSeconds: number) =>
    `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure ? "; Secure" : ""}`;

  return auth.router({
    sessions: {
      create: auth.sessions.create.handler(async ({ input, context, errors }) => {
        const address = context.remoteAddress ?? "unknown";
        const result = await signIn(database, {
          ...input,
          address,
          now: clock(),
          sampleStaffAllowed,
        });
        switch (result.kind) {
          case "failed":
            throw errors.SIGN_IN_FAILED();
          case "sample-closed":
            throw errors.SAMPLE_STAFF_CLOSED();
          case "paused": {
            const { retryAfterSeconds } = result;
            throw errors.SIGN_IN_PAUSED({ data: { retryAfterSeconds } });
          }
          case "signed-in":
            return {
              headers: { "set-cookie": cookie(result.token, ABSOLUTE_HOURS * 3600) },
              body: { token: result.token, staff: toMe(result.staff) },
            };
        }
      }),
      current: auth.sessions.current.handler(({ context }) => {
        const { id, name, role, permissions } = staffOf(context);
        if (role === "system") throw new Error("A program of the system has no session");
        return {
          id,
          name,
          role,
          permissions: [...permissions],
          mustChangePin: permissions.size === 0,
        };
      }),
      end: auth.sessions.end.handler(async ({ context }) => {
        const { sessionId } = staffOf(context);
        if (sessionId) sessions.forget(await endSessions(database, { id: sessionId }));
        return { headers: { "set-cookie": cookie("", 0) }, body: {} };
      }),
      endAll: auth.sessions.endAll.handler(async ({ context }) => {
        const ended = await endSessions(database, { staffId: staffOf(context).id });
        sessions.forget(ended);
        return { ended: ended.length };
      }),
    },
    changePin: auth.changePin.handler(async ({ input, context, errors }) => {
      const { id } = staffOf(context);
      const fault = pinFault(input.newPin);
      if (fault !== undefined) throw errors.WEAK_PIN({ message: `${fault}.` });
      if (!(await changeOwnPin(database, id, input))) throw errors.SIGN_IN_FAILED();
      sessions.forgetStaff(id);
      return {};
    }),
    staff: {
      list: auth.staff.list.handler(async () => ({
        items: (await listStaff(database)).map(toStaff),
        nextCursor: null,
      })),
      create: auth.staff.create.handler(async ({ input, errors }) =>
        toStaff(done(await addStaff(database, input), errors)),
      ),
      update: auth.staff.update.handler(async ({ input, context, errors }) => {
        const { id, version, ...edit } = input;
        const by = staffOf(context).id;
        const row = done(
          await changeStaff(database, { id, version, by, now: clock() }, edit),
          errors,
        );
        if (by !== id || edit.archived)
          sessions.forget(await endSessions(database, { staffId: id }));
        return toStaff(row);
      }),
    },
  });
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
