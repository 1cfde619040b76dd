// Signing in against a real database and over real HTTP: from where with what, sessions that end, tills that change hands.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signOut } from "./commands/sign-in.js";
import { createGuard } from "./guard.js";
import {
  addSecondManager,
  afar,
  attempt,
  bearer,
  clock,
  cookiesOf,
  local,
  parts,
  partsOn,
  pass,
  serveAuth,
  stranger,
  test,
  told,
  tokenOf,
  useAuth,
} from "./testing.js";

useAuth();

const PASSWORD = "three green mangoes";
let server: Awaited<ReturnType<typeof serveAuth>>;
beforeAll(async () => {
  server = await serveAuth();
  await addSecondManager({ name: "Hla", pin: "73519", password: PASSWORD });
});
afterAll(() => server?.close());

describe("a session", () => {
  it("is known to the guard by its token, by header and by cookie, until it is ended", async () => {
    const { token } = await tokenOf({ name: " cashier " });
    const { guard } = createGuard(test.database, clock);
    const principal = await guard.authenticate(bearer(token));
    expect(principal).toMatchObject({ name: "Cashier", role: "cashier", kind: "staff" });
    const cookie = `a=b; tiffin_session=${token}`;
    expect(await guard.authenticate({ cookie, remoteAddress: "::1" })).toEqual(principal);
    const headers = { authorization: `Bearer ${token}` };
    expect((await server.send("DELETE", "/sessions/current", undefined, headers)).status).toBe(200);
    expect((await server.send("GET", "/sessions/current", undefined, headers)).status).toBe(401);
  });

  it("that ends while the guard reads it is not remembered as open", async () => {
    const { token } = await tokenOf();
    let ended = false;
    const run: typeof test.database.run = async (...statement) => {
      const rows = await test.database.run(...statement);
      const [session] = rows as unknown as { id: string }[];
      if (session && !ended) {
        ended = true;
        sessions.forget(await signOut(parts, session.id));
      }
      return rows;
    };
    const sessions = createGuard({ ...test.database, run }, clock);
    await sessions.guard.authenticate(bearer(token));
    expect(ended).toBe(true);
    expect(await sessions.guard.authenticate(bearer(token))).toBeNull();
  });

  it("stores no token, PIN or password that could be used, and tells none", async () => {
    const { token } = await tokenOf({ name: "Hla", pin: undefined, password: PASSWORD });
    const rows = JSON.stringify([
      await test.database.kysely.selectFrom("sessions").selectAll().execute(),
      await test.database.kysely.selectFrom("staff").selectAll().execute(),
      await told(),
    ]);
    for (const secret of [token, '"2222"', "73519", PASSWORD]) expect(rows).not.toContain(secret);
  });

  it("ends after four idle hours, and after sixteen in any case", async () => {
    const { guard } = createGuard(test.database, clock);
    const idle = await tokenOf();
    const used = await tokenOf();
    pass(4 * 3600 - 60);
    expect(await guard.authenticate(bearer(used.token))).not.toBeNull();
    pass(120);
    expect(await guard.authenticate(bearer(idle.token))).toBeNull();
    for (let hours = 4; hours < 16; hours += 2) {
      expect(await guard.authenticate(bearer(used.token))).not.toBeNull();
      pass(2 * 3600);
    }
    expect(await guard.authenticate(bearer(used.token))).toBeNull();
  });

  it("is replaced when the next person signs in on the same till, and ends nobody's on another", async () => {
    const other = await tokenOf();
    const first = await server.send("POST", "/sessions", { name: "Cashier", pin: "2222" });
    const till = cookiesOf(first.cookies);
    const wrong = await server.send("POST", "/sessions", { name: "Manager", pin: "9999" }, till);
    expect(wrong.status).toBe(401);
    expect((await server.send("GET", "/sessions/current", undefined, till)).status).toBe(200);
    const second = await server.send("POST", "/sessions", { name: "Manager", pin: "1111" }, till);
    const now = await server.send("GET", "/sessions/current", undefined, cookiesOf(second.cookies));
    expect(now.body).toMatchObject({ name: "Manager" });
    expect((await server.send("GET", "/sessions/current", undefined, till)).status).toBe(401);
    const elsewhere = { authorization: `Bearer ${other.token}` };
    expect((await server.send("GET", "/sessions/current", undefined, elsewhere)).status).toBe(200);
  });

  it("ends everywhere at once when its owner says so", async () => {
    const tokens = [await tokenOf(), await tokenOf()].map(({ token }) => token);
    const headers = tokens.map((token) => ({ authorization: `Bearer ${token}` }));
    for (const one of headers) await server.send("GET", "/sessions/current", undefined, one);
    const { status } = await server.send("DELETE", "/sessions", undefined, headers[0]);
    expect(status).toBe(200);
    for (const one of headers) {
      expect((await server.send("GET", "/sessions/current", undefined, one)).status).toBe(401);
    }
    expect((await told()).map(({ action }) => action)).toContain("auth.sign-out-everywhere");
  });

  it("travels in a cookie that no script and no other site can use", async () => {
    const { cookies } = await server.send("POST", "/sessions", { name: "Cashier", pin: "2222" });
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(
      /^tiffin_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=57600$/,
    );
  });
});

