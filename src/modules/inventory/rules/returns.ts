// Pure decision: what a batch of cancelled orders does to each product's stock. Every sale that is taken back comes back
// as `restocked`; what was cooked already leaves again as `waste`. So sold minus restocked is what was really sold, and
// waste is told as waste.
import type { MovementDocument, ProductDocument } from "../schema.js";
import { add, NONE, type Sale, type SettledOrder, type Settlement } from "./settlement.js";

/** What a cancelled order gives back of one product. */
export interface Return extends Sale {
  /** Of `quantity`, what was cooked and is lost. */
  readonly wasted: number;
  readonly reason: string;
}

export type ProductForReturn = Pick<ProductDocument, "_id" | "tracked" | "moves" | "unfiled">;

/** A sale is taken back at most once, however often its cancellation is told: these ids are unique for ever. */
export const restockedMovementId = ({ orderId, productId }: Pick<Sale, "orderId" | "productId">) =>
  `${orderId}:${productId}:restocked`;
const wasteMovementId = ({ orderId, productId }: Sale) => `${orderId}:${productId}:waste`;

/** Plans one guarded update for each product. Its sales must be settled before. `filed` holds the ids of movements that
 *  exist outside the products. Stock that is not counted now does not move.
 *  @throws Error when a product is unknown: then nothing is taken back, and a person decides */
export function planReturns(
  returns: readonly Return[],
  products: readonly ProductForReturn[],
  filed: ReadonlySet<string>,
): Settlement[] {
  const byId = new Map(products.map((product) => [product._id, product]));
  return [...new Set(returns.map((one) => one.productId))].flatMap((productId) => {
    const product = byId.get(productId);
    if (!product) throw new Error(`A cancelled order sold ${productId}, an unknown product`);
    const existing = new Set([...filed, ...product.unfiled.map((movement) => movement._id)]);
    const open = returns.filter(
      (one) => one.productId === productId && !existing.has(restockedMovementId(one)),
    );
    return open.length > 0 ? [takeBack(open, product)] : [];
  });
}

function takeBack(returns: readonly Return[], { _id, tracked, moves }: ProductForReturn) {
  const movements: MovementDocument[] = [];
  const orders: SettledOrder[] = [];
  const move = (one: Return, kind: "restocked" | "waste", id: string, signed: number) => {
    const quantity = tracked ? signed : 0;
    movements.push({
      _id: id,
      productId: _id,
      sequence: moves + movements.length + 1,
      type: kind,
      quantity,
      // Signed like a sale's: what leaves is positive.
      uncounted: quantity - signed || 0,
      counted: null,
      reason: one.reason,
      reference: one.orderId,
      actor: one.actor,
      at: one.at,
    });
    const change = { onHand: quantity, reserved: 0, available: quantity };
    orders.push({ sale: one, reason: kind, change });
  };
  for (const one of returns) {
    move(one, "restocked", restockedMovementId(one), one.quantity);
    if (one.wasted > 0) move(one, "waste", wasteMovementId(one), -one.wasted);
  }
  const change = orders.reduce((sum, order) => add(sum, order.change), NONE);
  return { productId: _id, moves, ends: [], without: [], change, movements, orders };
}

interface CancelledOrder {
  readonly orderId: string;
  readonly cancelledAt: string;
  readonly cancelledBy: Sale["actor"];
  readonly reason: string;
  readonly lineItems: readonly {
    readonly productId: string;
    readonly quantity: number;
    readonly outcome: "restock" | "waste";
  }[];
}

/** One return for each product of an order: lines of the same product add up. */
export function returnsOf(order: CancelledOrder, trace: string | null): Return[] {
  const { orderId, cancelledAt, cancelledBy, reason } = order;
  const at = new Date(cancelledAt);
  const actor = { id: cancelledBy.id, name: cancelledBy.name };
  const byProduct = new Map<string, Return>();
  for (const { productId, quantity, outcome } of order.lineItems) {
    const other = byProduct.get(productId);
    byProduct.set(productId, {
      orderId,
      productId,
      quantity: quantity + (other?.quantity ?? 0),
      wasted: (outcome === "waste" ? quantity : 0) + (other?.wasted ?? 0),
      actor,
      at,
      trace,
      reason,
    });
  }
  return [...byProduct.values()];
}
