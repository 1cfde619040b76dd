// What one order costs, counted instead of timed: round trips, commits, bytes of WAL. The figures stand in
// work-per-order.json; a change that costs more, or less, changes them there, deliberately:
// UPDATE_WORK_PER_ORDER=1 npx vitest run --project system tests/system/work-per-order.test.ts
import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifest } from "#modules/manifest";
import { openPostgres } from "#platform/db";
import { type Documents, openDocuments } from "#platform/documents";
import { startDocumentStore, startEmbeddedPostgres } from "#platform/embedded";
import { createHttpServer } from "#platform/http";
import { createLogger, createMetrics } from "#platform/observability";
import { type App, createApp } from "../../src/app.js";
import { TEST_SECRET } from "../../src/platform/db/testing.js";
import { bootTiffin, eventually, line, order, Till } from "./tiffin.js";

interface Work {
  /** What the guest waits for, by name: one round trip each. */
  readonly postgres: Readonly<Record<string, number>>;
  readonly mongodb: Readonly<Record<string, number>>;
  readonly commits: number;
  readonly walBytes: number;
}
/** All that one order comes to, the guest's wait and every listener, until nothing of it is under way. */
interface Delivery {
  readonly statements: number;
  readonly commands: number;
  readonly commits: number;
}
type Figures = Record<"cash" | "card", Work> & {
  readonly delivered: Delivery;
  /** What PostgreSQL reads for an order and its listeners, when some hundred others are stored. */
  readonly rowsRead: number;
};

const FILE = new URL("work-per-order.json", import.meta.url);
/** A page that is touched for the first time, a number with one more digit. */
const WAL_TOLERANCE = 0.05;
/** Whether two events meet in one batch is chance, and a quick machine lets fewer meet. */
const DELIVERY_TOLERANCE = 0.2;
/** How many orders share a statement is chance. One that reads a table whole reads some hundred rows more. */
const ROWS_TOLERANCE = 0.5;
const DISHES = ["MOH-01", "TEA-01", "SMS-01"];
const ends: (() => Promise<unknown>)[] = [];
const postgresLog: string[] = [];
const mongoLog: string[] = [];
let owner: pg.Client;
let till: Till;
let measured: Figures;

const quiet = createLogger({ level: "silent" });

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "tiffin-work-"));
  ends.push(() => rm(folder, { recursive: true }));
  const server = await startEmbeddedPostgres({
    folder: { path: folder, secret: TEST_SECRET },
    volatile: true,
  });
  const store = await startDocumentStore({ folder: join(folder, "documents") });
  ends.push(
    () => server.stop(),
    () => store.stop(),
  );
  owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  ends.push(() => owner.end());

  // A whole Tiffin loads the sample and lets everybody hear of it.
  const first = await bootTiffin({
    DATABASE_URL: server.url,
    MONGODB_URL: store.url,
    TIFFIN_SECRET: TEST_SECRET,
  });
  await first.reconcile();
  for (const sku of DISHES) {
    const { productId } = await first.manager.dish(sku);
    const delivery = { type: "received", quantity: 10_000, reason: "For a long evening" };
    await first.manager.send("POST", `/api/inventory/products/${productId}/movements`, delivery);
  }
  const { token } = first.cashier;
  await first.stop();

  // The same without relays: so all that is counted is what an order itself needs.
  const postgres = await openPostgres({
    manifest,
    url: server.url,
    secret: TEST_SECRET,
    roles: "own",
    logger: quiet,
  });
  const documents = await openDocuments({ manifest, url: store.url, logger: quiet });
  ends.push(
    () => postgres.close(),
    () => documents.close(),
  );
  const metrics = createMetrics({ process: false });
  const app = await createApp({
    postgres,
    documents,
    logger: quiet,
    metrics,
    clock: () => new Date(),
    alone: true,
    retentionDays: 30,
    maxAttempts: 8,
    reportTimeoutSeconds: 30,
    sampleStaffAllowed: true,
    secure: false,
  });
  const http = await createHttpServer({
    routers: app.routers,
    cachedReads: app.cachedReads,
    guard: app.guard,
    checks: app.checks,
    metrics,
    logger: quiet,
    tls: undefined,
    limits: { requestsPerMinute: 10_000, connections: 100, connectionsPerAddress: 100 },
  });
  const { url } = await http.listen({ port: 0, host: "127.0.0.1" });
  ends.push(() => http.close({ graceMs: 1_000 }));
  till = new Till(url, token);
  listen();
  measured = {
    cash: await measure({ method: "cash", tendered: { amount: 1_000_000, currency: "MMK" } }),
    card: await measure({ method: "card", token: "sim_approve" }),
    delivered: await measureDelivery(app, documents),
    rowsRead: await measureRowsRead(),
  };
}, 120_000);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** Writes down every statement and every command, whoever sends it. */
function listen(): void {
  const { prototype } = pg.Client;
  const send = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [statement] = args as [string | { name?: string; text: string }];
    const { name, text } =
      typeof statement === "string" ? { name: undefined, text: statement } : statement;
    if (this !== owner) postgresLog.push(name ?? text);
    return send.apply(this, args);
  } as typeof prototype.query;
  ends.push(() => Promise.resolve((prototype.query = send as typeof prototype.query)));
  for (const connection of mongoose.connections.filter((one) => one.name === "tiffin_inventory")) {
    connection
      .getClient()
      .on("commandStarted", ({ commandName }: { commandName: string }) =>
        mongoLog.push(commandName),
      );
  }
}

