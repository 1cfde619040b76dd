// Giving a product a photo and taking it away. The bytes are stored first, where nobody sees them; that they count is one
// change of the product, with its events. A crash between leaves bytes behind, which the next photo clears away.
import { createHash } from "node:crypto";
import { findProduct } from "../repository/products.js";
import { deleteOldPhotos, putPhoto } from "../repository/photos.js";
import { photoType } from "../rules/photos.js";
import { type By, type InventoryParts, untilDecided } from "./parts.js";
import { updateProduct } from "./products.js";

const HASH_DIGITS = 32;
/** Younger ones may belong to somebody who is about to make them count. */
const LEFT_OVER_MS = 10 * 60_000;

/** Null takes the photo away. The last one to come counts, whatever version its sender has seen. */
export async function setPhoto(
  parts: InventoryParts,
  { id, bytes }: { readonly id: string; readonly bytes: Buffer | null },
  by: By,
) {
  const { models, clock } = parts;
  const type = bytes && photoType(bytes);
  if (type === undefined) return { kind: "invalid-photo" } as const;
  const hash = bytes && createHash("sha256").update(bytes).digest("hex").slice(0, HASH_DIGITS);
  if (!(await findProduct(models, id))) return { kind: "unknown-product" } as const;
  const at = clock();
  if (bytes && hash && type) await putPhoto(models, { productId: id, hash, type, bytes, at });
  const changed = await untilDecided(`The photo of product ${id}`, async () => {
    const product = await findProduct(models, id);
    if (!product) return { kind: "unknown-product" } as const;
    const result = await updateProduct(parts, { id, version: product.version, photo: hash }, by);
    return result.kind === "updated" ? result : undefined;
  });
  const before = new Date(at.getTime() - LEFT_OVER_MS);
  await deleteOldPhotos(models, { productId: id, hash, before });
  return changed;
}
