// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { type CallContext, implementContract } from "#platform/http";
import { newId } from "#platform/kernel";
import { changeOwnPin, hashPin, signIn } from "./commands.js";
import { contract, type Staff } from "./contract.js";
import { COOKIE, type createGuard } from "./guard.js";
import * as repository from "./repository.js";
import type { AuthDatabase, StaffChange, StaffRow } from "./repository.js";
import { ABSOLUTE_HOURS, permissionsOf, pinFault } from "./rules.js";

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
        if (sessionId) sessions.forget(await repository.endSessions(database, { id: sessionId }));
        return { headers: { "set-cookie": cookie("", 0) }, body: {} };
      }),
      endAll: auth.sessions.endAll.handler(async ({ context }) => {
        const ended = await repository.endSessions(database, { staffId: staffOf(context).id });
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
        items: (await repository.listStaff(database)).map(toStaff),
        nextCursor: null,
      })),
      create: auth.staff.create.handler(async ({ input, errors }) => {
        const fault = pinFault(input.pin);
        if (fault !== undefined) throw errors.WEAK_PIN({ message: `${fault}.` });
        const { name, role } = input;
        const pinHash = await hashPin(input.pin);
        const row = await repository.insertStaff(database, {
          id: newId(),
          name: name.trim(),
          role,
          pinHash,
        });
        if (!row) throw errors.NAME_TAKEN();
        return toStaff(row);
      }),
      update: auth.staff.update.handler(async ({ input, context, errors }) => {
        const current = await repository.findStaff(database, input.id);
        if (!current) throw errors.NOT_FOUND();
        const fault = input.pin === undefined ? undefined : pinFault(input.pin);
        if (fault !== undefined) throw errors.WEAK_PIN({ message: `${fault}.` });
        const own = staffOf(context).id === input.id;
        const change: StaffChange = {
          ...(input.name !== undefined && { name: input.name.trim() }),
          ...(input.role !== undefined && { role: input.role }),
          ...(input.archived !== undefined && { archivedAt: input.archived ? clock() : null }),
          // A PIN that somebody else chose is for one sign-in.
          ...(input.pin !== undefined && {
            pinHash: await hashPin(input.pin),
            pinMustChange: !own,
            sample: false,
          }),
        };
        const result = await repository.updateStaff(database, input.id, input.version, change);
        switch (result.kind) {
          case "last-manager":
            throw errors.LAST_MANAGER();
          case "name-taken":
            throw errors.NAME_TAKEN();
          case "stale":
            throw errors.VERSION_CONFLICT({ data: { currentVersion: current.version } });
          case "updated":
            if (!own || input.archived) {
              sessions.forget(await repository.endSessions(database, { staffId: input.id }));
            }
            return toStaff(result.row);
        }
      }),
    },
  });
}
