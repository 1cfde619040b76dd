// Our side: Tiffin as it is run, with its sample restaurant, signed in, and stocked so that nothing runs out.
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, closedLoop, createClient } from "./load.js";
import type { Bench } from "./server.js";

const PLENTY = 900_000;
const QUIET_MS = 120_000;
const WARM_TILLS = 16;
const WARM_ORDERS = 4_000;

export interface Dish {
  readonly productId: string;
  readonly sku: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly modifierGroups: readonly {
    readonly min: number;
    readonly modifiers: readonly { readonly code: string }[];
  }[];
  readonly availability: { readonly available?: number };
}

export interface Tiffin {
  readonly url: string;
  readonly child: ChildProcess;
  readonly token: string;
  readonly manager: Client;
  readonly dishes: readonly Dish[];
  readonly dataDir: string;
  /** Connections to PostgreSQL that its modules may open. */
  connections(): Promise<number>;
  /** Until every event has been applied by everyone who hears it. */
  quiet(): Promise<void>;
}

export interface TiffinOptions {
  readonly name?: string;
  readonly env?: Record<string, string>;
  readonly stocked?: boolean;
}

export async function startTiffin(
  bench: Bench,
  { name = "tiffin", env = {}, stocked = true }: TiffinOptions = {},
): Promise<Tiffin> {
  const dataDir = join(bench.folder, name);
  const { child } = await bench.start(
    "src/main.ts",
    {
      DATA_DIR: dataDir,
      PORT: "0",
      LOG_LEVEL: "error",
      REQUESTS_PER_MINUTE: "0",
      DATABASE_URL: bench.postgresUrl,
      ...env,
    },
    "Stop it with Ctrl-C",
  );
  return attach(child, dataDir, { stocked });
}

/** Signs in to a server that runs already. */
export async function attach(
  child: ChildProcess,
  dataDir: string,
  { stocked }: { readonly stocked: boolean },
): Promise<Tiffin> {
  const { url, operatorToken } = JSON.parse(await readFile(join(dataDir, "run.json"), "utf8")) as {
    url: string;
    operatorToken: string;
  };
  const manager = createClient(url, operatorToken, 4);
  const token = await signIn(url);
  const dishes = await readMenu(manager);
  if (stocked) {
    for (const dish of dishes.filter((one) => one.availability.available !== undefined)) {
      await ask(manager, "POST", `/api/inventory/products/${dish.productId}/movements`, {
        type: "received",
        quantity: PLENTY,
        reason: "For the bench",
      });
    }
  }
  return {
    url,
    child,
    token,
    manager,
    dishes,
    dataDir,
    async connections() {
      const { modules } = await ask<{ modules: { pool?: { max: number } }[] }>(
        manager,
        "GET",
        "/api/system/modules",
      );
      return modules.reduce((sum, { pool }) => sum + (pool?.max ?? 0), 0);
    },
    quiet: () => untilQuiet(manager),
  };
}

export async function ask<T>(
  client: Client,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const { status, text } = await client.send({
    method,
    path,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  return JSON.parse(text) as T;
}

async function signIn(url: string): Promise<string> {
  const nobody = createClient(url, "", 1);
  const body = { name: "Cashier", pin: "2222" };
  const { token } = await ask<{ token: string }>(nobody, "POST", "/api/sessions", body);
  nobody.close();
  return token;
}

async function readMenu(client: Client): Promise<Dish[]> {
  const menu = await ask<{ categories: { items: Dish[] }[] }>(client, "GET", "/api/menu");
  return menu.categories.flatMap((category) => category.items);
}

async function untilQuiet(client: Client): Promise<void> {
  const until = performance.now() + QUIET_MS;
  while (performance.now() < until) {
    // Readiness looks at every outbox, and so brings the figures up to date.
    await client.send({ method: "GET", path: "/readyz" });
    const { text } = await client.send({ method: "GET", path: "/metrics" });
    const waiting = [
      ...text.matchAll(/^tiffin_(?:outbox_backlog|event_subscription_backlog)\{[^}]*\} (\d+)/gm),
    ].reduce((sum, found) => sum + Number(found[1]), 0);
    if (waiting === 0) return;
    await pause(10);
  }
  throw new Error("Events were still under way after two minutes");
}

/** One line of each dish, at the price that the menu tells, with what must be chosen. */
export function orderOf(dishes: readonly Dish[], tendered = 1_000_000_000): string {
  return JSON.stringify({
    serviceType: "takeaway",
    lineItems: dishes.map((dish) => ({
      id: randomUUID(),
      productId: dish.productId,
      quantity: 1,
      unitPrice: dish.price,
      modifiers: dish.modifierGroups.flatMap(({ min, modifiers }) =>
        modifiers.slice(0, min).map(({ code }) => ({ code })),
      ),
    })),
    payment: { method: "cash", tendered: { amount: tendered, currency: "MMK" } },
  });
}

/** Three different dishes, the next three each time. */
export function createOrders(dishes: readonly Dish[]): () => string {
  let next = 0;
  const take = () => dishes[next++ % dishes.length] as Dish;
  return () => orderOf([take(), take(), take()]);
}

/** Places one order. @throws when it is not placed */
export async function place(client: Client, body: string): Promise<void> {
  const headers = { "idempotency-key": randomUUID() };
  const { status, text } = await client.send({
    method: "POST",
    path: "/api/orders",
    headers,
    body,
  });
  if (status !== 201) throw new Error(`The order was answered ${status}: ${text}`);
}

/** A restaurant's server has run for hours, and its code is compiled: places four thousand orders that do not count. */
export async function warmUp({
  url,
  token,
  dishes,
  quiet,
}: Pick<Tiffin, "url" | "token" | "dishes" | "quiet">): Promise<void> {
  const client = createClient(url, token, WARM_TILLS);
  const next = createOrders(dishes);
  let placed = 0;
  const order = async () => {
    await place(client, next());
    placed += 1;
  };
  await closedLoop(WARM_TILLS, 120, order, () => placed >= WARM_ORDERS);
  await quiet();
  client.close();
}
