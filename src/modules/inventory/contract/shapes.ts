// What the routes of inventory have in common: shapes, limits, errors.
import { z } from "zod";
import { canBeSeen, LocalizedText, Money, Uuid } from "#platform/kernel";

const MAX_STOCK = 1_000_000;

export const Price = Money.refine(({ amount }) => amount >= 0, "A price is not negative").refine(
  ({ amount }) => amount <= 1_000_000_000,
  "A price is at most 1,000,000,000",
);
/** Of a product that is added or changed. */
export const NewName = LocalizedText.refine(({ en }) => canBeSeen(en), {
  path: ["en"],
  error: "A name needs something that can be seen",
});
export const Sku = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,40}$/,
    "A SKU is 1 to 40 letters, digits, dots, hyphens or underscores",
  );
export const Count = z
  .int("A quantity is a whole number")
  .min(0, "A quantity is not negative")
  .max(MAX_STOCK, `A quantity is at most ${MAX_STOCK}`);
export const Quantity = Count.min(1, "A quantity is at least 1");
export const Attributes = z.record(z.string().min(1).max(60), z.json()).meta({
  description: "Free-form, as the restaurant's own attribute schema allows",
});
export const Version = z.int().min(1).meta({ description: "As read; refused when it has moved" });

export const Stock = z.object({ onHand: z.int(), reserved: z.int(), available: z.int() });

export const Product = z.object({
  id: Uuid,
  sku: z.string(),
  name: LocalizedText,
  price: Money,
  attributes: z.record(z.string(), z.unknown()),
  lowStockAt: z.int().nullable(),
  archived: z.boolean(),
  photo: z.string().nullable().meta({ description: "As GET /inventory/photos names it" }),
  stock: Stock.nullable().meta({ description: "null where stock is not counted" }),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Product = z.infer<typeof Product>;

export const Movement = z.object({
  id: z.string(),
  productId: Uuid,
  sequence: z.int(),
  type: z.enum(["received", "recount", "waste", "sold", "restocked"]).meta({
    description: "`restocked`: a sale was taken back; `waste` follows where it was cooked already",
  }),
  quantity: z.int().meta({ description: "Signed: what it added to the stock on hand" }),
  uncounted: z
    .int()
    .meta({ description: "Sold while stock was not counted; below 0 when it was taken back" }),
  counted: z.int().nullable().meta({ description: "What a recount found" }),
  reason: z.string(),
  reference: z.string().nullable(),
  actor: z.object({ id: z.string(), name: z.string() }),
  at: z.iso.datetime(),
});
export type Movement = z.infer<typeof Movement>;

export const NOT_FOUND = {
  status: 404,
  message: "There is no such product. Check the id.",
} as const;
export const VERSION_CONFLICT = {
  status: 409,
  message: "Somebody else changed this in the meantime. Load it again.",
  data: z.object({ currentVersion: z.int() }),
} as const;
export const attributeErrors = {
  INVALID_ATTRIBUTES: {
    status: 422,
    message: "Some attributes do not fit the restaurant's attribute schema. Each is listed.",
    data: z.object({ items: z.array(z.object({ path: z.string(), message: z.string() })) }),
  },
  CURRENCY_MISMATCH: {
    status: 422,
    message: "All products have one currency. Give the price in it.",
    data: z.object({ expected: z.string() }),
  },
} as const;