describe("the place", () => {
  it("decides who is listed: everybody on this machine, nobody for a guest's phone", async () => {
    const here = await server.send("GET", "/sessions/options");
    expect(here.body.with).toBe("pin");
    expect(here.body.staff).toContainEqual({
      id: expect.any(String),
      name: "Cashier",
      role: "cashier",
    });
    expect(here.body.samplePins).toContainEqual({ name: "Kitchen", pin: "3333" });
    const there = await server.send("GET", "/sessions/options", undefined, afar("10.0.0.9"));
    expect(there.body).toEqual({ with: "password", staff: [] });
  });

  it("knows a name as it is typed: Burmese keyboards write marks in another order than it is kept in", async () => {
    const { token } = await tokenOf({ name: "Manager", pin: "1111" });
    const person = { name: "ခန\u103a\u1037", role: "cashier", pin: "73519" };
    const headers = { authorization: `Bearer ${token}` };
    expect((await server.send("POST", "/staff", person, headers)).status).toBe(201);
    const { name, pin } = person;
    expect((await server.send("POST", "/sessions", { name, pin })).status).toBe(201);
  });

  it("takes no larger body than signing in needs, from whoever comes", async () => {
    const secret = "\u1037".repeat(200);
    const body = { name: "ခ".repeat(60), password: secret, rememberDevice: false };
    expect((await server.send("POST", "/sessions", body)).status).toBe(401);
    const large = await server.send("POST", "/sessions", { ...body, more: "x".repeat(4_000) });
    expect(large).toMatchObject({ status: 413, body: { code: "body-too-large" } });
  });

  it("asks strangers for a password, and answers a right PIN like a wrong one", async () => {
    for (const pin of ["2222", "9999"]) {
      expect(await attempt({ pin }, stranger())).toEqual({ kind: "password-required" });
    }
    const password = { name: "Hla", pin: undefined, password: PASSWORD };
    expect(await attempt(password, stranger())).toMatchObject({ kind: "signed-in" });
    expect(await attempt({ ...password, password: "three green mangos" }, stranger())).toEqual({
      kind: "failed",
    });
  });

  it("is trusted once a manager made the device known, until it is removed", async () => {
    const phone = afar("10.0.0.5");
    const body = { name: "Hla", password: PASSWORD, rememberDevice: true };
    const paired = await server.send("POST", "/sessions", body, phone);
    expect(paired.status).toBe(201);
    const tablet = { ...phone, ...cookiesOf(paired.cookies) };
    const options = await server.send("GET", "/sessions/options", undefined, tablet);
    expect(options.body.with).toBe("pin");
    expect(options.body).not.toHaveProperty("samplePins");
    const pin = await server.send("POST", "/sessions", { name: "Cashier", pin: "2222" }, tablet);
    expect(pin.status).toBe(201);

    const { token } = await tokenOf({ name: "Manager", pin: "1111" });
    const manager = { authorization: `Bearer ${token}` };
    const { items } = (await server.send("GET", "/devices", undefined, manager)).body;
    expect(items).toHaveLength(1);
    const removed = await server.send("DELETE", `/devices/${items[0].id}`, undefined, manager);
    expect(removed.body).toEqual({ ended: 1 });
    const stolen = { ...phone, ...cookiesOf([...paired.cookies.slice(1), ...pin.cookies]) };
    expect((await server.send("GET", "/sessions/current", undefined, stolen)).status).toBe(401);
    const again = await server.send("GET", "/sessions/options", undefined, stolen);
    expect(again.body.with).toBe("password");
    const twice = await server.send("DELETE", `/devices/${items[0].id}`, undefined, manager);
    expect(twice.status).toBe(404);
    const actions = (await told()).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["auth.add-device", "auth.remove-device"]));
  });

  it("never makes a cashier's own phone known", async () => {
    const newcomer = { name: "Cashier", pin: "2222", rememberDevice: true };
    expect(await attempt(newcomer, local)).toMatchObject({ deviceToken: undefined });
  });

  it("closes the sample PINs where the network can reach the server", async () => {
    const open = partsOn(test.database, { sampleStaffAllowed: false });
    expect(await attempt({}, local, open)).toEqual({ kind: "sample-closed" });
    const reachable = await serveAuth({ sampleStaffAllowed: false });
    const { body } = await reachable.send("GET", "/sessions/options");
    expect(body).not.toHaveProperty("samplePins");
    await reachable.close();
  });
});

it.each([{ pin: "2223" }, { name: "Nobody" }, { name: "Cashier'; --" }])(
  "refuses %j",
  async (wrong) => {
    expect(await attempt(wrong)).toEqual({ kind: "failed" });
  },
);

it("wants a PIN or a password, and not both", async () => {
  for (const body of [{ name: "Hla" }, { name: "Hla", pin: "73519", password: PASSWORD }]) {
    expect((await server.send("POST", "/sessions", body)).status).toBe(422);
  }
});

describe("behind a proxy that does the TLS", () => {
  it("cookies of a page that came by it are never sent without", async () => {
    const password = { name: "Hla", password: PASSWORD, rememberDevice: true };
    const send = (page: string) =>
      server.send("POST", "/sessions", password, { ...afar("10.0.0.8"), origin: page });
    const { cookies } = await send("https://till.example");
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; Secure$/);
    const plain = await send("http://till.example");
    for (const cookie of plain.cookies) expect(cookie).not.toContain("Secure");
  });
});