const count = (names: readonly string[]) =>
  Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]),
  );
const total = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, one) => sum + one, 0);

async function readServer() {
  const { rows } = await owner.query<{ wal: string; transactions: string }>(
    `select pg_current_wal_insert_lsn() - '0/0' as wal,
       pg_snapshot_xmax(pg_current_snapshot())::text as transactions`,
  );
  return { wal: Number(rows[0]?.wal), transactions: Number(rows[0]?.transactions) };
}

/** Three lines, signed in, over HTTP. What comes around by the clock (a session, the rules: every few seconds; the
 *  server's own housekeeping) is no cost of an order, so the least of some orders counts. */
async function measure(payment: object): Promise<Work> {
  const dishes = await Promise.all(DISHES.map((sku) => till.dish(sku)));
  const works: Work[] = [];
  for (let turn = 0; turn < 12; turn++) {
    const before = await readServer();
    postgresLog.length = 0;
    mongoLog.length = 0;
    const lines = dishes.map((dish) => line(dish, 2));
    const { status, body } = await till.place(order(lines, { payment }));
    expect(status, JSON.stringify(body)).toBe(201);
    const after = await readServer();
    works.push({
      postgres: count(postgresLog),
      mongodb: count(mongoLog),
      commits: after.transactions - before.transactions,
      walBytes: after.wal - before.wal,
    });
  }
  const least = (figure: (work: Work) => number) =>
    works.toSorted((a, b) => figure(a) - figure(b))[0] as Work;
  return {
    postgres: least((work) => total(work.postgres)).postgres,
    mongodb: least((work) => total(work.mongodb)).mongodb,
    commits: least((work) => work.commits).commits,
    walBytes: least((work) => work.walBytes).walBytes,
  };
}

/** The least of some orders that come one after the other, each when all is quiet: so nothing is shared. */
async function measureDelivery(app: App, documents: Documents): Promise<Delivery> {
  await app.start();
  ends.push(() => app.stop());
  const dishes = await Promise.all(DISHES.map((sku) => till.dish(sku)));
  const outboxes = app.modules
    .filter((module) => manifest[module].store === "postgres")
    .map((module) => `(select count(*) from ${module}.outbox)`);
  const products = (await documents.connect("inventory")).db?.collection("products");
  const isQuiet = async () => {
    const busy = ["outbox.0", "reservations.0", "unfiled.0"];
    const $or = busy.map((path) => ({ [path]: { $exists: true } }));
    if (await products?.findOne({ $or })) return false;
    const { rows } = await owner.query<{ open: string }>(`select ${outboxes.join(" + ")} as open`);
    return Number(rows[0]?.open) === 0;
  };
  await eventually(isQuiet, (quiet) => quiet);
  const works: Delivery[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const before = await readServer();
    postgresLog.length = 0;
    mongoLog.length = 0;
    const lines = dishes.map((dish) => line(dish, 2));
    expect((await till.place(order(lines))).status).toBe(201);
    await eventually(isQuiet, (quiet) => quiet);
    works.push({
      statements: postgresLog.length,
      commands: mongoLog.filter((name) => name !== "find" && name !== "getMore").length,
      commits: (await readServer()).transactions - before.transactions,
    });
  }
  const least = (figure: keyof Delivery) => Math.min(...works.map((work) => work[figure]));
  return {
    statements: least("statements"),
    commands: least("commands"),
    commits: least("commits"),
  };
}

