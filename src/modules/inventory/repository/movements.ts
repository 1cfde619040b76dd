// Queries of stock movements, no decision. A movement is born inside its product, in the update that moves the stock,
// and filed afterwards: wherever a crash strikes, the union of both holds each movement exactly once.
import { crashPoint } from "#platform/kernel";
import type { PendingEvent } from "#platform/outbox";
import type { ProductForSettlement, Settlement } from "../rules/settlement.js";
import type { InventoryModels, MovementDocument, ProductDocument } from "../schema.js";
import { isDuplicateKey } from "#platform/documents";
import { runStatements, type Statement } from "./statements.js";
import { pendingStockEvent } from "./stock-events.js";

export const findProductsForSettlement = (
  { products }: InventoryModels,
  productIds: readonly string[],
): Promise<ProductForSettlement[]> =>
  products
    .find({ _id: { $in: [...productIds] } })
    .select({ tracked: 1, available: 1, moves: 1, unfiled: 1, reservations: 1 })
    .lean<ProductForSettlement[]>();

/** Which of these movements are filed. Ask after the products were read: what was unfiled then is filed by now, or
 *  was seen there. */
export async function findFiledIds(
  { movements }: InventoryModels,
  ids: readonly string[],
): Promise<Set<string>> {
  const filed = await movements
    .find({ _id: { $in: [...ids] } })
    .select({ _id: 1 })
    .lean<{ _id: string }[]>();
  return new Set(filed.map((movement) => movement._id));
}

/** Applies each settlement whose product did not move since it was read. Answers how many. */
export const settle = (
  models: InventoryModels,
  settlements: readonly Settlement[],
  now: Date,
): Promise<number> =>
  runStatements(
    models,
    settlements.map((settlement) => settleProduct(settlement, now)),
  );

function settleProduct(settlement: Settlement, at: Date): Statement {
  const { productId, moves, ends, without, change, movements, orders } = settlement;
  const events = orders
    .filter((order) => Object.values(order.change).some((amount) => amount !== 0))
    .map(({ sale, reason, change }) =>
      pendingStockEvent(
        { productId, change, reason, reference: sale.orderId, actor: sale.actor.id },
        { at, trace: sale.trace },
      ),
    );
  return {
    filter: {
      _id: productId,
      moves,
      available: { $gte: 0 - change.available },
      ...((ends.length > 0 || without.length > 0) && {
        "reservations.orderId": {
          ...(ends.length > 0 && { $all: [...ends] }),
          ...(without.length > 0 && { $nin: [...without] }),
        },
      }),
    },
    update: {
      $inc: { ...change, moves: movements.length, stockVersion: events.length },
      $pull: { reservations: { orderId: { $in: [...ends] } } },
      $push: { unfiled: { $each: [...movements] }, outbox: { $each: events } },
    },
  };
}

export interface NewStockMovement {
  readonly movement: MovementDocument;
  readonly events: readonly PendingEvent[];
}

/** Moves the stock of a product that had no movement since it was read and can give what is taken; false otherwise. */
export async function applyMovement(
  models: InventoryModels,
  { movement, events }: NewStockMovement,
): Promise<boolean> {
  const { productId, sequence, quantity } = movement;
  const matched = await runStatements(models, [
    {
      filter: {
        _id: productId,
        moves: sequence - 1,
        tracked: true,
        available: { $gte: 0 - quantity },
      },
      update: {
        $inc: { onHand: quantity, available: quantity, moves: 1, stockVersion: 1 },
        $push: { unfiled: movement, outbox: { $each: [...events] } },
      },
    },
  ]);
  return matched === 1;
}

export const findMovement = ({ movements }: InventoryModels, id: string) =>
  movements.findById(id).lean<MovementDocument | null>();

/** Filed movements of a product, newest first. */
export const listFiledMovements = (
  { movements }: InventoryModels,
  productId: string,
  { before, limit }: { before: number; limit: number },
): Promise<MovementDocument[]> =>
  movements
    .find({ productId, sequence: { $lt: before } })
    .sort({ sequence: -1 })
    .limit(limit)
    .lean<MovementDocument[]>();

