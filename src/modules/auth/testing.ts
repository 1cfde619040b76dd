// For this module's tests: a fresh database with the sample staff, a clock that tests turn, and auth behind real HTTP
// with one more route that can be approved.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { z } from "zod";
import { route } from "#platform/contract";
import { createHttpServer, type HttpServer, implementContract } from "#platform/http";
import { type ActionTaken, type EventEnvelope, newId } from "#platform/kernel";
import { createLogger, createMetrics } from "#platform/observability";
import { toOutboxRows } from "#platform/outbox";
import { openPostgres } from "#platform/db";
import { createModuleDatabase, query, TEST_SECRET } from "../../platform/db/testing.js";
import type { AuthParts, By } from "./commands/parts.js";
import { hashSecret, hashToken } from "./commands/secrets.js";
import { type Asker, signIn, type SignInRequest } from "./commands/sign-in.js";

import { createAuth } from "./index.js";
import { insertDevice } from "./repository/devices.js";
import { insertStaff, listStaff, updateStaff } from "./repository/staff.js";
import type { AuthTables } from "./schema.js";

type Test = Awaited<ReturnType<typeof createModuleDatabase<AuthTables>>>;
type Told = ActionTaken;
export let test: Test;
export let parts: AuthParts;

let now = new Date();
export const clock = () => now;
export const pass = (seconds: number) => (now = new Date(now.getTime() + seconds * 1000));

export const partsOn = (database: Test["database"], over: Partial<AuthParts> = {}): AuthParts => ({
  database,
  outbox: {
    add: async (tx, events: readonly EventEnvelope[]) => {
      const rows = toOutboxRows(events);
      await sql`insert into outbox (id, name, key, occurred_at, trace, data)
        select id, name, key, occurred_at, trace, data from jsonb_to_recordset(${rows}::jsonb)
        as event(id uuid, name text, key text, occurred_at timestamptz, trace text, data jsonb)`.execute(
        tx,
      );
    },
    wake: () => undefined,
  },
  clock,
  sampleStaffAllowed: true,
  ...over,
});

/** A database for the file; before each test nobody has guessed wrong and nothing was told. */
export function useAuth(): void {
  beforeAll(async () => {
    test = await createModuleDatabase<AuthTables>(inject("databaseUrl"), "auth");
    parts = partsOn(test.database);
    await createAuth({ ...parts, secure: false }).addSampleStaff();
  });
  afterAll(() => test?.close());
  beforeEach(async () => {
    now = new Date();
    await sql`delete from sign_in_failures`.execute(test.database.kysely);
    await sql`delete from outbox`.execute(test.database.kysely);
  });
}

export const asOwner = (statement: string) => query(test.url, statement);

/** The same store as another process, or this one after a restart, finds it. */
export async function reopen() {
  const postgres = await openPostgres({
    url: test.url,
    secret: TEST_SECRET,
    roles: "own",
    manifest: { auth: { store: "postgres", calls: [], hears: [] } },
    logger: { warn: () => undefined },
  });
  return {
    parts: partsOn(postgres.connect<AuthTables>("auth")),
    close: () => postgres.close(),
  };
}

/** What was told since the test began, oldest first. */
export async function told(): Promise<Told[]> {
  const { rows } = await sql<{ data: Told }>`select data from outbox order by position`.execute(
    test.database.kysely,
  );
  return rows.map((row) => row.data);
}

export const local: Asker = { origin: { kind: "local" }, address: "127.0.0.1", trace: null };
export const stranger = (address = "10.0.0.1"): Asker => ({
  origin: { kind: "stranger", address },
  address,
  trace: null,
});
export const device = (id: string): Asker => ({
  origin: { kind: "device", id },
  address: "10.0.0.7",
  trace: null,
});

export const attempt = (over: Partial<SignInRequest> = {}, from: Asker = local, on = parts) =>
  signIn(on, { name: "Cashier", pin: "2222", rememberDevice: false, ...over }, from);

export const bossOf = (id = "boss"): By => ({
  by: { actor: { id, name: "Boss", role: "manager" } },
  trace: null,
});

/** Lets one get in by fair means or fails the test. */
export async function tokenOf(over: Partial<SignInRequest> = {}, from: Asker = local) {
  const result = await attempt(over, from);
  if (result.kind !== "signed-in") throw new Error(result.kind);
  return result;
}

export const bearer = (token: string) => ({
  authorization: `Bearer ${token}`,
  remoteAddress: "10.0.0.1",
});

const contract = {
  adjust: route
    .meta({ permission: "inventory.adjust", approvable: "id" })
    .route({ method: "POST", path: "/things/{id}/adjust" })
    .input(z.strictObject({ id: z.string() }))
    .output(z.object({ by: z.string(), approvedBy: z.string().nullable() })),
};

/** Auth and the route behind a real server. A request with `x-forwarded-for` comes from somewhere else. */
export async function serveAuth(over: Partial<AuthParts> = {}) {
  const auth = createAuth({ ...parts, ...over, secure: false });
  const things = implementContract(contract);
  const router = things.router({
    adjust: things.adjust.handler(({ context: { principal } }) => ({
      by: principal?.name ?? "",
      approvedBy: principal?.approvedBy?.name ?? null,
    })),
  });
  const server: HttpServer = await createHttpServer({
    routers: { auth: auth.router, things: router },
    guard: auth.guard,
    checks: {},
    metrics: createMetrics({ process: false }),
    logger: createLogger({ level: "silent" }),
  });
  const { url } = await server.listen({ port: 0, host: "127.0.0.1" });
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const cookies = response.headers.getSetCookie();
    // Tests look into answers of every shape.
    // oxlint-disable-next-line typescript/no-explicit-any
    return { status: response.status, cookies, body: (await response.json()) as any };
  };
  return { send, close: () => server.close({ graceMs: 1_000 }) };
}

export const afar = (address: string) => ({ "x-forwarded-for": address });
/** As a browser sends back what it was given. */
export const cookiesOf = (given: readonly string[]) => ({
  cookie: given.map((cookie) => cookie.split(";")[0]).join("; "),
});

/** The id of a device that is known. */
export async function addDevice(): Promise<string> {
  const [manager] = await listStaff(test.database.kysely);
  const id = newId();
  const seen = { addedAt: now, lastSeenAt: now, revokedAt: null };
  const device = { id, tokenHash: hashToken(id), addedBy: manager?.id ?? "", address: "10.0.0.7" };
  await test.database.transaction((tx) => insertDevice(tx, { ...device, ...seen }));
  return id;
}

/** A manager who chose a PIN and a password. */
export async function addSecondManager(over: { name: string; pin: string; password: string }) {
  const added = await insertStaff(test.database.kysely, {
    id: newId(),
    name: over.name,
    role: "manager",
    pinHash: await hashSecret(over.pin),
  });
  if (!added) throw new Error(`${over.name} is taken`);
  const passwordHash = await hashSecret(over.password);
  return test.database.transaction((tx) => updateStaff(tx, added.id, { passwordHash }));
}
