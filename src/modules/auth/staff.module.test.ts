// Who works here, against a real database: the last manager stays, nobody is deleted, everything is told.
import { sql } from "kysely";
import { inject } from "vitest";
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { createModuleDatabase } from "../../platform/db/testing.js";
import { addFirstManager, addSampleStaff } from "./commands/first-staff.js";
import type { AuthParts } from "./commands/parts.js";
import { addStaff, changeOwnPassword, changeOwnPin, changeStaff } from "./commands/staff.js";
import { describeSampleStaff } from "./queries.js";
import { findActiveByName, listStaff } from "./repository/staff.js";
import {
  addSecondManager,
  asOwner,
  attempt,
  bossOf,
  local,
  parts,
  partsOn,
  serveAuth,
  stranger,
  test,
  told,
  tokenOf,
  useAuth,
} from "./testing.js";
import type { AuthTables, StaffRow } from "./schema.js";

useAuth();

const get = async (name: string): Promise<StaffRow> => {
  const row = await findActiveByName(test.database.kysely, name);
  if (!row) throw new Error(`${name} does not work here`);
  return row;
};
const change = async (name: string, edit: Parameters<typeof changeStaff>[2], by = bossOf()) => {
  const { id, version } = await get(name);
  return changeStaff(parts, { id, version, by }, edit);
};
const ownSession = ({ id, name, role }: StaffRow) => ({
  by: { actor: { id, name, role } },
  trace: null,
  sessionId: undefined,
  origin: local.origin,
});

/** A process in which `first` happens before its second transaction: a guess is counted in the first. */
const late = (first: () => Promise<unknown>): AuthParts => {
  let transactions = 0;
  const transaction: AuthParts["database"]["transaction"] = async (work) => {
    transactions += 1;
    if (transactions === 2) await first();
    return test.database.transaction(work);
  };
  return partsOn({ ...test.database, transaction });
};

describe("the first people", () => {
  it("are one manager with a new one-time PIN until it is used, where nobody works yet", async () => {
    const empty = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
    const on = partsOn(empty.database);
    try {
      const unseen = await addFirstManager(on);
      const seen = await addFirstManager(on);
      expect(seen?.pin).toMatch(/^\d{8}$/);
      expect(seen?.pin).not.toBe(unseen?.pin);
      const [manager, ...others] = await listStaff(empty.database.kysely);
      if (!manager || !seen || !unseen) throw new Error("there is a first manager");
      expect(others).toEqual([]);
      const session = ownSession(manager);
      const lost = { currentPin: unseen.pin, newPin: "73519" };
      expect(await changeOwnPin(on, lost, session)).toEqual({ kind: "wrong" });
      const same = { currentPin: seen.pin, newPin: seen.pin };
      expect(await changeOwnPin(on, same, session)).toMatchObject({ kind: "weak" });
      const right = { currentPin: seen.pin, newPin: "73519" };
      expect(await changeOwnPin(on, right, session)).toMatchObject({ kind: "done" });
      expect(await addFirstManager(on)).toBeUndefined();
    } finally {
      await empty.close();
    }
  });

  it("let the manager in from another machine by the one-time PIN, and open nothing until it is changed", async () => {
    const empty = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
    const on = partsOn(empty.database, { sampleStaffAllowed: false });
    const server = await serveAuth(on);
    try {
      await addSampleStaff(on);
      // The sample's manager could not sign in here: so this one gets a PIN of its own.
      const first = await addFirstManager(on);
      if (!first) throw new Error("nobody could sign in");
      const result = await attempt({ name: first.name, pin: first.pin }, stranger(), on);
      if (result.kind !== "signed-in") throw new Error(result.kind);
      const headers = { authorization: `Bearer ${result.token}` };
      for (const [method, path, body] of [
        ["GET", "/staff"],
        ["POST", "/things/1/adjust", {}],
        ["DELETE", "/sessions"],
        ["POST", "/approvals", { name: "Manager", pin: first.pin, permission: "orders.cancel" }],
      ] as const) {
        const refused = await server.send(method, path, body, headers);
        expect([path, refused.status, refused.body.code]).toEqual([
          path,
          403,
          "pin-change-required",
        ]);
        expect(refused.body.detail).toMatch(/Choose your own first/);
      }
      const me = await server.send("GET", "/sessions/current", undefined, headers);
      expect(me.body).toMatchObject({ mustChangePin: true, permissions: [] });
      const own = { currentPin: first.pin, newPin: "73519" };
      expect((await server.send("PUT", "/sessions/current/pin", own, headers)).status).toBe(200);
      expect((await server.send("GET", "/staff", undefined, headers)).status).toBe(200);
      expect((await attempt({ name: first.name, pin: "73519" }, stranger(), on)).kind).toBe(
        "password-required",
      );
      // What a start shows as PINs to sign in with: not the one that was changed.
      const pins = [
        { name: "Cashier", pin: "2222" },
        { name: "Kitchen", pin: "3333" },
      ];
      expect(await describeSampleStaff(on.database)).toEqual({ any: true, pins });
    } finally {
      await server.close();
      await empty.close();
    }
  });

  it("are added all three or not at all", async () => {
    const empty = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
    const transaction: AuthParts["database"]["transaction"] = (work) =>
      empty.database.transaction(async (tx) => {
        await work(tx);
        throw new Error("killed");
      });
    try {
      const killed = addSampleStaff(partsOn({ ...empty.database, transaction }));
      await expect(killed).rejects.toThrow("killed");
      expect(await listStaff(empty.database.kysely)).toEqual([]);
    } finally {
      await empty.close();
    }
  });

  it("are added only where nobody works yet", async () => {
    await addSampleStaff(parts);
    expect(await listStaff(test.database.kysely)).toHaveLength(3);
    expect(await addFirstManager(parts)).toBeUndefined();
  });
});

