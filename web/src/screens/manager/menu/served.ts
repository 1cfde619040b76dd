// The dishes as the menu serves them now: names, prices, what is left. Dishes that are not sold are not among them.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Menu } from "../../../../../src/modules/restaurant/contract.js";
import { queries } from "../../../api/client.js";

export type Served = Menu["categories"][number]["items"][number];

export function useServed(): ReadonlyMap<string, Served> | undefined {
  const { data } = useQuery(queries.restaurant.menu.queryOptions({ input: { headers: {} } }));
  const menu = data?.status === 200 ? data.body : undefined;
  return useMemo(
    () =>
      menu &&
      new Map(menu.categories.flatMap(({ items }) => items.map((item) => [item.productId, item]))),
    [menu],
  );
}