/** Movements of an order carry its id in front of their own, so that the index of ids finds them. */
export const listFiledOfOrder = (
  { movements }: InventoryModels,
  orderId: string,
): Promise<MovementDocument[]> =>
  movements.find({ _id: { $gt: `${orderId}:`, $lt: `${orderId};` } }).lean<MovementDocument[]>();

export const findUnfiledOfOrder = async (
  { products }: InventoryModels,
  orderId: string,
): Promise<MovementDocument[]> => {
  const found = await products
    .find({ "unfiled.reference": orderId })
    .select({ unfiled: 1 })
    .lean<Unfiled[]>();
  return found.flatMap(({ unfiled }) => unfiled.filter(({ reference }) => reference === orderId));
};

type Unfiled = Pick<ProductDocument, "_id" | "unfiled">;

/** Files what waits in products: in these, or in any. Answers how many products had something. Repeated, interrupted
 *  or done by two at once: each movement is filed once. */
export async function fileMovements(
  models: InventoryModels,
  productIds?: readonly string[],
  limit = 500,
): Promise<number> {
  const waiting = await models.products
    .find({ ...(productIds && { _id: { $in: [...productIds] } }), "unfiled.0": { $exists: true } })
    .select({ unfiled: 1 })
    .limit(limit)
    .lean<Unfiled[]>();
  if (waiting.length === 0) return 0;
  const all = waiting.flatMap(({ unfiled }) => unfiled);
  let filed = new Set(all.map((movement) => movement._id));
  try {
    await models.movements.insertMany(all, { ordered: false, lean: true });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    // Unordered: the others are in. What leaves its product is what is there, and nothing else.
    filed = await fileUnderOwnIds(models, all);
  }
  crashPoint("inventory.after-file");
  await runStatements(
    models,
    waiting.map(({ _id, unfiled }) => {
      const ids = unfiled.map((movement) => movement._id).filter((id) => filed.has(id));
      return { filter: { _id }, update: { $pull: { unfiled: { _id: { $in: ids } } } } };
    }),
  );
  return waiting.length;
}

/** An id that a client sent for two products at once is one product's by now: the other's movement is filed under an id
 *  with its product in front, since its stock has moved. Answers with the ids that are filed, one way or the other. */
async function fileUnderOwnIds(
  { movements }: InventoryModels,
  waiting: readonly MovementDocument[],
): Promise<Set<string>> {
  const filed = await movements
    .find({ _id: { $in: waiting.map(({ _id }) => _id) } })
    .select({ productId: 1 })
    .lean<Pick<MovementDocument, "_id" | "productId">[]>();
  const owners = new Map(filed.map(({ _id, productId }) => [_id, productId]));
  const others = waiting.filter(
    ({ _id, productId }) => (owners.get(_id) ?? productId) !== productId,
  );
  const ownId = ({ _id, productId }: MovementDocument) => `${productId}:${_id}`;
  try {
    const copies = others.map((movement) => ({ ...movement, _id: ownId(movement) }));
    await movements.insertMany(copies, { ordered: false, lean: true });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // filed before, and interrupted
  }
  const kept = await movements
    .find({ _id: { $in: others.map(ownId) } })
    .select({ _id: 1 })
    .lean<Pick<MovementDocument, "_id">[]>();
  const isKept = new Set(kept.map(({ _id }) => _id));
  // The error tells of the first that was refused only: one that is not there stays, with the other of its id.
  for (const other of others) if (!isKept.has(ownId(other))) owners.delete(other._id);
  return new Set(owners.keys());
}

export interface FiledSum {
  readonly _id: string;
  readonly quantity: number;
  readonly sold: number;
  readonly count: number;
  readonly last: number;
}

const isSold = { $in: ["$type", ["sold", "restocked"]] };

/** Sums of the filed movements that `filter` fits, for each product. */
export const sumFiled = ({ movements }: InventoryModels, filter: object) =>
  movements.aggregate<FiledSum>([
    { $match: filter },
    {
      $group: {
        _id: "$productId",
        quantity: { $sum: "$quantity" },
        sold: { $sum: { $cond: [isSold, { $subtract: ["$uncounted", "$quantity"] }, 0] } },
        count: { $sum: 1 },
        last: { $max: "$sequence" },
      },
    },
  ]);
