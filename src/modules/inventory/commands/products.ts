// Adding and changing products.
import { type LocalizedText, type Money, newId } from "#platform/kernel";
import type { PendingEvent } from "#platform/outbox";
import { ProductChanged } from "../events.js";
import { findAttributeSchema } from "../repository/attributes.js";
import {
  findCurrency,
  findProduct,
  insertProducts,
  type ProductRow,
  updateProducts,
} from "../repository/products.js";
import { pendingStockEvent } from "../repository/stock-events.js";
import { attributeFaults, type Fault } from "../rules/attributes.js";
import {
  changedFields,
  changedKeys,
  type ImportRow,
  localized,
  type ProductFields,
} from "../rules/products.js";
import type { Attributes, MovementDocument, ProductDocument } from "../schema.js";
import { actionTaken, type By, type InventoryParts, untilDecided } from "./parts.js";

export type ProductRefusal =
  | { readonly kind: "invalid-attributes"; readonly faults: readonly Fault[] }
  | { readonly kind: "wrong-currency"; readonly expected: string };

type Announced = Pick<
  ProductDocument,
  "_id" | "sku" | "name" | "price" | "currency" | "tracked" | "archived" | "lowStockAt" | "version"
>;

export const productChanged = (product: Announced, at: Date, trace: string | null) =>
  ProductChanged.create(
    {
      productId: product._id,
      sku: product.sku,
      name: product.name,
      price: { amount: product.price, currency: product.currency },
      tracked: product.tracked,
      archived: product.archived,
      lowStockAt: product.lowStockAt,
      version: product.version,
    },
    { trace, occurredAt: at },
  );

/** A new product with its events; stock that it starts with is its first movement. */
export function newProduct(row: ImportRow, reason: string, at: Date, by: By): ProductDocument {
  const id = newId();
  const onHand = row.stock ?? 0;
  const opening: MovementDocument = {
    _id: newId(),
    productId: id,
    sequence: 1,
    type: "received",
    quantity: onHand,
    uncounted: 0,
    counted: null,
    reason,
    reference: null,
    actor: by.actor,
    at,
  };
  const product = {
    _id: id,
    sku: row.sku,
    name: localized(row.name),
    price: row.price.amount,
    currency: row.price.currency,
    attributes: row.attributes,
    lowStockAt: row.lowStockAt,
    archived: false,
    tracked: row.stock !== null,
    photo: null,
    onHand,
    reserved: 0,
    available: onHand,
    version: 1,
    stockVersion: 1,
    moves: onHand > 0 ? 1 : 0,
    reservations: [],
    closed: [],
    unfiled: onHand > 0 ? [opening] : [],
    createdAt: at,
    updatedAt: at,
  };
  const change = { onHand, reserved: 0, available: onHand };
  const reference = onHand > 0 ? opening._id : null;
  const fact = { productId: id, change, reason: "received", reference } as const;
  const stockChanged = pendingStockEvent({ ...fact, actor: by.actor.id }, { at, trace: by.trace });
  const told = actionTaken(by, at, {
    action: "inventory.edit",
    subject: { type: "product", id, name: row.name.en },
    details: { created: true, sku: row.sku, price: row.price, stock: row.stock, reason },
  });
  return { ...product, outbox: [productChanged(product, at, by.trace), stockChanged, ...told] };
}

/** Undefined when attributes and currency are in order. */
async function faultOf(
  { models }: InventoryParts,
  { attributes, price }: { attributes?: Attributes | undefined; price?: Money | undefined },
  currency: string | undefined,
): Promise<ProductRefusal | undefined> {
  if (price && currency !== undefined && price.currency !== currency) {
    return { kind: "wrong-currency", expected: currency };
  }
  if (!attributes || Object.keys(attributes).length === 0) return undefined;
  const { fields } = await findAttributeSchema(models);
  const faults = attributeFaults(attributes, fields);
  return faults.length > 0 ? { kind: "invalid-attributes", faults } : undefined;
}

export async function createProduct(parts: InventoryParts, row: ImportRow, by: By) {
  const { models, outbox, clock } = parts;
  const fault = await faultOf(parts, row, await findCurrency(models));
  if (fault) return fault;
  const product = newProduct(row, "First count", clock(), by);
  if (!(await insertProducts(models, [product]))) return { kind: "sku-taken" } as const;
  outbox.wake();
  return { kind: "created", product } as const;
}

export interface ProductPatch {
  readonly id: string;
  readonly version: number;
  readonly name?: LocalizedText | undefined;
  readonly price?: Money | undefined;
  readonly attributes?: Attributes | undefined;
  readonly lowStockAt?: number | null | undefined;
  readonly archived?: boolean | undefined;
  readonly tracked?: boolean | undefined;
  readonly photo?: string | null | undefined;
}

/** Changes what differs. Nothing differs: nothing is written, and the version stays. */
export function updateProduct(parts: InventoryParts, patch: ProductPatch, by: By) {
  const { models, outbox, clock, catalogue } = parts;
  const { id, version, price, name, ...rest } = patch;
  return untilDecided(`Changing product ${id}`, async () => {
    const current = await findProduct(models, id);
    if (!current) return { kind: "unknown-product" } as const;
    const currentVersion = current.version;
    if (currentVersion !== version) return { kind: "stale", currentVersion } as const;
    const fault = await faultOf(parts, patch, current.currency);
    if (fault) return fault;
    const change = changedFields(current, {
      ...rest,
      price: price?.amount,
      name: name && localized(name),
    });
    if (!change) return { kind: "updated", product: current } as const;

    const at = clock();
    const product: ProductRow = { ...current, ...change, version: version + 1, updatedAt: at };
    const events: PendingEvent[] = [
      productChanged(product, at, by.trace),
      ...edited(current, change, at, by),
    ];
    if (change.tracked !== undefined) events.push(levelTold(product, at, by));
    if ((await updateProducts(models, [{ id, version, change, events, at }])) === 0) {
      return undefined;
    }
    catalogue.learn([product]);
    outbox.wake();
    return { kind: "updated", product } as const;
  });
}

/** What an edit changed, for the audit log; of attributes, which may be long, only which ones. */
export const edited = (
  current: ProductRow,
  { attributes, ...fields }: Partial<ProductFields>,
  at: Date,
  by: By,
) =>
  actionTaken(by, at, {
    action: "inventory.edit",
    subject: { type: "product", id: current._id, name: current.name.en },
    details: {
      ...Object.fromEntries(
        Object.entries(fields).map(([name, to]) => [
          name,
          { from: current[name as keyof typeof fields], to },
        ]),
      ),
      ...(attributes && { attributes: changedKeys(current.attributes, attributes) }),
    },
  });

/** Copies learn from stock events whether a product is counted, so turning that on or off is one, of no amount. */
const levelTold = ({ _id }: ProductRow, at: Date, { actor, trace }: By) =>
  pendingStockEvent(
    {
      productId: _id,
      change: { onHand: 0, reserved: 0, available: 0 },
      reason: "recount",
      reference: null,
      actor: actor.id,
    },
    { at, trace },
  );
