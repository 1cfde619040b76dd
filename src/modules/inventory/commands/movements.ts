// Recording stock that was received, wasted or recounted.
import { newId } from "#platform/kernel";
import type { NewMovement } from "../contract.js";
import { applyMovement, findMovement } from "../repository/movements.js";
import { findProductWithMovements, type ProductRow } from "../repository/products.js";
import { pendingStockEvent } from "../repository/stock-events.js";
import { decideMovement, isSameMovement, type MovementDecision } from "../rules/movements.js";
import type { MovementDocument } from "../schema.js";
import { actionTaken, type By, type InventoryParts, untilDecided } from "./parts.js";

export type Recorded =
  | {
      readonly kind: "recorded";
      readonly movement: MovementDocument;
      readonly stock: Pick<ProductRow, "onHand" | "reserved" | "available">;
    }
  | { readonly kind: "unknown-product" }
  | { readonly kind: "id-reused" }
  | Exclude<MovementDecision, { kind: "move" }>;

/** Idempotent by the movement's id: the same request again answers with the movement as it was recorded. */
export async function recordMovement(
  { models, outbox, filer, clock }: InventoryParts,
  asked: NewMovement,
  by: By,
): Promise<Recorded> {
  const id = asked.id ?? newId();
  const { productId } = asked;
  const recorded = await untilDecided<Recorded>(`Movement ${id}`, async () => {
    const product = await findProductWithMovements(models, productId);
    if (!product) return { kind: "unknown-product" };
    // In this order: a movement that leaves its product meanwhile is filed before it leaves.
    const stored =
      product.unfiled.find((movement) => movement._id === id) ?? (await findMovement(models, id));
    if (stored) {
      return isSameMovement(asked, stored)
        ? { kind: "recorded", movement: stored, stock: product }
        : { kind: "id-reused" };
    }
    const decision = decideMovement(asked, product);
    if (decision.kind !== "move") return decision;
    const { delta, counted } = decision;
    const at = clock();
    const movement: MovementDocument = {
      _id: id,
      productId,
      sequence: product.moves + 1,
      type: asked.type,
      quantity: delta,
      uncounted: 0,
      counted,
      reason: asked.reason,
      reference: null,
      actor: by.actor,
      at,
    };
    const event = pendingStockEvent(
      {
        productId,
        change: { onHand: delta, reserved: 0, available: delta },
        reason: asked.type,
        reference: id,
        actor: by.actor.id,
      },
      { at, trace: by.trace },
    );
    const { onHand, reserved, available } = product;
    const stock = { onHand: onHand + delta, reserved, available: available + delta };
    const told = actionTaken(by, at, {
      action: "inventory.adjust",
      subject: { type: "product", id: productId, name: product.name.en },
      ...(asked.reason.trim() !== "" && { reason: asked.reason }),
      details: { movement: id, type: asked.type, quantity: delta, onHand: stock.onHand },
    });
    if (!(await applyMovement(models, { movement, events: [event, ...told] }))) return undefined;
    return { kind: "recorded", movement, stock };
  });
  if (recorded.kind === "recorded") {
    outbox.wake();
    // Not waited for: the stock has moved, and whoever hears otherwise moves it again.
    filer.soon([productId]);
  }
  return recorded;
}
