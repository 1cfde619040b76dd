// The restaurant that is fuzzed: what exists in it, who asks, what is written in its books, and when it is quiet.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Pool } from "pg";
import { createEmptyDatabase, TEST_SECRET } from "../../src/platform/db/testing.js";
import {
  bootTiffin,
  type Dish,
  line,
  mmk,
  order,
  type TestTiffin,
  Till,
} from "../system/tiffin.js";
import type { Random } from "./random.js";
import type { Sensible } from "./requests.js";
import type { Pools } from "./values.js";

export const ACTORS = ["nobody", "cashier", "manager", "operator"] as const;
export type Actor = (typeof ACTORS)[number];

/** What a refused request may leave behind, each for a reason; everything else in the database may not move. */
const MAY_MOVE: readonly RegExp[] = [
  // Wrong guesses are counted, and an approval is used up by the request that carries it.
  /^auth\.(sign_in_failures|approvals)$/,
  // Machinery of events and migrations; what they carry is told by the tables of the change.
  /\.(outbox|inbox)(_\w+)?$/,
  /^platform\./,
  // A refused order keeps its refusal, so that a repetition hears the same; a declined card leaves what was asked.
  /^orders\.sagas$/,
  /^payments\.(gateway_attempts|simulator_charges)$/,
  // Made from events only, and rebuilt while the fuzz goes on.
  /^reporting\./,
];
/** Rows and columns of the rest that may move for those reasons. */
const ROWS: Readonly<Record<string, string>> = {
  "payments.payments": "select * from payments.payments where captured > 0",
  "auth.staff": "select * from auth.staff where name not like 'Asking %'",
  "auth.sessions": `select id, staff_id, ended_at from auth.sessions
    where staff_id not in (select id from auth.staff where name like 'Asking %')`,
  "auth.devices": "select id, revoked_at from auth.devices",
  "audit.entries": `select entry from audit.entries where entry not like '%"auth.pause-guessing"%'`,
  "audit.head": "select 1 where false",
};

/** Whoever asks keeps their session: nobody else changes them. */
const ASKING = "Asking";

