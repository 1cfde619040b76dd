// Pages of products: found on the server by either name or the SKU, kept while the next ones come.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { queries } from "../../../api/client.js";

const PAGE = 100;

export interface ProductsAsked {
  readonly q?: string;
  readonly archived?: "exclude" | "only";
  readonly stock?: "low" | "all";
}

export function useProducts({ q = "", archived = "exclude", stock = "all" }: ProductsAsked) {
  const text = q.trim();
  const list = useInfiniteQuery({
    ...queries.inventory.products.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: PAGE,
        archived,
        stock,
        ...(text !== "" && { q: text }),
        ...(cursor !== undefined && { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
    placeholderData: keepPreviousData,
  });
  return { ...list, items: list.data?.pages.flatMap(({ items }) => items) ?? [] };
}
