// Queries of products, no decision.
import { isDuplicateKey } from "#platform/documents";
import type { PendingEvent } from "#platform/outbox";
import type { CatalogueEntry } from "../rules/reservations.js";
import type { ProductFields } from "../rules/products.js";
import type { InventoryModels, MovementDocument, ProductDocument } from "../schema.js";
import { runStatements, type Statement } from "./statements.js";

/** A product without what only its own guarded updates need. */
export type ProductRow = Omit<ProductDocument, "reservations" | "closed" | "outbox" | "unfiled">;

const ROW = { reservations: 0, closed: 0, outbox: 0, unfiled: 0 } as const;

export const findProduct = ({ products }: InventoryModels, id: string) =>
  products.findById(id).select(ROW).lean<ProductRow | null>();

/** With its unfiled movements. */
export const findProductWithMovements = ({ products }: InventoryModels, id: string) =>
  products
    .findById(id)
    .select({ reservations: 0, closed: 0, outbox: 0 })
    .lean<(ProductRow & Pick<ProductDocument, "unfiled">) | null>();

export interface ProductQuery {
  /** Part of the SKU or of a name, as people typed it. */
  readonly q?: string | undefined;
  readonly archived: "exclude" | "include" | "only";
  readonly low: boolean;
  readonly after: string;
  readonly limit: number;
}

// What a person typed is text, never a pattern.
const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** In the order of ids, so in the order of creation. */
export function listProducts({ products }: InventoryModels, query: ProductQuery) {
  const { q, archived, low, after, limit } = query;
  const like = { $regex: escaped(q?.trim() ?? ""), $options: "i" };
  return products
    .find({
      _id: { $gt: after },
      ...(archived !== "include" && { archived: archived === "only" }),
      ...(q?.trim() && { $or: [{ sku: like }, { "name.en": like }, { "name.my": like }] }),
      // Of one without a warning, only none at all is low.
      ...(low && {
        tracked: true,
        $expr: { $lte: ["$available", { $ifNull: ["$lowStockAt", 0] }] },
      }),
    })
    .select(ROW)
    .sort({ _id: 1 })
    .limit(limit)
    .lean<ProductRow[]>();
}

/** Those that have a photo, in the order of ids. */
export const listPhotographed = ({ products }: InventoryModels) =>
  products
    .find({ photo: { $ne: null } })
    .select({ photo: 1 })
    .sort({ _id: 1 })
    .lean<{ _id: string; photo: string }[]>();

export const findCatalogue = ({ products }: InventoryModels, limit: number) =>
  products
    .find({})
    .select({ version: 1, sku: 1, name: 1, price: 1, currency: 1, archived: 1, tracked: 1 })
    .limit(limit)
    .lean<CatalogueEntry[]>();

/** The currency of the products that there are. */
export async function findCurrency({ products }: InventoryModels): Promise<string | undefined> {
  const any = await products
    .findOne({})
    .select({ currency: 1 })
    .lean<{ currency: string } | null>();
  return any?.currency;
}

/** Inserts what has a new SKU. Answers whether all had. */
export async function insertProducts(
  { products }: InventoryModels,
  documents: readonly ProductDocument[],
): Promise<boolean> {
  if (documents.length === 0) return true;
  try {
    await products.insertMany([...documents], { ordered: false, lean: true });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

export const findProductsBySku = ({ products }: InventoryModels, skus: readonly string[]) =>
  products
    .find({ sku: { $in: [...skus] } })
    .select({ reservations: 0, closed: 0, outbox: 0, unfiled: 0 })
    .lean<ProductRow[]>();

export interface ProductUpdate {
  readonly id: string;
  readonly version: number;
  readonly change: Partial<ProductFields>;
  readonly events: readonly PendingEvent[];
  /** Given when counting starts with a count. */
  readonly movement?: MovementDocument | undefined;
  readonly at: Date;
}

/** Changes each product that is still at its version. Answers how many were. */
export const updateProducts = (models: InventoryModels, updates: readonly ProductUpdate[]) =>
  runStatements(models, updates.map(toStatement));

function toStatement(update: ProductUpdate): Statement {
  const { id, version, change, events, movement, at } = update;
  const quantity = movement?.quantity ?? 0;
  const isLevelChanged = change.tracked !== undefined;
  return {
    filter: {
      _id: id,
      version,
      ...(movement && { moves: movement.sequence - 1, available: { $gte: 0 - quantity } }),
    },
    update: {
      $set: { ...change, updatedAt: at },
      $inc: {
        version: 1,
        ...(isLevelChanged && { stockVersion: 1 }),
        ...(movement && { onHand: quantity, available: quantity, moves: 1 }),
      },
      $push: { outbox: { $each: [...events] }, ...(movement && { unfiled: movement }) },
    },
  };
}

export type StockRow = Pick<
  ProductDocument,
  "_id" | "sku" | "tracked" | "onHand" | "reserved" | "available" | "moves" | "unfiled"
>;

/** In the order of ids. */
export const listStock = (
  { products }: InventoryModels,
  { after, limit }: { after: string; limit: number },
): Promise<StockRow[]> =>
  products
    .find({ _id: { $gt: after } })
    .select({
      sku: 1,
      tracked: 1,
      onHand: 1,
      reserved: 1,
      available: 1,
      moves: 1,
      unfiled: 1,
    })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<StockRow[]>();
