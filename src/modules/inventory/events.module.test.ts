// Inventory among the others: it hears placed orders through its inbox, and what it tells arrives with the newest level.
import { afterAll, describe, expect, it, vi } from "vitest";
import { OrderPlaced } from "#modules/orders/events";
import { createBus } from "#platform/bus";
import { emit } from "#platform/bus/emit";
import { type EventEnvelope, newId } from "#platform/kernel";
import { createMongoInbox, createMongoOutbox, defineSubscription } from "#platform/outbox";
import { ProductChanged, StockChanged, type StockLevel } from "./events.js";
import { createInventory, eventSources } from "./index.js";
import {
  addDish,
  inventory,
  line,
  mmk,
  models,
  newOrderId,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

const orderPlaced = (orderId: string, productId: string, quantity: number) => {
  const unitPrice = mmk(3500);
  const total = mmk(3500 * quantity);
  const none = mmk(0);
  const name = { en: "Mohinga" };
  const category = { code: "noodles", name };
  const dish = { productId, sku: "MOH-01", name, category, station: "noodle" };
  return OrderPlaced.create({
    orderId,
    number: 1,
    businessDate: "2026-11-23",
    serviceType: "takeaway",
    placedAt: new Date().toISOString(),
    placedBy: { id: newId(), name: "Cashier" },
    lineItems: [{ ...dish, id: newId(), quantity, unitPrice, modifiers: [], total }],
    totals: {
      subtotal: total,
      discount: none,
      serviceCharge: none,
      tax: none,
      taxIncluded: none,
      rounding: none,
      total,
    },
    payment: { id: newId(), method: "cash", status: "captured" },
  });
};

describe("inventory and its events", () => {
  it("settles a placed order that it hears, and tells each change with the newest level", async () => {
    const connection = models.products.db;
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const bus = createBus();
    const heard: EventEnvelope[] = [];
    const module = createInventory({
      connection,
      outbox: { wake: () => outbox.wake() },
      logger,
      clock: () => new Date(),
    });
    const listener = defineSubscription<typeof connection>({
      name: "test.listens",
      events: [ProductChanged, StockChanged],
      handle(events) {
        heard.push(...events);
        return Promise.resolve();
      },
    });
    const outbox = createMongoOutbox({
      connection,
      publisher: "inventory",
      sources: eventSources,
      bus,
      logger,
    });
    const subscriptions = [...module.subscriptions, listener];
    const inbox = createMongoInbox({ connection, subscriptions, bus, logger });
    await module.start();
    inbox.start();
    outbox.start();
    stops.push(
      () => outbox.stop(),
      () => inbox.stop(),
      () => module.stop(),
    );

    const dish = await addDish(10);
    const orderId = newOrderId();
    await inventory.reservations.reserve({ orderId, lines: [line(dish, 2)] });
    const event = orderPlaced(orderId, dish, 2);
    const message = { ...event, json: JSON.stringify(event) };
    const stored = [...emit(bus, message).values()].map((receipt) => receipt.stored);
    expect(stored).toHaveLength(1);
    await Promise.all(stored);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });

    outbox.wake();
    await vi.waitFor(
      () => {
        const own = heard.filter(({ key }) => key === dish);
        const reasons = own.flatMap(({ name, data }) =>
          name === StockChanged.name ? [(data as { reason: string }).reason] : [],
        );
        expect(reasons).toEqual(["received", "reserved", "sold"]);
        const newest = own
          .filter(({ name }) => name === StockChanged.name)
          .map(({ data }) => (data as { level: StockLevel }).level)
          .reduce((best, level) => (level.stockVersion >= best.stockVersion ? level : best));
        expect(newest).toMatchObject({ onHand: 8, reserved: 0, available: 8 });
      },
      { timeout: 10_000 },
    );
    await vi.waitFor(async () => {
      expect((await models.products.findById(dish).lean())?.outbox).toEqual([]);
    }, 10_000);
    expect(logger.error).not.toHaveBeenCalled();
  });
});