const MANY = 300;
const AT_ONCE = 16;
/** A connection tells what it read with its next statement after a second. */
const TOLD_AFTER_MS = 1_100;

async function placeMany(dishes: readonly Parameters<typeof line>[0][], orders: number) {
  const place = async () => {
    const lines = dishes.map((dish) => line(dish));
    expect((await till.place(order(lines))).status).toBe(201);
  };
  for (let left = orders; left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, place));
}

/** Once the plans are made and kept: those were made when the tables were small. */
async function measureRowsRead(): Promise<number> {
  const dishes = await Promise.all(DISHES.map((sku) => till.dish(sku)));
  const readSoFar = async () => {
    await new Promise((resolve) => setTimeout(resolve, TOLD_AFTER_MS));
    await placeMany(dishes, 2 * AT_ONCE);
    const { rows } = await owner.query<{ read: number }>(
      `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as read from pg_stat_user_tables`,
    );
    return rows[0]?.read ?? NaN;
  };
  await placeMany(dishes, MANY);
  const before = await readSoFar();
  await placeMany(dishes, MANY);
  return Math.round(((await readSoFar()) - before) / (MANY + 2 * AT_ONCE));
}

describe("one order", () => {
  it("costs what work-per-order.json says, and no more or less", async () => {
    if (process.env["UPDATE_WORK_PER_ORDER"]) {
      await writeFile(FILE, `${JSON.stringify(measured, null, 2)}\n`);
    }
    const stored = JSON.parse(await readFile(FILE, "utf8")) as Figures;
    for (const kind of ["cash", "card"] as const) {
      const { walBytes, ...counts } = measured[kind];
      const { walBytes: known, ...expected } = stored[kind];
      expect({ kind, ...counts }).toEqual({ kind, ...expected });
      const off = Math.abs(walBytes / known - 1);
      expect(off, `${kind}: ${walBytes} bytes of WAL, not ${known}`).toBeLessThan(WAL_TOLERANCE);
    }
  });

  it("costs no more than it says until every listener has heard of it", async () => {
    const stored = (JSON.parse(await readFile(FILE, "utf8")) as Figures).delivered;
    for (const [what, count] of Object.entries(measured.delivered)) {
      const known = stored[what as keyof Delivery];
      expect(count, `${what}, of which ${known} are known`).toBeLessThanOrEqual(
        Math.ceil(known * (1 + DELIVERY_TOLERANCE)),
      );
    }
  });

  it("reads no table whole, however many orders there are", async () => {
    const { rowsRead } = JSON.parse(await readFile(FILE, "utf8")) as Figures;
    expect(measured.rowsRead).toBeLessThanOrEqual(Math.ceil(rowsRead * (1 + ROWS_TOLERANCE)));
  });

  it("has the round trips and commits of design section 9", () => {
    // Key and saga start; the charge with its event; order, lines, event and saga end. And all lines' stock in one.
    expect(total(measured.cash.postgres)).toBe(3);
    expect(measured.cash.commits).toBe(3);
    expect(measured.cash.mongodb).toEqual({ update: 1 });
    // A card's payment is on disk before the gateway is asked, so one more of each; and the built-in gateway's own memory,
    // which stands for a machine elsewhere.
    const gateway = Object.keys(measured.card.postgres).filter((name) =>
      name.includes("simulator"),
    );
    expect(total(measured.card.postgres) - gateway.length).toBe(4);
    expect(measured.card.commits).toBe(4 + 1);
    expect(measured.card.mongodb).toEqual({ update: 1 });
  });
});
