// Queries of photos, no decision.
import type { InventoryModels, PhotoDocument } from "../schema.js";

const idOf = ({ productId, hash }: Pick<PhotoDocument, "productId" | "hash">) =>
  `${productId}:${hash}`;

/** Repeated: the same document, only newer. */
export const putPhoto = (
  { photos }: InventoryModels,
  { type, bytes, at, ...photo }: Omit<PhotoDocument, "_id">,
) =>
  photos.updateOne({ _id: idOf(photo) }, { $set: { ...photo, type, bytes, at } }, { upsert: true });

export async function findPhoto(
  { photos }: InventoryModels,
  photo: Pick<PhotoDocument, "productId" | "hash">,
): Promise<{ type: string; bytes: Uint8Array<ArrayBuffer> } | undefined> {
  const found = await photos.findById(idOf(photo)).lean<{
    type: string;
    bytes: { readonly buffer: Uint8Array };
  } | null>();
  return found ? { type: found.type, bytes: Uint8Array.from(found.bytes.buffer) } : undefined;
}

/** Photos of a product other than `hash` that were sent before `before`. */
export const deleteOldPhotos = (
  { photos }: InventoryModels,
  { productId, hash, before }: { productId: string; hash: string | null; before: Date },
) => photos.deleteMany({ productId, hash: { $ne: hash ?? "" }, at: { $lt: before } });
