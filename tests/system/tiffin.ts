// A whole Tiffin for a test: own data folder, own stores, free port; and a till that speaks HTTP to it.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_SECRET } from "../../src/platform/db/testing.js";
import { loadConfig } from "#platform/config";
import type { Reconciliation } from "../../src/system/contract.js";
import { type StartOptions, startTiffin, type Tiffin } from "../../src/start.js";

export interface Money {
  amount: number;
  currency: string;
}
export const mmk = (amount: number): Money => ({ amount, currency: "MMK" });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Dish {
  productId: string;
  sku: string;
  name: { en: string; my?: string };
  price: Money;
  availability: { status: string; available?: number };
  modifierGroups: {
    code: string;
    min: number;
    max: number;
    modifiers: { code: string; price: Money }[];
  }[];
}

export class Till {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const raw = typeof body === "string" || body === undefined || body instanceof Uint8Array;
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(this.token !== "" && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(text) : text,
    };
  }

  get = (path: string, headers: Record<string, string> = {}) =>
    this.send("GET", path, undefined, headers);

  async menu(): Promise<Dish[]> {
    const { body } = await this.get("/api/menu");
    return body.categories.flatMap((category: { items: Dish[] }) => category.items);
  }

  async dish(sku: string): Promise<Dish> {
    const dish = (await this.menu()).find((one) => one.sku === sku);
    if (!dish) throw new Error(`${sku} is not on the menu`);
    return dish;
  }

  place = (body: unknown, key: string = randomUUID()) =>
    this.send("POST", "/api/orders", body, { "idempotency-key": key });
}

export const line = (dish: Dish, quantity = 1, over: object = {}) => ({
  id: randomUUID(),
  productId: dish.productId,
  quantity,
  unitPrice: dish.price,
  modifiers: dish.modifierGroups.flatMap((group) =>
    group.modifiers.slice(0, group.min).map(({ code }) => ({ code })),
  ),
  ...over,
});

export const order = (lineItems: object[], over: object = {}) => ({
  serviceType: "takeaway",
  lineItems,
  payment: { method: "cash", tendered: mmk(1_000_000) },
  ...over,
});

export interface TestTiffin {
  readonly tiffin: Tiffin;
  readonly url: string;
  /** Where the command-line tools find it. */
  readonly dataDir: string;
  readonly cashier: Till;
  readonly manager: Till;
  readonly nobody: Till;
  signIn(name: string, pin: string): Promise<Till>;
  /** Waits until nothing is under way, then says what does not add up. */
  reconcile(): Promise<Reconciliation>;
  stop(): Promise<void>;
}

export async function bootTiffin(
  env: Record<string, string> = {},
  options: StartOptions = {},
): Promise<TestTiffin> {
  const folder = await mkdtemp(join(tmpdir(), "tiffin-test-"));
  const config = loadConfig(
    {
      DATA_DIR: join(folder, "data"),
      PORT: "0",
      LOG_LEVEL: "silent",
      // Roles belong to the whole server, and other files use the same one at the same time.
      ...(env["DATABASE_URL"] !== undefined && { TIFFIN_SECRET: TEST_SECRET }),
      ...env,
    },
    { cwd: folder },
  );
  const tiffin = await startTiffin(config, options);
  const nobody = new Till(tiffin.url, "");
  const signIn = async (name: string, pin: string) => {
    const { status, body } = await nobody.send("POST", "/api/sessions", { name, pin });
    if (status !== 201) throw new Error(`${name} cannot sign in: ${JSON.stringify(body)}`);
    return new Till(tiffin.url, body.token as string);
  };
  const cashier = await signIn("Cashier", "2222");
  const manager = await signIn("Manager", "1111");
  return {
    tiffin,
    url: tiffin.url,
    dataDir: config.dataDir,
    cashier,
    manager,
    nobody,
    signIn,
    async reconcile() {
      for (let tries = 0; ; tries++) {
        const { body } = await manager.get("/api/system/reconciliation");
        const result = body as Reconciliation;
        if ((result.quiet && result.reservations === 0) || tries === 100) return result;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async stop() {
      await tiffin.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tries until the check holds, at most 10 s. */
export async function eventually<T>(
  read: () => Promise<T>,
  holds: (value: T) => boolean,
): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `It did not come to pass within 10 s; last seen: ${JSON.stringify(await read()).slice(0, 500)}`,
  );
}
