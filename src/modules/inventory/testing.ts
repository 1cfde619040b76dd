// For this module's tests: inventory on a fresh store, alone, with what it told.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { errorOf } from "#platform/contract";
import { createFace, systemPrincipal } from "#platform/http";
import { type EventEnvelope, money } from "#platform/kernel";
import type { PendingEvent } from "#platform/outbox";
import { createTestDocuments, type TestDocuments } from "../../platform/documents/testing.js";
import { type contract, createInventory, eventSources, type InventoryFace } from "./index.js";
import { returnsOf } from "./rules/returns.js";
import { salesOf } from "./rules/settlement.js";
import { settleSales, takeBackSales } from "./commands/settle.js";
import { createCatalogueMemory } from "./commands/catalogue.js";
import { createFiler } from "./commands/file.js";
import { createHolder } from "./commands/reserve.js";
import type { InventoryParts } from "./commands/parts.js";
import { createModels, type InventoryModels, prepareStore } from "./schema.js";

let documents: TestDocuments;
export let models: InventoryModels;
/** What the commands work with, for tests that must stand between two steps. */
export let parts: InventoryParts;
export let inventory: InventoryFace;

const outbox = { wake: () => undefined };
const clock = () => new Date();
const logger = { warn: () => undefined, error: () => undefined };
const fail = (error: unknown) => {
  throw error;
};

/** A fresh store for the file; after each test, all stock must add up. */
export function useInventory(): void {
  beforeAll(async () => {
    documents = await createTestDocuments();
    const connection = await documents.connect("inventory");
    models = createModels(connection);
    await prepareStore(models);
    parts = {
      models,
      catalogue: createCatalogueMemory(),
      hold: createHolder(models),
      filer: createFiler(models, fail, 0),
      outbox,
      clock,
    };
    inventory = openFace();
  });
  afterEach(async () => {
    await parts.filer.idle();
    await expectBooksToAddUp();
  });
  afterAll(() => documents?.close());
}

/** Another process on the same store: it remembers nothing yet. */
export function openFace(): InventoryFace {
  const connection = models.products.db;
  const module = createInventory({ connection, outbox, logger, clock });
  return createFace<typeof contract>(module.router, { principal: systemPrincipal });
}

export async function expectBooksToAddUp(): Promise<void> {
  const { items } = await inventory.stock.summary({});
  for (const { productId, onHand, reserved, available, movements } of items) {
    expect({ productId, onHand }).toEqual({ productId, onHand: movements });
    expect({ productId, onHand }).toEqual({ productId, onHand: available + reserved });
    expect(Math.min(onHand, reserved, available)).toBeGreaterThanOrEqual(0);
  }
}

export const mmk = (amount: number) => money(amount, "MMK");
export const newOrderId = () => randomUUID();

let count = 0;

/** A dish at 3500 with `stock` portions; null: not counted. */
export async function addDish(stock: number | null, name = "Mohinga"): Promise<string> {
  count += 1;
  const { id } = await inventory.products.create({
    sku: `DISH-${count}`,
    name: { en: name, my: "မုန့်ဟင်းခါး" },
    price: mmk(3500),
    stock,
  });
  return id;
}

export const line = (productId: string, quantity = 1, price = 3500) => ({
  productId,
  quantity,
  unitPrice: mmk(price),
});

export async function stockOf(id: string) {
  const { stock } = await inventory.products.get({ id });
  return stock;
}

export async function refusalOf(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    const refusal = errorOf(error);
    if (!refusal) throw error;
    const { code, status, data } = refusal;
    return { code, status, data };
  }
  throw new Error("this was not refused");
}

export interface PlacedLine {
  readonly productId: string;
  readonly quantity: number;
}

const cook = { id: "staff-1", name: "Cashier" };

/** As the listener does when the order was placed. */
export async function settle(orderId: string, lineItems: readonly PlacedLine[]): Promise<void> {
  const placedAt = new Date().toISOString();
  await settleSales(parts, salesOf({ orderId, placedAt, placedBy: cook, lineItems }, null));
  await parts.filer.idle();
}

/** As the listener does when the order was cancelled. */
export const takeBack = (
  orderId: string,
  lineItems: readonly (PlacedLine & { readonly outcome: "restock" | "waste" })[],
) =>
  takeBackSales(
    parts,
    returnsOf(
      {
        orderId,
        cancelledAt: new Date().toISOString(),
        cancelledBy: { id: "staff-2", name: "Manager" },
        reason: "Ordered twice",
        lineItems,
      },
      null,
    ),
  );

/** The events that wait in a product, as they would be published now. */
export async function eventsOf(productId: string): Promise<EventEnvelope[]> {
  const product = await models.products.findById(productId).lean();
  const [source] = eventSources;
  if (!product || !source?.compose) throw new Error("there is no such product");
  const { compose } = source;
  return product.outbox.map((pending: PendingEvent) =>
    compose(product as unknown as Parameters<typeof compose>[0], pending),
  );
}
