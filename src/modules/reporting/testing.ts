// For this module's tests: a fresh database, events as the other modules tell them, and a plain recomputation of every
// figure from those events, which knows nothing of tables.
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import { PaymentCaptured, PaymentRefunded } from "#modules/payments/events";
import { createFace, systemPrincipal } from "#platform/http";
import { type EventEnvelope, money, newId } from "#platform/kernel";
import { createPostgresOutbox } from "#platform/outbox";
import { createBus } from "#platform/bus";
import { createModuleDatabase, query } from "../../platform/db/testing.js";
import { type contract, createReporting, type ReportingTables } from "./index.js";

type Test = Awaited<ReturnType<typeof createModuleDatabase<ReportingTables>>>;
export let test: Test;
export let now = new Date("2026-11-23T06:00:00Z");
export const setNow = (instant: string) => (now = new Date(instant));
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const TABLES =
  "journal, builds, products, outbox, sales, sold_dishes, takings, sales_figures, dish_figures, money_figures";

/** A database for the file, empty before each test. */
export function useReporting(): void {
  beforeAll(async () => {
    test = await createModuleDatabase<ReportingTables>(inject("databaseUrl"), "reporting");
  });
  afterAll(() => test?.close());
  beforeEach(() => empty());
}

export const asOwner = (statement: string) =>
  query(test.url, `set search_path = reporting; ${statement}`);

export async function empty(): Promise<void> {
  await asOwner(`truncate ${TABLES} restart identity; update books set model = 0, currency = null`);
}

/** The module on the database of the file. */
export function openReporting(stepSize?: number) {
  const outbox = createPostgresOutbox({ database: test.database, bus: createBus(), logger: quiet });
  const module = createReporting({
    database: test.database,
    reading: test.database,
    outbox,
    logger: quiet,
    clock: () => now,
    ...(stepSize !== undefined && { stepSize }),
  });
  const face = createFace<typeof contract>(module.router, { principal: systemPrincipal });
  const [counting] = module.subscriptions;
  if (!counting) throw new Error("reporting counts nothing");
  const hear = (name: string, events: readonly EventEnvelope[]) => {
    const subscription = module.subscriptions.find((one) => one.name === name);
    if (!subscription) throw new Error(`reporting has no ${name}`);
    return test.database.transaction((tx) => subscription.handle(events, tx));
  };
  return {
    module,
    face,
    hear,
    /** As the inbox does it: one transaction for the batch. */
    count: (events: readonly EventEnvelope[]) => hear(counting.name, events),
    /** Begins a rebuild and waits for its end. */
    async rebuild() {
      await face.rebuild.start();
      for (;;) {
        const status = await face.rebuild.status();
        if (status.status !== "running") return status;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

export const mmk = (amount: number) => money(amount, "MMK");

export interface Dish {
  readonly productId: string;
  readonly name: { en: string; my?: string };
  readonly category: string;
  readonly price: number;
}

export interface Sale {
  readonly orderId: string;
  readonly number: number;
  readonly businessDate: string;
  readonly placedAt: string;
  readonly server: string;
  readonly serviceType: "dine-in" | "takeaway";
  readonly method: "cash" | "card";
  readonly lines: readonly { readonly dish: Dish; readonly quantity: number }[];
}

/** 5 % tax on top, 10 % service charge for dine-in, as the sample restaurant has it. */
export function amountsOf({ lines, serviceType }: Pick<Sale, "lines" | "serviceType">) {
  const subtotal = lines.reduce((sum, { dish, quantity }) => sum + dish.price * quantity, 0);
  const serviceCharge = serviceType === "dine-in" ? Math.round(subtotal * 0.1) : 0;
  const tax = Math.round((subtotal + serviceCharge) * 0.05);
  return { subtotal, serviceCharge, tax, total: subtotal + serviceCharge + tax };
}

const inMoney = (sale: Sale) => {
  const { subtotal, serviceCharge, tax, total } = amountsOf(sale);
  return {
    subtotal: mmk(subtotal),
    discount: mmk(0),
    serviceCharge: mmk(serviceCharge),
    tax: mmk(tax),
    taxIncluded: mmk(0),
    rounding: mmk(0),
    total: mmk(total),
  };
};

const lineItems = ({ lines }: Sale) =>
  lines.map(({ dish, quantity }) => ({
    id: newId(),
    productId: dish.productId,
    sku: dish.name.en.slice(0, 3).toUpperCase(),
    name: dish.name,
    quantity,
    unitPrice: mmk(dish.price),
    modifiers: [],
    total: mmk(dish.price * quantity),
    category: { code: dish.category, name: { en: dish.category.toUpperCase() } },
    station: "kitchen",
  }));

/** Yangon, with a trading day from 4 to 4. */
export const clock = { utcOffsetMinutes: 390, businessDayStartsAt: "04:00" };

export const placed = (sale: Sale): EventEnvelope =>
  OrderPlaced.create({
    orderId: sale.orderId,
    number: sale.number,
    businessDate: sale.businessDate,
    clock,
    serviceType: sale.serviceType,
    placedAt: sale.placedAt,
    placedBy: { id: sale.server, name: sale.server },
    lineItems: lineItems(sale),
    totals: inMoney(sale),
    payment: { id: sale.orderId, method: sale.method, status: "captured" },
  });

export const cancelled = (
  sale: Sale,
  cancelledOn: string,
  cancelledAt: string,
  at?: typeof clock,
): EventEnvelope =>
  OrderCancelled.create({
    ...(at && { clock: at }),
    orderId: sale.orderId,
    number: sale.number,
    businessDate: sale.businessDate,
    cancelledOn,
    cancelledAt,
    cancelledBy: { id: "manager", name: "Manager" },
    reason: "The guest left",
    serviceType: sale.serviceType,
    lineItems: lineItems(sale).map((line) => ({ ...line, outcome: "restock" as const })),
    totals: inMoney(sale),
    payment: { id: sale.orderId, method: sale.method, status: "refunded" },
  });

export const captured = (sale: Sale, amount = amountsOf(sale).total): EventEnvelope =>
  PaymentCaptured.create({
    paymentId: sale.orderId,
    orderId: sale.orderId,
    method: sale.method,
    amount: mmk(amount),
    capturedAt: sale.placedAt,
  });

export const refunded = (sale: Sale, amount: number, refundedAt: string): EventEnvelope =>
  PaymentRefunded.create({
    paymentId: sale.orderId,
    refundId: newId(),
    orderId: sale.orderId,
    method: sale.method,
    amount: mmk(amount),
    refundedAt,
  });

export const dish = (en: string, category: string, price: number, my?: string): Dish => ({
  productId: newId(),
  name: { en, ...(my !== undefined && { my }) },
  category,
  price,
});

let number = 0;
export const sale = (over: Partial<Sale> = {}): Sale => ({
  orderId: newId(),
  number: (number += 1),
  businessDate: "2026-11-23",
  placedAt: "2026-11-23T05:45:00Z", // 12:15 in Yangon
  server: "Cashier",
  serviceType: "takeaway",
  method: "cash",
  lines: [{ dish: mohinga, quantity: 2 }],
  ...over,
});

export const mohinga = dish("Mohinga", "noodles", 3_500, "မုန့်ဟင်းခါး");
export const tea = dish("Tea", "drinks", 1_500, "လက်ဖက်ရည်");
