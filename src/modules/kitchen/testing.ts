// For this module's tests: kitchen behind its real inbox, fed by the outbox of orders on the same server.
import { afterAll, beforeAll, inject } from "vitest";
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import { createBus } from "#platform/bus";
import { errorOf } from "#platform/contract";
import type { Postgres } from "#platform/db";
import { createFace, type Principal } from "#platform/http";
import { type EventEnvelope, money, newId } from "#platform/kernel";
import { createPostgresInbox, createPostgresOutbox } from "#platform/outbox";
import { createTestPostgres } from "../../platform/db/testing.js";
import type { Ticket } from "./events.js";
import { type contract, createKitchen, type KitchenFace, type KitchenTables } from "./index.js";

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const mmk = (amount: number) => money(amount, "MMK");
const names = {
  noodle: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
  drinks: { en: "Tea", my: "လက်ဖက်ရည်" },
};
export type StationName = keyof typeof names;

export interface SentLine {
  readonly station?: StationName;
  readonly quantity?: number;
  readonly productId?: string;
  readonly note?: string;
}

export const MOHINGA = newId();
export const TEA = newId();

/** An order as its event tells it, at one minute after the other. */
let minute = 0;
export function anOrder(lines: readonly SentLine[], over: object = {}) {
  minute += 1;
  const none = mmk(0);
  const total = mmk(3500);
  return {
    orderId: newId(),
    number: minute,
    businessDate: "2026-11-23",
    serviceType: "dine-in" as const,
    tableId: newId(),
    tableName: "T4",
    placedAt: new Date(Date.UTC(2026, 10, 23, 5, minute)).toISOString(),
    placedBy: { id: "staff-1", name: "Cashier" },
    lineItems: lines.map(({ station = "noodle", quantity = 1, productId, note }) => ({
      id: newId(),
      productId: productId ?? (station === "noodle" ? MOHINGA : TEA),
      sku: station === "noodle" ? "MOH-01" : "TEA-01",
      name: names[station],
      category: { code: station, name: names[station] },
      station,
      quantity,
      unitPrice: mmk(3500),
      modifiers: [{ code: "egg", name: { en: "Egg" }, price: mmk(500) }],
      ...(note !== undefined && { note }),
      total,
    })),
    totals: {
      subtotal: total,
      discount: none,
      serviceCharge: none,
      tax: none,
      taxIncluded: none,
      rounding: none,
      total,
    },
    payment: { id: newId(), method: "cash" as const, status: "captured" as const },
    ...over,
  };
}
export type SomeOrder = ReturnType<typeof anOrder>;

export const placed = (order: SomeOrder): EventEnvelope => OrderPlaced.create(order);

export const cancelled = ({ placedAt, ...order }: SomeOrder): EventEnvelope =>
  OrderCancelled.create({
    ...order,
    cancelledOn: order.businessDate,
    cancelledAt: placedAt,
    cancelledBy: { id: "staff-2", name: "Manager" },
    reason: "The guest left",
    lineItems: order.lineItems.map((line) => ({ ...line, outcome: "waste" as const })),
  });

export const cook: Principal = {
  kind: "staff",
  id: "staff-3",
  name: "Cook",
  role: "kitchen",
  permissions: new Set(["kitchen.read", "kitchen.advance"]),
};

const FAST = { claimEveryMs: 200, firstPollMs: 50, longestPollMs: 500 };

/** One process: the outbox of orders, and kitchen with its inbox and its outbox, on a bus. */
export function startProcess(postgres: Postgres) {
  const bus = createBus();
  const shared = { bus, logger: quiet, timing: FAST };
  const ordersDatabase = postgres.connect<never>("orders");
  const orders = createPostgresOutbox({ ...shared, database: ordersDatabase });
  const database = postgres.connect<KitchenTables>("kitchen");
  const outbox = createPostgresOutbox({ ...shared, database });
  const module = createKitchen({ database, outbox, clock: () => new Date() });
  const inbox = createPostgresInbox({
    ...shared,
    database,
    subscriptions: module.subscriptions,
    retry: { attempts: 2, firstPauseMs: 10, longestPauseMs: 20 },
  });
  inbox.start();
  outbox.start();
  orders.start();
  return {
    bus,
    database,
    inbox,
    outbox,
    orders,
    module,
    face: createFace<typeof contract>(module.router, { principal: cook }),
    /** As orders does: in a transaction of its own. */
    async publish(...events: EventEnvelope[]): Promise<void> {
      await ordersDatabase.transaction((tx) => orders.add(tx, events));
      orders.wake();
    },
    async stop(): Promise<void> {
      await orders.stop();
      await outbox.stop();
      await inbox.stop();
    },
  };
}
export type KitchenProcess = ReturnType<typeof startProcess>;

export let kitchen: KitchenFace;
export let running: KitchenProcess;
export let postgres: Postgres;

export function useKitchen(): void {
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const test = await createTestPostgres(inject("databaseUrl"), ["orders", "kitchen"]);
    ({ postgres } = test);
    running = startProcess(postgres);
    kitchen = running.face;
    close = () => test.close();
  });
  afterAll(async () => {
    await running?.stop();
    await close?.();
  });
}

/** Publishes and waits until everything of it is applied; answers with the order's tickets, by station. */
export async function send(...events: EventEnvelope[]): Promise<void> {
  await running.publish(...events);
  await applied(...events);
}

export async function applied(...events: EventEnvelope[]): Promise<void> {
  const ids = events.map((event) => event.id);
  for (let tries = 0; tries < 500; tries++) {
    const known = await running.inbox.deliveries(ids);
    if (new Set(known.map((one) => one.eventId)).size === new Set(ids).size) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("Not all events were applied within 5 s");
}

export async function ticketsOfOrder({ orderId }: { orderId: string }): Promise<Ticket[]> {
  return (await kitchen.order({ orderId })).tickets;
}

/** Sends an order to one station and answers with its ticket. */
export async function sendTicket(
  ...lines: SentLine[]
): Promise<{ order: SomeOrder; ticket: Ticket }> {
  const order = anOrder(lines.length > 0 ? lines : [{}]);
  await send(placed(order));
  const [ticket] = await ticketsOfOrder(order);
  if (!ticket) throw new Error("The order has a ticket");
  return { order, ticket };
}

/** What was told of an order, oldest first. */
export async function toldOf(orderId: string) {
  const found = await running.outbox.find({ key: orderId });
  return found.map(({ event }) => event.data as { change: string; ticket: Ticket; by: object });
}

/** What people did to a ticket, oldest first. */
export async function actionsOn(ticketId: string): Promise<unknown[]> {
  const found = await running.outbox.find({ key: ticketId });
  return found.map(({ event }) => event.data);
}

export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const typed = errorOf(error);
  if (!typed) throw error ?? new Error("It was not refused");
  return typed as typeof typed & { data: { ticket: Ticket; currentVersion: number } };
}
