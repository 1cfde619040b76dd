// What inventory keeps in MongoDB. A product carries its stock, who holds some of it, and whatever has yet to leave
// the document: events (`outbox`) and movements (`unfiled`). One update of one document is all the atomicity it needs.
import mongoose, { type Connection, type Model } from "mongoose";
import type { LocalizedText, Money } from "#platform/kernel";
import { type PendingEvent, pendingEventSchema, pendingIndex } from "#platform/outbox";

export interface Reservation {
  readonly orderId: string;
  readonly quantity: number;
  /** What of it was taken from `available`: all, or 0 where stock is not counted. */
  readonly held: number;
  readonly at: Date;
}

/** An order that may not reserve here any more. */
export interface ClosedOrder {
  readonly orderId: string;
  readonly at: Date;
  /** Why, if it was refused: whoever asks again is told the same, though there may be enough by then. */
  readonly refused?: RefusedFor;
}

/** A refusal without the names, since a dish that is sold out has many. */
export type RefusedFor =
  | {
      readonly kind: "short";
      readonly items: readonly { productId: string; requested: number; available: number }[];
    }
  | {
      readonly kind: "repriced";
      readonly items: readonly { productId: string; seen: Money; current: Money }[];
    }
  | {
      readonly kind: "unavailable";
      readonly items: readonly { productId: string; reason: "unknown" | "archived" }[];
    };

/** `restocked`: a sale was taken back. */
export type MovementType = "received" | "recount" | "waste" | "sold" | "restocked";

export interface MovementDocument {
  readonly _id: string;
  readonly productId: string;
  /** 1, 2, 3… for each product, without a gap. */
  readonly sequence: number;
  readonly type: MovementType;
  /** Signed: what it added to the stock on hand. */
  readonly quantity: number;
  /** Sold while stock was not counted; below 0 when it was taken back. */
  readonly uncounted: number;
  /** What a recount found. */
  readonly counted: number | null;
  readonly reason: string;
  readonly reference: string | null;
  readonly actor: { readonly id: string; readonly name: string };
  readonly at: Date;
}

export type Attributes = Readonly<Record<string, unknown>>;

export interface ProductDocument {
  readonly _id: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly price: number;
  readonly currency: string;
  readonly attributes: Attributes;
  readonly lowStockAt: number | null;
  readonly archived: boolean;
  /** False: stock is not counted, and the product never runs out. */
  readonly tracked: boolean;
  /** Hash of its photo, whose bytes lie in `photos`. */
  readonly photo: string | null;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  /** Rises with each change that people make; never with stock, so that selling does not disturb them. */
  readonly version: number;
  readonly stockVersion: number;
  /** How many movements there ever were. */
  readonly moves: number;
  readonly reservations: readonly Reservation[];
  readonly closed: readonly ClosedOrder[];
  readonly unfiled: readonly MovementDocument[];
  readonly outbox: readonly PendingEvent[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Never changed: another photo is another document, and which one counts stands in the product. */
export interface PhotoDocument {
  /** `<product>:<hash>` */
  readonly _id: string;
  readonly productId: string;
  readonly hash: string;
  readonly type: "image/jpeg" | "image/png" | "image/webp";
  readonly bytes: Buffer;
  /** When it was sent last. */
  readonly at: Date;
}

export type AttributeType = "text" | "number" | "boolean" | "date" | "list" | "object" | "any";

export interface AttributeField {
  readonly key: string;
  readonly label: LocalizedText;
  readonly type: AttributeType;
  /** Of a text, or of each entry of a list: nothing else is allowed. */
  readonly options?: readonly string[] | undefined;
  /** Of an object. */
  readonly fields?: readonly AttributeField[] | undefined;
  /** Shown behind a number: `g`, `kcal`. */
  readonly unit?: string | undefined;
  /** Made by an import, which may widen it. */
  readonly inferred?: true | undefined;
}

export interface AttributeSchemaDocument {
  readonly _id: string;
  readonly version: number;
  readonly fields: readonly AttributeField[];
  readonly outbox: readonly PendingEvent[];
}

const { Mixed } = mongoose.Schema.Types;
const whole = { type: Number, required: true } as const;
const options = { versionKey: false, minimize: false, _id: false } as const;

const productSchema = new mongoose.Schema<ProductDocument>(
  {
    _id: { type: String, required: true },
    sku: { type: String, required: true, unique: true },
    name: { type: Mixed, required: true },
    price: whole,
    currency: { type: String, required: true },
    attributes: { type: Mixed, required: true },
    lowStockAt: { type: Number, default: null },
    archived: { type: Boolean, required: true },
    tracked: { type: Boolean, required: true },
    photo: { type: String, default: null },
    onHand: whole,
    reserved: whole,
    available: whole,
    version: whole,
    stockVersion: whole,
    moves: whole,
    reservations: { type: [Mixed], default: [] },
    closed: { type: [Mixed], default: [] },
    unfiled: { type: [Mixed], default: [] },
    outbox: { type: [pendingEventSchema], default: [] },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...options, collection: "products" },
).index(pendingIndex.keys, pendingIndex.options);

const movementSchema = new mongoose.Schema<MovementDocument>(
  {
    _id: { type: String, required: true },
    productId: { type: String, required: true },
    sequence: whole,
    type: { type: String, required: true },
    quantity: whole,
    uncounted: whole,
    counted: { type: Number, default: null },
    reason: { type: String, default: "" },
    reference: { type: String, default: null },
    actor: { type: Mixed, required: true },
    at: { type: Date, required: true },
  },
  { ...options, collection: "stock_movements" },
).index({ productId: 1, sequence: 1 }, { unique: true });

const attributeSchemaSchema = new mongoose.Schema<AttributeSchemaDocument>(
  {
    _id: { type: String, required: true },
    version: whole,
    fields: { type: [Mixed], default: [] },
    outbox: { type: [pendingEventSchema], default: [] },
  },
  { ...options, collection: "attribute_schema" },
).index(pendingIndex.keys, pendingIndex.options);

const photoSchema = new mongoose.Schema<PhotoDocument>(
  {
    _id: { type: String, required: true },
    productId: { type: String, required: true },
    hash: { type: String, required: true },
    type: { type: String, required: true },
    bytes: { type: Buffer, required: true },
    at: { type: Date, required: true },
  },
  { ...options, collection: "photos" },
).index({ productId: 1 });

export interface InventoryModels {
  readonly products: Model<ProductDocument>;
  readonly movements: Model<MovementDocument>;
  readonly attributeSchemas: Model<AttributeSchemaDocument>;
  readonly photos: Model<PhotoDocument>;
}

export const createModels = (connection: Connection): InventoryModels => ({
  products: connection.model<ProductDocument>("Product", productSchema),
  movements: connection.model<MovementDocument>("StockMovement", movementSchema),
  attributeSchemas: connection.model<AttributeSchemaDocument>(
    "AttributeSchema",
    attributeSchemaSchema,
  ),
  photos: connection.model<PhotoDocument>("Photo", photoSchema),
});

/** Makes collections and indexes where they are missing. Repeated: no change. */
export async function prepareStore(models: InventoryModels): Promise<void> {
  const { products, movements, attributeSchemas, photos } = models;
  for (const model of [products, movements, attributeSchemas, photos]) {
    await model.createCollection();
    await model.createIndexes();
  }
}
