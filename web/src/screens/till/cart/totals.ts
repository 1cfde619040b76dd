// What the cart costs: always the server's word. Until it comes, the last one of this cart is kept and known to be old.
import { useQuery } from "@tanstack/react-query";
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
  const ids = new Set(cart.lines.map(({ id }) => id));
  const { data, isPlaceholderData, isFetching, isError, error } = useQuery({
    ...queries.orders.calculate.queryOptions({
      input: { serviceType: cart.serviceType, lineItems: askedLines(cart) },
    }),
    enabled: !empty,
    // What the order before cost says nothing of this one.
    placeholderData: (before) =>
      before?.lineItems.some(({ id }) => ids.has(id)) ? before : undefined,
    staleTime: 10_000,
    gcTime: 60_000,
  });
  const totals = empty || (isError && isPlaceholderData) ? undefined : data?.totals;
  return { totals, old: isPlaceholderData || (isFetching && isError), error: empty ? null : error };
}
