// A manager's yes on a cashier's screen, over real HTTP: once, for one thing, for a minute, and on record.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addSecondManager,
  pass,
  reopen,
  serveAuth,
  test,
  told,
  tokenOf,
  useAuth,
} from "./testing.js";

useAuth();

let server: Awaited<ReturnType<typeof serveAuth>>;
let cashier: { authorization: string };
beforeAll(async () => {
  server = await serveAuth();
  await addSecondManager({ name: "Hla", pin: "73519", password: "three green mangoes" });
});
afterAll(() => server?.close());
beforeEach(async () => {
  cashier = { authorization: `Bearer ${(await tokenOf()).token}` };
});

const ask = (over: object = {}, headers = cashier) =>
  server.send(
    "POST",
    "/approvals",
    { name: "Hla", pin: "73519", permission: "inventory.adjust", subject: "7", ...over },
    headers,
  );
const adjust = (approval?: string, id = "7", headers = cashier, on = server) =>
  on.send("POST", `/things/${id}/adjust`, {}, { ...headers, ...(approval && { approval }) });

describe("an approval", () => {
  it("is asked for by the refusal, lets one request through, and signs nobody out", async () => {
    const refused = await adjust();
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      code: "forbidden",
      permission: "inventory.adjust",
      approvable: true,
    });
    const given = await ask();
    expect(given.status).toBe(201);
    expect(given.body.approvedBy).toMatchObject({ name: "Hla" });
    const done = await adjust(given.body.approval);
    expect(done).toMatchObject({ status: 200, body: { by: "Cashier", approvedBy: "Hla" } });
    const again = await adjust(given.body.approval);
    expect(again).toMatchObject({ status: 403, body: { code: "forbidden", approvable: true } });
    const me = await server.send("GET", "/sessions/current", undefined, cashier);
    expect(me.body).toMatchObject({ name: "Cashier" });
  });

  it("is used by one of many requests at the same moment", async () => {
    const { body } = await ask();
    const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(body.approval)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
  });

  it("survives a restart, unused or used", async () => {
    const [first, second] = [await ask(), await ask()];
    await adjust(first.body.approval);
    const store = await reopen();
    const restarted = await serveAuth(store.parts);
    try {
      expect((await adjust(first.body.approval, "7", cashier, restarted)).status).toBe(403);
      expect((await adjust(second.body.approval, "7", cashier, restarted)).status).toBe(200);
    } finally {
      await restarted.close();
      await store.close();
    }
  });

  it("is for this session, this permission and this subject only", async () => {
    const kitchen = {
      authorization: `Bearer ${(await tokenOf({ name: "Kitchen", pin: "3333" })).token}`,
    };
    const { approval } = (await ask()).body;
    expect((await adjust(approval, "7", kitchen)).status).toBe(403);
    const other = (await ask({ permission: "payments.refund" })).body.approval;
    expect((await adjust(other)).status).toBe(403);
    const bound = (await ask({ subject: "42" })).body.approval;
    expect((await adjust(bound, "43")).status).toBe(403);
    expect((await adjust(bound, "42")).status).toBe(200);
    // No part of the address is a subject but the id.
    const all = (await ask({ subject: "things" })).body.approval;
    const refused = await adjust(all);
    expect(refused).toMatchObject({ status: 403, body: { code: "forbidden", approvable: true } });
    expect(refused.body.detail).toMatch(/something else, such as another order.*given for this/);
    expect((await adjust(approval)).status).toBe(200);
  });

  it("expires after a minute", async () => {
    const { approval } = (await ask()).body;
    pass(61);
    expect((await adjust(approval)).status).toBe(403);
  });

  it("ends with the right of its giver", async () => {
    const { approval } = (await ask()).body;
    const { kysely } = test.database;
    const hla = kysely.updateTable("staff").where("name", "=", "Hla");
    await hla.set({ archivedAt: new Date() }).execute();
    expect((await adjust(approval)).status).toBe(403);
    await hla.set({ archivedAt: null }).execute();
  });

  it("is not used up where it is not needed", async () => {
    const { approval } = (await ask()).body;
    const { token } = await tokenOf({ name: "Manager", pin: "1111" });
    const manager = { authorization: `Bearer ${token}` };
    const done = await adjust(approval, "7", manager);
    expect(done.body).toEqual({ by: "Manager", approvedBy: null });
    expect((await adjust(approval)).status).toBe(200);
  });

  it("is refused in one way, whether the PIN is wrong or the person may not allow it", async () => {
    for (const over of [{ pin: "1234" }, { name: "Kitchen", pin: "3333" }, { name: "Nobody" }]) {
      const { status, body } = await ask(over);
      expect([status, body.code]).toEqual([403, "approval-refused"]);
    }
    expect((await ask({ permission: "everything" })).status).toBe(422);
    const unbound = await ask({ subject: undefined });
    expect([unbound.status, JSON.stringify(unbound.body)]).toEqual([
      422,
      expect.stringContaining('"subject"'),
    ]);
    expect((await ask({}, { authorization: "" })).status).toBe(401);
  });

  it("cannot be guessed: wrong PINs wait as at sign-in", async () => {
    for (let guess = 0; guess < 5; guess++) {
      expect((await ask({ pin: "9999" })).status).toBe(403);
    }
    const paused = await ask();
    expect(paused).toMatchObject({ status: 429, body: { code: "sign-in-paused" } });
    pass(61);
    expect((await ask()).status).toBe(201);
  });

  it("is recorded with who gave it, to whom and for what, but not the token", async () => {
    const { approval } = (await ask({ subject: "42" })).body;
    const events = await told();
    expect(events.at(-1)).toMatchObject({
      action: "auth.approve",
      actor: { name: "Hla", role: "manager" },
      from: expect.stringMatching(/127\.0\.0\.1|::1/),
      subject: { type: "staff", name: "Cashier" },
      details: { permission: "inventory.adjust", for: "42" },
    });
    expect(JSON.stringify(events)).not.toContain(approval);
  });
});
