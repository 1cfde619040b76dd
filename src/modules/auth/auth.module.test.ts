// Signing in against a real database: sessions that end, guesses that must wait, and the last manager who stays.
import { inject } from "vitest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { createModuleDatabase } from "../../platform/db/testing.js";
import { addFirstManager, addSampleStaff, changeOwnPin, hashPin, signIn } from "./commands.js";
import { createGuard } from "./guard.js";
import { endSessions, insertStaff, listStaff, updateStaff } from "./repository.js";
import type { AuthTables } from "./schema.js";

let test: Awaited<ReturnType<typeof createModuleDatabase<AuthTables>>>;
let now: Date;
beforeAll(async () => {
  test = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
  await addSampleStaff(test.database);
});
beforeEach(async () => {
  now = new Date();
  await test.database.kysely.deleteFrom("signInFailures").execute();
});
afterAll(() => test.close());

const attempt = (over: Partial<Parameters<typeof signIn>[1]> = {}) =>
  signIn(test.database, {
    name: "Cashier",
    pin: "2222",
    address: "10.0.0.1",
    now,
    sampleStaffAllowed: true,
    ...over,
  });

const bearer = (token: string) => ({
  authorization: `Bearer ${token}`,
  remoteAddress: "10.0.0.1",
  method: "GET",
});

describe("signing in", () => {
  it("gives a token that the guard knows, by header and by cookie, until it is ended", async () => {
    const result = await attempt({ name: " cashier " });
    if (result.kind !== "signed-in") throw new Error(result.kind);
    const { guard, forget } = createGuard(test.database, () => now);
    const principal = await guard.authenticate(bearer(result.token));
    expect(principal).toMatchObject({ name: "Cashier", role: "cashier", kind: "staff" });
    expect(
      await guard.authenticate({
        ...bearer(""),
        authorization: "",
        cookie: `a=b; tiffin_session=${result.token}`,
      }),
    ).toEqual(principal);
    forget(await endSessions(test.database, { id: principal?.sessionId ?? "" }));
    expect(await guard.authenticate(bearer(result.token))).toBeNull();
  });

  it("stores no token and no PIN that could be used", async () => {
    const result = await attempt();
    if (result.kind !== "signed-in") throw new Error(result.kind);
    const rows = JSON.stringify([
      await test.database.kysely.selectFrom("sessions").selectAll().execute(),
      await test.database.kysely.selectFrom("staff").selectAll().execute(),
    ]);
    expect(rows).not.toContain(result.token);
    expect(rows).not.toContain('"2222"');
  });

  it("ends a session after four idle hours", async () => {
    const result = await attempt();
    if (result.kind !== "signed-in") throw new Error(result.kind);
    const { guard } = createGuard(test.database, () => now);
    expect(await guard.authenticate(bearer(result.token))).not.toBeNull();
    now = new Date(now.getTime() + 4 * 3_600_000 + 60_000);
    expect(await guard.authenticate(bearer(result.token))).toBeNull();
  });

  it("refuses the sample staff where the network can reach the server", async () => {
    expect(await attempt({ sampleStaffAllowed: false })).toEqual({ kind: "sample-closed" });
  });

  it.each([{ pin: "2223" }, { name: "Nobody" }, { name: "Cashier'; --" }])(
    "refuses %j",
    async (wrong) => {
      expect(await attempt(wrong)).toEqual({ kind: "failed" });
    },
  );
});

describe("guessing", () => {
  it("must wait after five wrong PINs, also with the right one, and not from another address", async () => {
    for (let guess = 0; guess < 5; guess++) await attempt({ pin: "9999" });
    expect(await attempt()).toMatchObject({ kind: "paused", retryAfterSeconds: 2 });
    expect((await attempt({ address: "10.0.0.2" })).kind).toBe("signed-in");
    now = new Date(now.getTime() + 61_000);
    expect((await attempt()).kind).toBe("signed-in");
  });

  it("counts guesses that are made at the same time", async () => {
    await Promise.all(Array.from({ length: 10 }, () => attempt({ pin: "9999" })));
    expect((await attempt()).kind).toBe("paused");
  });
});

describe("managing staff", () => {
  it("gives the first manager a new one-time PIN until it is used, and none afterwards", async () => {
    const empty = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
    try {
      const unseen = await addFirstManager(empty.database);
      const seen = await addFirstManager(empty.database);
      expect(seen?.pin).not.toBe(unseen?.pin);
      const [manager, ...others] = await listStaff(empty.database);
      if (!manager || !seen) throw new Error("there is a first manager");
      expect(others).toEqual([]);
      const change = { currentPin: unseen?.pin ?? "", newPin: "73519" };
      expect(await changeOwnPin(empty.database, manager.id, change)).toBe(false);
      change.currentPin = seen.pin;
      expect(await changeOwnPin(empty.database, manager.id, change)).toBe(true);
      expect(await addFirstManager(empty.database)).toBeUndefined();
    } finally {
      await empty.close();
    }
  });

  it("adds the sample staff and the first manager only where nobody works yet", async () => {
    await addSampleStaff(test.database);
    expect(await listStaff(test.database)).toHaveLength(3);
    expect(await addFirstManager(test.database)).toBeUndefined();
  });

  it("keeps the last manager, whoever asks", async () => {
    const manager = (await listStaff(test.database)).find((one) => one.role === "manager");
    if (!manager) throw new Error("the sample has a manager");
    const change = (over: object) => updateStaff(test.database, manager.id, manager.version, over);
    expect(await change({ archivedAt: now })).toEqual({ kind: "last-manager" });
    expect(await change({ role: "cashier" })).toEqual({ kind: "last-manager" });

    const other = await insertStaff(test.database, {
      id: newId(),
      name: "Second",
      role: "manager",
      pinHash: await hashPin("8642"),
    });
    if (!other) throw new Error("the name is free");
    const results = await Promise.all([
      updateStaff(test.database, other.id, other.version, { archivedAt: now }),
      change({ archivedAt: now }),
    ]);
    expect(results.map((result) => result.kind).toSorted()).toEqual(["last-manager", "updated"]);
  });

  it("refuses a stale version and a name that is taken", async () => {
    const kitchen = (await listStaff(test.database)).find((one) => one.role === "kitchen");
    if (!kitchen) throw new Error("the sample has a kitchen");
    expect(await updateStaff(test.database, kitchen.id, 99, { name: "Other" })).toEqual({
      kind: "stale",
    });
    expect(
      await updateStaff(test.database, kitchen.id, kitchen.version, { name: "CASHIER" }),
    ).toEqual({ kind: "name-taken" });
  });

  it("changes one's own PIN with the current one only", async () => {
    const kitchen = (await listStaff(test.database)).find((one) => one.role === "kitchen");
    if (!kitchen) throw new Error("the sample has a kitchen");
    expect(
      await changeOwnPin(test.database, kitchen.id, { currentPin: "0000", newPin: "7391" }),
    ).toBe(false);
    expect(
      await changeOwnPin(test.database, kitchen.id, { currentPin: "3333", newPin: "7391" }),
    ).toBe(true);
    expect((await attempt({ name: "Kitchen", pin: "7391" })).kind).toBe("signed-in");
  });
});
