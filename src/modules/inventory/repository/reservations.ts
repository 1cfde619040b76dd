// Queries of reservations, no decision. One update per product, so that two buyers cannot race and the event leaves
// with the change.
import type { GiveBack, ProductForOrder, ProvenLine } from "../rules/reservations.js";
import type { InventoryModels, ProductDocument, RefusedFor } from "../schema.js";
import { runStatements, type Statement } from "./statements.js";
import { pendingStockEvent } from "./stock-events.js";

/** Far more than one dish's releases within the time that a delayed request can take to arrive. */
const MAX_CLOSED = 500;

export interface OrderContext {
  readonly orderId: string;
  readonly at: Date;
  readonly trace: string | null;
  readonly actor: string;
}

export interface LinesToHold {
  readonly lines: readonly ProvenLine[];
  readonly order: OrderContext;
}

/**
 * Holds each line whose product is as it was read (same version, so same price and names), has enough available, and
 * does not know the order yet. Answers how many lines it held: when all, the products are proved to be as read.
 */
export const holdLines = (models: InventoryModels, orders: readonly LinesToHold[]) =>
  runStatements(
    models,
    orders.flatMap(({ lines, order }) => lines.map((line) => holdLine(line, order))),
  );

function holdLine({ line, product }: ProvenLine, order: OrderContext): Statement {
  const { orderId, at, actor } = order;
  const { productId, quantity } = line;
  const held = product.tracked ? quantity : 0;
  const filter = {
    _id: productId,
    version: product.version,
    "reservations.orderId": { $ne: orderId },
    "closed.orderId": { $ne: orderId },
  };
  const reservation = { orderId, quantity, held, at };
  if (!product.tracked) return { filter, update: { $push: { reservations: reservation } } };
  const change = { onHand: 0, reserved: held, available: -held };
  const fact = { productId, change, reason: "reserved", reference: orderId, actor } as const;
  return {
    filter: { ...filter, available: { $gte: quantity } },
    update: {
      $inc: { available: -held, reserved: held, stockVersion: 1 },
      $push: { reservations: reservation, outbox: pendingStockEvent(fact, order) },
    },
  };
}

/** Products with what concerns one order only. */
export const findProductsForOrder = (
  { products }: InventoryModels,
  orderId: string,
  productIds: readonly string[],
): Promise<ProductForOrder[]> =>
  products
    .find({ _id: { $in: [...productIds] } })
    .select({
      version: 1,
      sku: 1,
      name: 1,
      price: 1,
      currency: 1,
      archived: 1,
      tracked: 1,
      available: 1,
      reservations: { $elemMatch: { orderId } },
      closed: { $elemMatch: { orderId } },
    })
    .lean<ProductForOrder[]>();

/** Ends what the order holds, as it was read, and bars it. Answers how many products were as read. */
export const closeOrder = (
  models: InventoryModels,
  plan: readonly GiveBack[],
  order: OrderContext & { readonly refused?: RefusedFor },
) =>
  runStatements(
    models,
    plan.map((step) => closeOn(step, order)),
  );

function closeOn(
  { productId, held }: GiveBack,
  order: OrderContext & { readonly refused?: RefusedFor },
): Statement {
  const { orderId, at, actor, refused } = order;
  const closed = { $each: [{ orderId, at, ...(refused && { refused }) }], $slice: -MAX_CLOSED };
  if (held === undefined) {
    return {
      filter: {
        _id: productId,
        "reservations.orderId": { $ne: orderId },
        "closed.orderId": { $ne: orderId },
      },
      update: { $push: { closed } },
    };
  }
  const change = { onHand: 0, reserved: -held, available: held };
  const fact = { productId, change, reason: "released", reference: orderId, actor } as const;
  return {
    filter: { _id: productId, reservations: { $elemMatch: { orderId, held } } },
    update: {
      $pull: { reservations: { orderId } },
      ...(held > 0 && { $inc: { available: held, reserved: -held, stockVersion: 1 } }),
      $push: { closed, ...(held > 0 && { outbox: pendingStockEvent(fact, order) }) },
    },
  };
}

export type HeldProduct = Pick<ProductDocument, "_id" | "reservations">;

/** Products with a reservation older than `before`, by id. */
export const findHeldProducts = (
  { products }: InventoryModels,
  { before, after, limit }: { before: Date; after: string; limit: number },
): Promise<HeldProduct[]> =>
  products
    .find({ _id: { $gt: after }, reservations: { $elemMatch: { at: { $lt: before } } } })
    .select({ reservations: 1 })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<HeldProduct[]>();

/** Forgets closed orders from before `before`. */
export async function forgetClosedOrders({ products }: InventoryModels, before: Date) {
  await products.updateMany(
    { closed: { $elemMatch: { at: { $lt: before } } } },
    { $pull: { closed: { at: { $lt: before } } } },
  );
}
