// Routes of products: list, search, read, add, change, import.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { text, Uuid } from "#platform/kernel";
import {
  attributeErrors,
  Attributes,
  Count,
  NewName,
  NOT_FOUND,
  Price,
  Product,
  Sku,
  Version,
  VERSION_CONFLICT,
} from "./shapes.js";

export const products = {
  list: route
    .meta({ permission: "inventory.read" })
    .route({
      method: "GET",
      path: "/inventory/products",
      summary: "Products; search by SKU or name",
    })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        q: text(120).optional().meta({ description: "Part of the SKU or of either name" }),
        archived: z.enum(["exclude", "include", "only"]).default("exclude"),
        stock: z.enum(["all", "low"]).default("all").meta({
          description: "low: counted, and sold out or no more available than `lowStockAt`",
        }),
      }),
    )
    .output(page(Product)),
  get: route
    .meta({ permission: "inventory.read" })
    .route({ method: "GET", path: "/inventory/products/{id}", summary: "One product" })
    .input(z.strictObject({ id: Uuid }))
    .output(Product)
    .errors({ NOT_FOUND }),
  create: route
    .meta({ permission: "inventory.edit" })
    .route({
      method: "POST",
      path: "/inventory/products",
      summary: "Add a product",
      successStatus: 201,
    })
    .input(
      z.strictObject({
        sku: Sku,
        name: NewName,
        price: Price,
        attributes: Attributes.default({}),
        lowStockAt: Count.nullable().default(null),
        stock: Count.nullable().meta({ description: "On hand now; null: do not count it" }),
      }),
    )
    .output(Product)
    .errors({
      ...attributeErrors,
      SKU_TAKEN: {
        status: 409,
        message:
          "There is a product with this SKU already. Change that one, or choose another SKU.",
      },
    }),
  update: route
    .meta({ permission: "inventory.edit", approvable: "id" })
    .route({
      method: "PATCH",
      path: "/inventory/products/{id}",
      summary: "Change a product's price, names, attributes and more",
      description:
        "Only what is sent changes; `attributes` are replaced as a whole. Orders keep what they sold. With an approval only `archived` may be sent: who lets somebody stop a dish has not seen a price.",
    })
    .input(
      z.strictObject({
        id: Uuid,
        version: Version,
        name: NewName.optional(),
        price: Price.optional(),
        attributes: Attributes.optional(),
        lowStockAt: Count.nullable().optional(),
        archived: z.boolean().optional(),
        tracked: z.boolean().optional().meta({
          description: "Whether stock is counted. Starting to count: do a recount next.",
        }),
      }),
    )
    .output(Product)
    .errors({
      ...attributeErrors,
      NOT_FOUND,
      VERSION_CONFLICT,
      APPROVAL_TOO_NARROW: {
        status: 403,
        message:
          "An approval is good for taking a product off sale or putting it back, and for nothing else of it. Ask somebody who may change products.",
      },
    }),
  /** Adds what is new by SKU, updates what differs, writes nothing for what is so already. Stock on hand is only
   *  taken for new products: of others it is counted here. */
  import: route
    .meta({ permission: "inventory.edit", maxBodyBytes: 8_000_000 })
    .route({
      method: "POST",
      path: "/inventory/products/import",
      summary: "Create or update up to 500 products by SKU",
    })
    .input(
      z.strictObject({
        checkOnly: z
          .boolean()
          .default(false)
          .meta({ description: "Only says what is wrong; writes nothing and answers no items" }),
        rows: z
          .array(
            z.strictObject({
              sku: Sku,
              name: NewName,
              price: Price,
              stock: Count.nullable(),
              lowStockAt: Count.nullable().default(null),
              attributes: Attributes.default({}),
            }),
          )
          .min(1)
          .max(500)
          .refine((rows) => new Set(rows.map((row) => row.sku)).size === rows.length, {
            error: "Two rows have the same SKU",
          }),
      }),
    )
    .output(
      z.object({
        items: z.array(
          z.object({
            sku: z.string(),
            productId: Uuid,
            result: z.enum(["created", "updated", "unchanged"]),
          }),
        ),
      }),
    )
    .errors(attributeErrors),
};