describe("staff", () => {
  it("keep their last manager, whoever asks and however many at once", async () => {
    expect(await change("Manager", { archived: true })).toEqual({ kind: "last-manager" });
    expect(await change("Manager", { role: "cashier" })).toEqual({ kind: "last-manager" });
    await addStaff(parts, { name: "Second", role: "manager", pin: "8642" }, bossOf());
    const results = await Promise.all([
      change("Second", { archived: true }),
      change("Manager", { archived: true }),
    ]);
    expect(results.map((result) => result.kind).toSorted()).toEqual(["done", "last-manager"]);
    const archived = (await listStaff(test.database.kysely)).find((row) => row.archivedAt);
    if (!archived) throw new Error("one of them is archived");
    const { id, version } = archived;
    await changeStaff(parts, { id, version, by: bossOf() }, { archived: false });
  });

  it("are archived, never deleted, also by the owner of the tables", async () => {
    const remove = () => sql`delete from staff where name = 'Kitchen'`;
    await expect(remove().execute(test.database.kysely)).rejects.toThrow(/permission denied/);
    for (const statement of ["delete from auth.staff", "truncate auth.staff cascade"]) {
      await expect(asOwner(statement)).rejects.toThrow(/archived, never deleted/);
    }
  });

  it("are refused a stale version, and a name that somebody active has or takes at that moment", async () => {
    const { id } = await get("Kitchen");
    const by = bossOf();
    expect(await changeStaff(parts, { id, version: 99, by }, { name: "Other" })).toMatchObject({
      kind: "stale",
    });
    expect(await change("Kitchen", { name: "CASHIER" })).toEqual({ kind: "name-taken" });
    const old = { name: "Old", role: "kitchen", pin: "8642" } as const;
    const first = await addStaff(parts, old, by);
    if (first.kind !== "done") throw new Error(first.kind);
    await change("Old", { archived: true });
    expect(await addStaff(parts, old, by)).toMatchObject({ kind: "done" });
    const back = { id: first.row.id, version: first.row.version + 1, by };
    expect(await changeStaff(parts, back, { archived: false })).toEqual({ kind: "name-taken" });
    expect(await addStaff(parts, old, by)).toEqual({ kind: "name-taken" });
  });

  it("choose their own PIN after somebody else chose one, and only that", async () => {
    await addStaff(parts, { name: "New", role: "cashier", pin: "8642" }, bossOf());
    const { staff } = await tokenOf({ name: "New", pin: "8642" });
    expect(staff.pinMustChange).toBe(true);
    await changeOwnPin(parts, { currentPin: "8642", newPin: "7391" }, ownSession(staff));
    expect((await tokenOf({ name: "New", pin: "7391" })).staff.pinMustChange).toBe(false);
    await change("New", { pin: "8642" });
    expect((await tokenOf({ name: "New", pin: "8642" })).staff.pinMustChange).toBe(true);
  });

  it("are signed out everywhere by a manager, who can do that to nobody that is not here", async () => {
    const [here, there] = [await tokenOf(), await tokenOf()];
    const server = await serveAuth();
    const as = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
    const manager = await tokenOf({ name: "Manager", pin: "1111" });
    const { id } = await get("Cashier");
    const signOut = (who: string, by: { token: string }) =>
      server.send("POST", `/staff/${who}/sign-out`, {}, as(by));
    expect((await signOut(id, here)).status).toBe(403);
    expect((await server.send("GET", "/sessions/current", undefined, as(there))).status).toBe(200);
    expect(await signOut(id, manager)).toMatchObject({ status: 200, body: { ended: 2 } });
    for (const one of [here, there]) {
      expect((await server.send("GET", "/sessions/current", undefined, as(one))).status).toBe(401);
    }
    expect(await signOut(id, manager)).toMatchObject({ status: 200, body: { ended: 0 } });
    expect((await signOut(newId(), manager)).status).toBe(404);
    expect(await told()).toContainEqual(
      expect.objectContaining({
        action: "staff.sign-out",
        subject: { type: "staff", id, name: "Cashier" },
        details: { sessions: 2 },
      }),
    );
    await tokenOf();
    await server.close();
  });

  it("are signed out elsewhere when their PIN changes, and everywhere when a manager changes them", async () => {
    const [here, there] = [await tokenOf(), await tokenOf()];
    const server = await serveAuth();
    const as = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
    const status = async (one: { token: string }) =>
      (await server.send("GET", "/sessions/current", undefined, as(one))).status;
    expect([await status(here), await status(there)]).toEqual([200, 200]);
    const own = { currentPin: "2222", newPin: "7391" };
    await server.send("PUT", "/sessions/current/pin", own, as(here));
    expect([await status(here), await status(there)]).toEqual([200, 401]);
    const manager = await tokenOf({ name: "Manager", pin: "1111" });
    const { id, version } = await get("Cashier");
    const edit = { version, pin: "2580" };
    expect((await server.send("PATCH", `/staff/${id}`, edit, as(manager))).status).toBe(200);
    expect(await status(here)).toBe(401);
    await server.close();
  });

  it("change their own PIN only with the current one, and are signed out elsewhere when they remove their password", async () => {
    const { id, version } = await addSecondManager({
      name: "Thet",
      pin: "73519",
      password: "three green mangoes",
    });
    const open = { name: "Thet", pin: "73519" };
    const [here, left] = [await tokenOf(open), await tokenOf(open)];
    const server = await serveAuth();
    const as = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
    const patch = (edit: object) =>
      server.send("PATCH", `/staff/${id}`, { version, ...edit }, as(here));
    const { status, body } = await patch({ pin: "75319", name: "Thet Thet" });
    expect([status, body.code]).toEqual([409, "own-pin"]);
    expect(body.detail).toContain("PUT /api/sessions/current/pin");
    expect(await get("Thet")).toMatchObject({ version });
    await tokenOf(open);
    expect((await patch({ password: null })).status).toBe(200);
    for (const [one, status] of [[here, 200] as const, [left, 401] as const])
      expect(await server.send("GET", "/sessions/current", undefined, as(one))).toMatchObject({
        status,
      });
    await server.close();
  });

  it("lose what was proved with a PIN that a manager changes at that moment", async () => {
    await addStaff(parts, { name: "May", role: "cashier", pin: "8642" }, bossOf());
    const may = await get("May");
    // Between the check of the PIN and what it opens.
    const reset = late(() => change("May", { pin: "9753" }));
    expect(await attempt({ name: "May", pin: "8642" }, local, reset)).toEqual({ kind: "failed" });
    const { rows } = await sql`select from sessions where staff_id = ${may.id}`.execute(
      test.database.kysely,
    );
    expect(rows).toEqual([]);
    const again = late(() => change("May", { pin: "8642" }));
    const own = { currentPin: "9753", newPin: "7391" };
    expect(await changeOwnPin(again, own, ownSession(may))).toEqual({ kind: "wrong" });
    expect((await tokenOf({ name: "May", pin: "8642" })).staff.pinMustChange).toBe(true);
  });

  it("have a password only while they are managers", async () => {
    await addStaff(parts, { name: "Aye", role: "manager", pin: "8642" }, bossOf());
    const session = ownSession(await get("Aye"));
    const weak = { currentPin: "8642", newPassword: "password123" };
    expect(await changeOwnPassword(parts, weak, session)).toMatchObject({ kind: "weak" });
    const wrong = { currentPin: "8643", newPassword: "three green mangoes" };
    expect(await changeOwnPassword(parts, wrong, session)).toEqual({ kind: "wrong" });
    await changeOwnPassword(parts, { ...wrong, currentPin: "8642" }, session);
    const next = { currentPassword: "three green mangoes", newPassword: "four ripe mangoes" };
    expect(await changeOwnPassword(parts, next, session)).toMatchObject({ kind: "done" });
    await change("Aye", { role: "cashier" });
    expect((await get("Aye")).passwordHash).toBeNull();
    const cashier = sql`update staff set password_hash = 'x' where name = 'Aye'`;
    await expect(cashier.execute(test.database.kysely)).rejects.toThrow(
      /passwords_are_for_managers/,
    );
  });

  it("have everything told that was done to them, without their secrets", async () => {
    await addStaff(parts, { name: "Su", role: "cashier", pin: "864213" }, bossOf());
    await change("Su", { name: "Su Su", role: "manager", pin: "975318" });
    await change("Su Su", { archived: true });
    const events = await told();
    expect(events).toMatchObject([
      { action: "staff.create", actor: { name: "Boss" }, details: { role: "cashier" } },
      {
        action: "staff.change",
        subject: { type: "staff", name: "Su Su" },
        details: {
          name: { from: "Su", to: "Su Su" },
          role: { from: "cashier", to: "manager" },
          pinReset: true,
        },
      },
      { action: "staff.archive", details: { archived: true } },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/864213|975318|argon2/);
  });
});
