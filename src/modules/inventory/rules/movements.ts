// Pure decision: may this movement be recorded, and what does it change.
import type { NewMovement } from "../contract.js";
import type { MovementDocument, ProductDocument } from "../schema.js";

/** Far below what 32 bits hold, so that a count stays an integer wherever it is stored. */
export const MAX_ON_HAND = 1_000_000_000;

export type MovementDecision =
  | { readonly kind: "move"; readonly delta: number; readonly counted: number | null }
  | { readonly kind: "not-tracked" }
  | { readonly kind: "not-enough"; readonly requested: number; readonly available: number }
  | { readonly kind: "below-reserved"; readonly counted: number; readonly reserved: number }
  | { readonly kind: "too-large"; readonly onHand: number };

export function decideMovement(
  { type, quantity }: Pick<NewMovement, "type" | "quantity">,
  {
    tracked,
    onHand,
    reserved,
    available,
  }: Pick<ProductDocument, "tracked" | "onHand" | "reserved" | "available">,
): MovementDecision {
  if (!tracked) return { kind: "not-tracked" };
  switch (type) {
    case "received":
      return onHand + quantity > MAX_ON_HAND
        ? { kind: "too-large", onHand }
        : { kind: "move", delta: quantity, counted: null };
    case "waste":
      return quantity > available
        ? { kind: "not-enough", requested: quantity, available }
        : { kind: "move", delta: -quantity, counted: null };
    case "recount":
      return quantity < reserved
        ? { kind: "below-reserved", counted: quantity, reserved }
        : { kind: "move", delta: quantity - onHand, counted: quantity };
  }
}

/** Whether a stored movement is what this request asks for: then it is a repetition, and not another movement. */
export function isSameMovement(
  asked: Pick<NewMovement, "productId" | "type" | "quantity">,
  stored: MovementDocument,
): boolean {
  const quantity = stored.counted ?? Math.abs(stored.quantity);
  return (
    stored.productId === asked.productId &&
    stored.type === asked.type &&
    quantity === asked.quantity
  );
}
