// What the cart costs: always the server's word. Until it comes, the last one is kept and known to be old.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queries } from "../../../api/client.js";
import type { Cart } from "./cart.js";

/** The lines as the contract wants them. */
export const askedLines = (cart: Cart) =>
  cart.lines.map(({ id, productId, quantity, unitPrice, modifiers, note }) => ({
    id,
    productId,
    quantity,
    unitPrice,
    modifiers: modifiers.map(({ code }) => ({ code })),
    ...(note !== "" && { note }),
  }));

export function useTotals(cart: Cart) {
  const empty = cart.lines.length === 0;
  const { data, isPlaceholderData, isFetching, isError, error } = useQuery({
    ...queries.orders.calculate.queryOptions({
      input: { serviceType: cart.serviceType, lineItems: askedLines(cart) },
    }),
    enabled: !empty,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
  });
  const totals = empty || (isError && isPlaceholderData) ? undefined : data?.totals;
  return { totals, old: isPlaceholderData || (isFetching && isError), error: empty ? null : error };
}
