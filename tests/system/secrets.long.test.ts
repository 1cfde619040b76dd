// Plants secrets wherever people and programs give them, rightly and by mistake, and looks for them in everything that
// comes out: logs, answers, metrics, every row of the database, the files of the document store, the process list.
import { createHmac, randomUUID } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { manifest } from "#modules/manifest";
import { createProcessFolder, type ProcessFolder, type RunningProcess } from "./process.js";
import { type Answer, line, order, Till } from "./tiffin.js";

const SECRET = `canary-of-tiffin-${randomUUID()}`;
const digits = () => String(10_000_000 + Math.floor(Math.random() * 89_999_999));
const given = {
  firstPin: digits(),
  ownPin: digits(),
  wrongPin: digits(),
  cashierPin: digits(),
  password: `canary three green mangoes ${randomUUID()}`,
  wrongPassword: `canary wrong horse ${randomUUID()}`,
  cardToken: `tok_canary_${randomUUID()}`,
  strangersToken: `canary-token-${randomUUID()}`,
};
/** Stands where nothing is secret: what does not find it finds nothing. */
const OPEN = `in-the-open-${randomUUID()}`;

const hmac = (secret: string, purpose: string) =>
  createHmac("sha256", secret).update(purpose).digest("base64url");

let folder: ProcessFolder;
let running: RunningProcess;
let secrets: Record<string, string>;
/** All that was answered, but for tokens to those who asked for them. */
const answers: string[] = [];
beforeAll(async () => {
  folder = await createProcessFolder();
  running = await folder.start({ LOG_LEVEL: "trace", TIFFIN_SECRET: SECRET });
  const kept = (await readFile(join(folder.dataDir, "secret"), "utf8")).trim();
  const modules = Object.entries(manifest).filter(([, { store }]) => store === "postgres");
  secrets = {
    ...given,
    SECRET,
    kept,
    ownerPassword: hmac(kept, "postgres owner password"),
    ...Object.fromEntries(
      modules.map(([name]) => [`${name}Password`, hmac(SECRET, `postgres:tiffin_${name}`)]),
    ),
  };
  await useThem();
}, 120_000);
afterAll(() => folder.remove());

