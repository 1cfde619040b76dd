// Guessing against a real database: who guesses wrong must wait, and nobody can make somebody else wait for long.
import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { changeOwnPin } from "./commands/staff.js";
import { findActiveByName } from "./repository/staff.js";
import {
  addDevice,
  attempt,
  bossOf,
  device,
  local,
  parts,
  pass,
  reopen,
  stranger,
  test,
  told,
  useAuth,
} from "./testing.js";

useAuth();

const PAUSED = { kind: "paused" };
const fail = async (times: number, over: Parameters<typeof attempt>[0], from = local) => {
  for (let guess = 0; guess < times; guess++) {
    const { kind } = await attempt({ pin: "9999", ...over }, from);
    expect(["failed", "password-required"]).toContain(kind);
  }
};

describe("wrong guesses", () => {
  it("make the next one wait, also the right one, up to a minute", async () => {
    await fail(5, {});
    expect(await attempt()).toEqual({ kind: "paused", retryAfterSeconds: 2 });
    pass(2);
    await fail(1, {});
    expect(await attempt()).toEqual({ kind: "paused", retryAfterSeconds: 4 });
    for (let guess = 0; guess < 8; guess++) {
      pass(61);
      await fail(1, {});
    }
    expect(await attempt()).toEqual({ kind: "paused", retryAfterSeconds: 60 });
    pass(61);
    expect((await attempt()).kind).toBe("signed-in");
    expect((await attempt({ pin: "9999" })).kind).toBe("failed");
    expect((await attempt()).kind).toBe("signed-in");
  });

  it("made at the same moment are no more than those made one after the other", async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => attempt({ pin: "9999" })));
    expect(results.filter(({ kind }) => kind === "failed")).toHaveLength(5);
    expect(results.filter(({ kind }) => kind === "paused")).toHaveLength(15);
  });

  it("count for a person, however many addresses they come from", async () => {
    const password = { name: "Manager", pin: undefined, password: "wrong horse battery" };
    for (let address = 0; address < 20; address++) {
      await fail(1, password, stranger(`10.0.1.${address}`));
    }
    expect(await attempt(password, stranger("10.0.2.1"))).toMatchObject(PAUSED);
    expect((await attempt({ ...password, name: "Cashier" }, stranger("10.0.2.1"))).kind).toBe(
      "failed",
    );
  });

  it("count for an address, however many names are tried, and whether they exist or not", async () => {
    for (let name = 0; name < 20; name++) await fail(1, { name: `Name ${name}` }, stranger());
    expect(await attempt({ name: "Another" }, stranger())).toMatchObject(PAUSED);
    expect((await attempt({ name: "Another" }, stranger("10.0.0.2"))).kind).toBe(
      "password-required",
    );
  });

  it("leave no trace while their place must wait, so that they cannot fill the disk", async () => {
    for (let name = 0; name < 20; name++) await fail(1, { name: `Name ${name}` }, stranger());
    const rows = async () =>
      (await test.database.kysely.selectFrom("signInFailures").selectAll().execute()).length;
    const before = await rows();
    for (let name = 20; name < 25; name++) {
      expect(await attempt({ name: `Name ${name}` }, stranger())).toMatchObject(PAUSED);
    }
    expect(await rows()).toBe(before);
  });

  it("count for one person however the name is spelt, as long as it is found by it", async () => {
    const dotted = { name: "K\u0130tchen" };
    expect((await attempt({ ...dotted, pin: "3333" })).kind).toBe("signed-in");
    await fail(3, { name: "Kitchen" });
    await fail(2, dotted);
    expect(await attempt({ ...dotted, pin: "3333" })).toMatchObject(PAUSED);
  });

  it("write nothing while they must wait: a flood of them is none of commits", async () => {
    await fail(5, { name: "Manager" }, stranger());
    const written = async () =>
      (
        await sql<object>`select xmin::text, subject from sign_in_failures order by subject`.execute(
          test.database.kysely,
        )
      ).rows;
    const before = await written();
    for (let guess = 0; guess < 3; guess++) {
      expect(await attempt({ name: "Manager", pin: "9999" }, stranger())).toMatchObject(PAUSED);
    }
    expect(await written()).toEqual(before);
  });

  it("are not forgotten with a success of somebody else from the same place", async () => {
    await fail(4, { name: "Manager" });
    expect((await attempt()).kind).toBe("signed-in");
    await fail(1, { name: "Manager" });
    expect(await attempt({ name: "Manager", pin: "1111" })).toMatchObject(PAUSED);
  });

  it("are remembered by another process, and after a restart", async () => {
    await fail(5, {});
    const restarted = await reopen();
    try {
      expect(await attempt({}, local, restarted.parts)).toMatchObject(PAUSED);
    } finally {
      await restarted.close();
    }
  });

  it("of the current PIN in a session that was left open count as well", async () => {
    const cashier = await findActiveByName(test.database.kysely, "Cashier");
    if (!cashier) throw new Error("the sample has a cashier");
    const session = {
      ...bossOf(cashier.id),
      by: { actor: { id: cashier.id, name: "Cashier", role: "cashier" } },
      sessionId: undefined,
      origin: local.origin,
    };
    const change = { currentPin: "9999", newPin: "7391" };
    for (let guess = 0; guess < 5; guess++) {
      expect(await changeOwnPin(parts, change, session)).toEqual({ kind: "wrong" });
    }
    const right = { ...change, currentPin: "2222" };
    expect(await changeOwnPin(parts, right, session)).toMatchObject(PAUSED);
  });

  it("are told to the audit log when a pause begins, without what was typed", async () => {
    await fail(5, { name: "manager", pin: "98765" });
    await fail(5, { name: "20 98765" });
    const events = await told();
    expect(events).toMatchObject([
      {
        action: "auth.pause-guessing",
        actor: { id: "unknown" },
        from: "127.0.0.1",
        subject: { type: "staff", name: "Manager" },
        details: { what: "sign-in", seconds: 2 },
      },
      { subject: { type: "staff", id: "unknown" } },
    ]);
    expect(JSON.stringify(events)).not.toContain("98765");
  });
});

describe("nobody locks the manager out", () => {
  const manager = { name: "Manager", pin: "1111" };
  let till: string;
  let other: string;
  beforeAll(async () => {
    till = await addDevice();
    other = await addDevice();
  });

  it("from afar: the till and known devices are not held back by strangers", async () => {
    for (let address = 0; address < 21; address++) {
      await attempt({ ...manager, pin: "9999" }, stranger(`10.0.3.${address}`));
    }
    expect(await attempt(manager, stranger("10.0.4.1"))).toMatchObject(PAUSED);
    expect((await attempt(manager, local)).kind).toBe("signed-in");
    expect((await attempt(manager, device(other))).kind).toBe("signed-in");
  });

  it("from the till next to it: another device stays free, and this one does after a minute", async () => {
    for (let guess = 0; guess < 12; guess++) {
      await attempt({ ...manager, pin: "9999" }, device(till));
      pass(61);
    }
    await attempt({ ...manager, pin: "9999" }, device(till));
    expect(await attempt(manager, device(till))).toMatchObject(PAUSED);
    expect((await attempt(manager, device(other))).kind).toBe("signed-in");
    pass(61);
    expect((await attempt(manager, device(till))).kind).toBe("signed-in");
  });
});
