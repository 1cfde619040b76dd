// Addresses of the dishes' photos, by product. The till sells without them: while they are not known, tiles are drawn.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/client.js";
import { photoUrl } from "../../parts/photo.js";

type Listed = { readonly items: readonly { readonly productId: string; readonly photo: string }[] };

const byProduct = ({ items }: Listed): ReadonlyMap<string, string> =>
  new Map(items.map(({ productId, photo }) => [productId, photoUrl(productId, photo)]));

export const usePhotos = () =>
  useQuery({ ...queries.inventory.photos.list.queryOptions(), select: byProduct }).data;
