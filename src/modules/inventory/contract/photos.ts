// Routes of photos: one for each product, shown by the till. A photo never changes under its address, so screens keep it.
import { z } from "zod";
import { route } from "#platform/contract";
import { Uuid } from "#platform/kernel";
import { NOT_FOUND, Product } from "./shapes.js";

/** A tile needs a tenth of it. */
export const MAX_PHOTO_BYTES = 400_000;

const Hash = z.string().regex(/^[0-9a-f]{32}$/, "A photo is named by 32 hex digits");
const NO_PHOTO = {
  status: 404,
  message: "There is no such photo, or not any more. Load the list of photos again.",
} as const;

export const photos = {
  list: route
    .meta({ permission: "menu.read" })
    .route({ method: "GET", path: "/inventory/photos", summary: "Which products have a photo" })
    .output(
      z.object({
        items: z.array(z.object({ productId: Uuid, photo: Hash })),
        nextCursor: z.null(),
      }),
    ),
  get: route
    .meta({ permission: "menu.read" })
    .route({
      method: "GET",
      path: "/inventory/photos/{productId}/{photo}",
      summary: "A photo: a JPEG, PNG or WebP",
      description: "It never changes: keep it as long as you like.",
      inputStructure: "detailed",
      outputStructure: "detailed",
    })
    .input(
      z.object({
        params: z.strictObject({ productId: Uuid, photo: Hash }),
        headers: z.object({ "if-none-match": z.string().max(500).optional() }),
      }),
    )
    .output(
      z.union([
        z.object({ status: z.literal(304), headers: z.object({ etag: z.string() }) }),
        z.object({
          status: z.literal(200),
          headers: z.object({ etag: z.string(), "cache-control": z.string() }),
          body: z.file(),
        }),
      ]),
    )
    .errors({ NOT_FOUND: NO_PHOTO }),
  put: route
    .meta({ permission: "inventory.edit", maxBodyBytes: Math.ceil(MAX_PHOTO_BYTES * 1.34) + 1_000 })
    .route({
      method: "PUT",
      path: "/inventory/products/{id}/photo",
      summary: "Give a product a photo, in place of the one it has",
    })
    .input(
      z.strictObject({
        id: Uuid,
        data: z.base64("must be base64").meta({
          description: `A JPEG, PNG or WebP of at most ${MAX_PHOTO_BYTES} bytes, as base64`,
        }),
      }),
    )
    .output(Product)
    .errors({
      NOT_FOUND,
      INVALID_PHOTO: {
        status: 422,
        message: `This cannot be shown as a photo. Send a JPEG, PNG or WebP of at most ${MAX_PHOTO_BYTES / 1_000} kB.`,
      },
    }),
  remove: route
    .meta({ permission: "inventory.edit" })
    .route({
      method: "DELETE",
      path: "/inventory/products/{id}/photo",
      summary: "Take a product's photo away",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(Product)
    .errors({ NOT_FOUND }),
};