async function useThem(): Promise<void> {
  const till = (token: string) => ({
    async send(...request: Parameters<Till["send"]>): Promise<Answer> {
      const answer = await new Till(running.url, token).send(...request);
      answers.push(JSON.stringify([[...answer.headers], answer.body]));
      return answer;
    },
  });
  const nobody = till("");
  /** Answers with the session's token, and with cookies where there are some more. */
  async function signIn(body: object, headers = {}): Promise<string> {
    const answer = await new Till(running.url, "").send("POST", "/api/sessions", body, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    secrets[`session${Object.keys(secrets).length}`] = answer.body.token;
    for (const cookie of answer.headers.getSetCookie()) {
      const value = /=([^;]*)/.exec(cookie)?.[1];
      if (value) secrets[`cookie${Object.keys(secrets).length}`] = value;
    }
    return answer.body.token as string;
  }
  const boss = till(await signIn({ name: "Manager", pin: "1111" }));
  const cashier = till(await signIn({ name: "Cashier", pin: "2222" }));
  const hla = { name: "Daw Hla", role: "manager", pin: given.firstPin };
  await boss.send("POST", "/api/staff", hla);
  await boss.send("POST", "/api/staff", {
    name: "Ko Aung",
    role: "cashier",
    pin: given.cashierPin,
  });

  // As they are meant.
  const fresh = till(await signIn({ name: "Daw Hla", pin: given.firstPin }));
  const pins = { currentPin: given.firstPin, newPin: given.ownPin };
  expect((await fresh.send("PUT", "/api/sessions/current/pin", pins)).status).toBe(200);
  const password = { currentPin: given.ownPin, newPassword: given.password };
  expect((await fresh.send("PUT", "/api/sessions/current/password", password)).status).toBe(200);
  const afar = { "x-forwarded-for": "10.0.0.7" };
  await signIn({ name: "Daw Hla", password: given.password, rememberDevice: true }, afar);
  const dish = await new Till(running.url, await signIn({ name: "Cashier", pin: "2222" })).dish(
    "WTR-01",
  );
  const key = () => ({ "idempotency-key": randomUUID() });
  const card = { payment: { method: "card", token: given.cardToken } };
  const declined = await cashier.send("POST", "/api/orders", order([line(dish)], card), key());
  expect(declined.status).toBe(402);
  const sold = await cashier.send("POST", "/api/orders", order([line(dish)]), key());
  const yes = await new Till(running.url, "").send(
    "POST",
    "/api/approvals",
    { name: "Daw Hla", pin: given.ownPin, permission: "orders.cancel" },
    { authorization: `Bearer ${await signIn({ name: "Cashier", pin: "2222" })}` },
  );
  secrets["approval"] = yes.body.approval as string;
  const asked = { reason: OPEN, stock: "restock" };
  const approval = { approval: secrets["approval"] };
  await cashier.send("POST", `/api/orders/${sold.body.id}/cancel`, asked, approval);
  await boss.send("POST", `/api/orders/${sold.body.id}/cancel`, asked);

  // Wrong, and in the wrong places.
  for (let guess = 0; guess < 7; guess++) {
    await nobody.send("POST", "/api/sessions", { name: "Daw Hla", pin: given.wrongPin });
    await nobody.send(
      "POST",
      "/api/sessions",
      { name: "Daw Hla", password: given.wrongPassword },
      afar,
    );
    await nobody.send("POST", "/api/sessions", { name: given.wrongPin, pin: "0" });
  }
  const stranger = { authorization: `Bearer ${given.strangersToken}` };
  await nobody.send("GET", "/api/menu", undefined, stranger);
  await nobody.send("GET", "/api/menu", undefined, {
    cookie: `tiffin_session=${given.strangersToken}; tiffin_device=${given.strangersToken}`,
  });
  await cashier.send("POST", `/api/orders/${sold.body.id}/cancel`, asked, {
    approval: given.strangersToken,
  });
  for (const body of [
    `{"name":"Daw Hla","password":"${given.password}"`,
    { name: "Daw Hla", pin: given.ownPin, password: given.password },
    { name: "Daw Hla", pin: [given.ownPin], password: { was: given.password } },
  ]) {
    expect((await nobody.send("POST", "/api/sessions", body)).status).toBeGreaterThanOrEqual(400);
  }
  await cashier.send("GET", `/api/orders?limit=${given.ownPin}&businessDate=${given.cardToken}`);
  const wrongCard = { payment: { method: "card", token: [given.cardToken], pin: given.ownPin } };
  await cashier.send("POST", "/api/orders", order([line(dish)], wrongCard), key());

  // What there is to read.
  for (const path of [
    "/metrics",
    "/readyz",
    "/api/audit?limit=100",
    "/api/staff",
    "/api/devices",
    "/api/payments",
    "/api/system/sagas",
    "/api/system/events/status",
    "/api/system/modules",
  ]) {
    expect((await boss.send("GET", path)).status).toBe(200);
  }
}

/** Names of those that a text holds. */
const foundIn = (text: string): string[] =>
  Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

it("keeps them out of logs, answers and metrics", () => {
  expect(answers.join("\n")).toContain(OPEN);
  expect(answers.join("\n")).toContain("tiffin_http_request_duration");
  expect(answers.flatMap(foundIn)).toEqual([]);
  expect(running.output()).toContain("Tiffin is ready");
  expect(foundIn(running.output())).toEqual([]);
});

it("keeps them out of events, of the audit log and of every other row", async () => {
  const pid = await readFile(join(folder.dataDir, "postgres", "postmaster.pid"), "utf8");
  const owner = new Client({
    host: "127.0.0.1",
    port: Number(pid.split("\n")[3]),
    user: "postgres",
    password: secrets["ownerPassword"],
    database: "postgres",
  });
  await owner.connect();
  const { rows: tables } = await owner.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema <> 'information_schema'`,
  );
  const found: string[] = [];
  let text = "";
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: string }>(`select t::text as row from ${name} as t`);
    const all = rows.map(({ row }) => row).join("\n");
    found.push(...foundIn(all).map((secret) => `${secret} in ${name}`));
    text += all;
  }
  await owner.end();
  expect(text).toContain(OPEN);
  expect(found).toEqual([]);
});

const isLinux = process.platform === "linux";
it.runIf(isLinux)("keeps them out of the process list", async () => {
  const commands: string[] = [];
  for (const id of await readdir("/proc")) {
    if (!/^\d+$/.test(id)) continue;
    commands.push(await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""));
  }
  expect(commands.some((command) => command.includes(folder.dataDir))).toBe(true);
  expect(commands.flatMap(foundIn)).toEqual([]);
});

it("keeps them out of the files of the document store, and its own folder closed", async () => {
  expect((await stat(folder.dataDir)).mode & 0o777).toBe(0o700);
  for (const name of ["secret", "run.json"]) {
    expect((await stat(join(folder.dataDir, name))).mode & 0o777).toBe(0o600);
  }
  expect(await running.end("SIGTERM")).toBe(0);
  const names = await readdir(join(folder.dataDir, "documents"), { recursive: true });
  let text = "";
  for (const name of names) {
    const path = join(folder.dataDir, "documents", name);
    if ((await stat(path)).isFile()) text += await readFile(path, "latin1");
  }
  expect(text).toContain("WTR-01");
  expect(foundIn(text)).toEqual([]);
  expect(foundIn(running.output())).toEqual([]);
});
