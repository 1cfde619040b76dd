// Reads of inventory. Movements are read as the union of what is filed and what still waits in the product.
import type { Movement, Product } from "./contract.js";
import {
  type FiledSum,
  findUnfiledOfOrder,
  listFiledMovements,
  listFiledOfOrder,
  sumFiled,
} from "./repository/movements.js";
import { findProductWithMovements, listStock, type ProductRow } from "./repository/products.js";
import { findHeldProducts } from "./repository/reservations.js";
import { addSums, mergeMovements, slicesOf, totalAtRead, totalOf } from "./rules/movements.js";
import type { InventoryModels, MovementDocument } from "./schema.js";

export { findAttributeSchema } from "./repository/attributes.js";
export { findPhoto } from "./repository/photos.js";
export { findProduct, listPhotographed, listProducts } from "./repository/products.js";
export { composeEvent, LEVEL_FIELDS } from "./repository/stock-events.js";

export const toProduct = (row: ProductRow): Product => ({
  id: row._id,
  sku: row.sku,
  name: row.name,
  price: { amount: row.price, currency: row.currency },
  attributes: { ...row.attributes },
  lowStockAt: row.lowStockAt,
  archived: row.archived,
  photo: row.photo ?? null,
  stock: row.tracked
    ? { onHand: row.onHand, reserved: row.reserved, available: row.available }
    : null,
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const toMovement = ({ _id, at, ...movement }: MovementDocument): Movement => ({
  id: _id,
  ...movement,
  at: at.toISOString(),
});

/** One page and one row more, newest first; undefined when there is no such product. */
export async function listMovements(
  models: InventoryModels,
  productId: string,
  { before, limit }: { before: number; limit: number },
): Promise<MovementDocument[] | undefined> {
  const product = await findProductWithMovements(models, productId);
  if (!product) return undefined;
  // After the product: what leaves it meanwhile was filed before.
  const filed = await listFiledMovements(models, productId, { before, limit });
  const waiting = product.unfiled.filter((movement) => movement.sequence < before);
  return mergeMovements(waiting, filed).slice(0, limit);
}

/** What an order moved, oldest first. */
export async function listMovementsOfOrder(
  models: InventoryModels,
  orderId: string,
): Promise<MovementDocument[]> {
  // The products first: what leaves them meanwhile is filed by then.
  const unfiled = await findUnfiledOfOrder(models, orderId);
  const filed = await listFiledOfOrder(models, orderId);
  const byId = new Map([...unfiled, ...filed].map((movement) => [movement._id, movement]));
  return [...byId.values()].toSorted(
    (one, other) => one.at.getTime() - other.at.getTime() || one.sequence - other.sequence,
  );
}

/** Each product's stock beside the sum of its movements, both as of the instant at which the product was read. */
export async function summarizeStock(
  models: InventoryModels,
  query: { after: string; limit: number },
) {
  const products = await listStock(models, query);
  const filed = new Map<string, FiledSum>();
  for (const filter of slicesOf(products)) {
    for (const sum of await sumFiled(models, filter)) {
      const known = filed.get(sum._id);
      filed.set(sum._id, known ? addSums(known, sum) : sum);
    }
  }
  const rows = [];
  for (const { _id, moves, unfiled, ...row } of products) {
    const total =
      totalAtRead({ moves, unfiled }, filed.get(_id)) ??
      totalOf(
        { moves, unfiled },
        await listFiledMovements(models, _id, { before: moves + 1, limit: moves }),
      );
    rows.push({ productId: _id, ...row, movements: total.quantity, sold: total.sold });
  }
  return rows;
}

/** Reservations made before `before`, with the product after which the next page begins. */
export async function listReservations(
  models: InventoryModels,
  query: { before: Date; after: string; limit: number },
) {
  const products = await findHeldProducts(models, query);
  const last = products.length === query.limit ? products.at(-1)?._id : undefined;
  const items = products.flatMap(({ _id, reservations }) =>
    reservations
      .filter(({ at }) => at < query.before)
      .map(({ at, ...held }) => ({ ...held, productId: _id, at: at.toISOString() })),
  );
  return { items, after: last };
}
