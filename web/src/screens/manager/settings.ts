// The restaurant's settings as a manager edits them: each edit is made on the version that was read, and the answer's
// version is the next one's.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Api, queries } from "../../api/client.js";

export type Settings = Awaited<ReturnType<Api["restaurant"]["settings"]>>;
export type Category = Settings["categories"][number];
export type ModifierGroup = Settings["modifierGroups"][number];

export const useSettings = () => useQuery(queries.restaurant.settings.queryOptions());

/** Which category each product stands in. */
export function categoryByProduct(settings: Settings | undefined): ReadonlyMap<string, Category> {
  return new Map(
    settings?.categories.flatMap((category) =>
      category.items.map(({ productId }) => [productId, category] as const),
    ),
  );
}

/** Reads again what the restaurant serves, after an edit, also one that was refused because others were quicker. */
export function useReread() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: queries.restaurant.key() }),
      client.invalidateQueries({ queryKey: queries.inventory.key() }),
    ]);
}
