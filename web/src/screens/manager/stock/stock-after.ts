// What a movement would make of the stock on hand, for the eye before it is recorded. Pure; the server decides.

export type MovementType = "received" | "recount" | "waste";

export function stockAfter(type: MovementType, onHand: number, quantity: number): number {
  if (type === "recount") return quantity;
  return type === "received" ? onHand + quantity : onHand - quantity;
}

/** Sold out, low or fine; `uncounted` where nobody counts. */
export function stockState({
  stock,
  lowStockAt,
}: {
  readonly stock: { readonly available: number } | null;
  readonly lowStockAt: number | null;
}): "uncounted" | "sold-out" | "is-low" | "fine" {
  if (!stock) return "uncounted";
  if (stock.available === 0) return "sold-out";
  return lowStockAt !== null && stock.available <= lowStockAt ? "is-low" : "fine";
}