export interface World {
  readonly test: TestTiffin;
  readonly operator: Till;
  pools(): Pools;
  readonly sensible: Sensible;
  /** Looks at what exists now. */
  refresh(): Promise<void>;
  /** Sessions that a request may have ended are made anew. */
  tills(): Promise<Record<Actor, Till>>;
  /** A session that may end. */
  spare(actor: Actor): Promise<Till>;
  /** Waits until nothing is under way. */
  settle(): Promise<void>;
  /** By table, and for the stock. */
  digest(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function createWorld(databaseUrl: string): Promise<World> {
  const database = await createEmptyDatabase(databaseUrl);
  const test = await bootTiffin({
    DATABASE_URL: database.url,
    TIFFIN_SECRET: TEST_SECRET,
    REQUESTS_PER_MINUTE: "10000000",
  });
  const owner = new Pool({ connectionString: database.url, max: 4 });
  const operator = new Till(test.url, test.tiffin.operatorToken);
  const tables = (
    await owner.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    )
  ).rows.flatMap(({ name }) => (MAY_MOVE.some((one) => one.test(name)) ? [] : [name]));
  const digests = tables.map(
    (name) =>
      `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' order by row::text)), '') as digest
       from (${ROWS[name] ?? `select * from ${name}`}) as row`,
  );

  let menu: Dish[] = [];
  let pools: Record<string, readonly unknown[]> = {};
  let versions = new Map<string, number>();
  let settingsVersion = 0;
  const sessions = new Map<Actor, Till>();

  async function products() {
    const items: { id: string; version: number }[] = [];
    for (let cursor = ""; ;) {
      const { body } = await operator.get(
        `/api/inventory/products?limit=100&archived=include${cursor}`,
      );
      items.push(...body.items);
      if (body.nextCursor === null) return items;
      cursor = `&cursor=${body.nextCursor}`;
    }
  }

  async function newSession(role: "cashier" | "manager"): Promise<Till> {
    const token = randomBytes(32).toString("base64url");
    const staff = randomUUID();
    await owner.query(
      `insert into auth.staff (id, name, role, pin_hash)
       select $1, $2, $3, pin_hash from auth.staff where role = $3 limit 1`,
      [staff, `${ASKING} ${staff.slice(0, 8)}`, role],
    );
    await owner.query(`insert into auth.sessions (id, token_hash, staff_id) values ($1, $2, $3)`, [
      randomUUID(),
      createHash("sha256").update(token).digest(),
      staff,
    ]);
    return new Till(test.url, token);
  }

  const listOf = async (path: string) => {
    const { body } = await operator.get(path);
    return (body.items ?? []) as { id: string; version: number; name?: string }[];
  };

  const among = (pool: string, random: Random) =>
    random.pick([...(pools[pool] ?? []), random.uuid()]);

  return {
    test,
    operator,
    pools: () => pools,
    sensible: ({ path, method }, random) => {
      const version = (id: unknown) => versions.get(String(id)) ?? 1;
      if (path === "/api/orders" && method === "POST" && menu.length > 0) {
        const dishes = Array.from({ length: 1 + random.int(3) }, () => random.pick(menu));
        const lines = dishes.map((dish) => line(dish, 1 + random.int(2), { id: random.uuid() }));
        const card = { method: "card", token: random.pick(["sim_approve", "sim_decline", "x"]) };
        const payment = random.chance(0.3) && { payment: card };
        // A total that chance picked is never right, and would refuse every order.
        const made = { ...order(lines, { ...payment }), expectedTotal: undefined };
        return { ...made, "idempotency-key": random.uuid() };
      }
      if (path.startsWith("/api/restaurant") && method !== "GET")
        return { version: settingsVersion };
      if (path === "/api/inventory/products/{id}" || path === "/api/staff/{id}") {
        const id = among(path.includes("staff") ? "staffId" : "productId", random);
        // Archiving everything would end the fuzz too soon.
        return { id, version: version(id), archived: random.chance(0.1) };
      }
      if (path.startsWith("/api/orders/{id}")) return { id: among("orderId", random) };
      if (path.startsWith("/api/kitchen/tickets/{id}")) return { id: among("ticketId", random) };
      if (path === "/api/payments/{id}") return { id: among("paymentId", random) };
      if (path === "/api/sessions") return { name: "Cashier", pin: "2222" };
      return undefined;
    },
    async refresh() {
      const known = await products();
      const settings = (await operator.get("/api/restaurant/settings")).body;
      const staff = await listOf("/api/staff");
      const orders = await listOf("/api/orders?limit=50");
      const events = (await operator.get("/api/system/events/status")).body;
      settingsVersion = settings.version;
      menu = await operator.menu();
      versions = new Map([...known, ...staff].map(({ id, version }) => [id, version]));
      const idsOf = async (path: string) => (await listOf(path)).map(({ id }) => id);
      pools = {
        productId: known.map(({ id }) => id),
        staffId: staff.flatMap(({ id, name }) => (name?.startsWith(ASKING) ? [] : [id])),
        orderId: orders.map(({ id }) => id),
        ticketId: await idsOf("/api/kitchen/tickets"),
        paymentId: await idsOf("/api/payments?limit=50"),
        tableId: (await operator.get("/api/restaurant")).body.tables.map(
          ({ id }: { id: string }) => id,
        ),
        code: [...settings.categories, ...settings.modifierGroups].map(
          ({ code }: { code: string }) => code,
        ),
        subscription: events.subscriptions.map(({ name }: { name: string }) => name),
        currency: ["MMK"],
        amount: [100, 500, 3_500],
        price: [mmk(3_500)],
        permission: ["orders.cancel", "inventory.adjust"],
      };
    },
    async tills() {
      for (const role of ["cashier", "manager"] as const) {
        const till = sessions.get(role);
        const usable = till && (await till.get("/api/sessions/current")).status === 200;
        if (!usable) sessions.set(role, await newSession(role));
      }
      const { cashier = test.nobody, manager = test.nobody } = Object.fromEntries(sessions);
      return { nobody: test.nobody, cashier, manager, operator };
    },
    spare: (actor) =>
      actor === "cashier" || actor === "manager"
        ? newSession(actor)
        : Promise.resolve(actor === "operator" ? operator : test.nobody),
    async settle() {
      for (let tries = 1; ; tries++) {
        const { body } = await operator.get("/api/system/reconciliation");
        if (body.quiet && body.reservations === 0) return;
        if (tries % 20 === 0) {
          // Somebody paused a subscription, which the fuzz may.
          const { subscriptions } = (await operator.get("/api/system/events/status")).body;
          for (const { name, outboxes } of subscriptions) {
            if (outboxes.some(({ status }: { status: string }) => status !== "live"))
              await operator.send("POST", `/api/system/events/subscriptions/${name}/resume`, {});
          }
        }
        if (tries === 400) throw new Error(`It never got quiet: ${JSON.stringify(body)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async digest() {
      const { rows } = await owner.query<{ name: string; digest: string }>(
        digests.join(" union all "),
      );
      const stock = JSON.stringify([
        await products(),
        (await operator.get("/api/inventory/attribute-schema")).body,
      ]);
      return {
        ...Object.fromEntries(rows.map(({ name, digest }) => [name, digest])),
        inventory: createHash("sha256").update(stock).digest("hex"),
      };
    },
    async close() {
      await owner.end();
      await test.stop();
      await database.drop();
    },
  };
}
