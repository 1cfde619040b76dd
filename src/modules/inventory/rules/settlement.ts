// Pure decision: what a batch of placed orders does to each product's stock.
import type { MovementDocument, ProductDocument, Reservation } from "../schema.js";

/** What one order sold of one product. */
export interface Sale {
  readonly orderId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly actor: MovementDocument["actor"];
  readonly at: Date;
  readonly trace: string | null;
}

export type ProductForSettlement = Pick<
  ProductDocument,
  "_id" | "tracked" | "available" | "moves" | "unfiled" | "reservations"
>;

export interface StockChange {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

export interface SettledOrder {
  readonly sale: Sale;
  readonly reason: "sold" | "released" | "restocked" | "waste";
  readonly change: StockChange;
}

/** One guarded update of one product. */
export interface Settlement {
  readonly productId: string;
  readonly moves: number;
  /** Orders whose reservation ends; each must still be there. */
  readonly ends: readonly string[];
  /** Orders that must still hold no reservation: their sale is taken from what is available. */
  readonly without: readonly string[];
  readonly change: StockChange;
  readonly movements: readonly MovementDocument[];
  readonly orders: readonly SettledOrder[];
}

/** A dish is sold to one order at most once, however often the sale is told: this id is unique for ever. */
export const soldMovementId = ({ orderId, productId }: { orderId: string; productId: string }) =>
  `${orderId}:${productId}:sold`;

export const NONE: StockChange = { onHand: 0, reserved: 0, available: 0 };
export const add = (a: StockChange, b: StockChange): StockChange => ({
  onHand: a.onHand + b.onHand,
  reserved: a.reserved + b.reserved,
  available: a.available + b.available,
});

/**
 * Turns reservations into sales. `filed` holds the ids of movements that exist outside the products. A reservation
 * whose sale exists already came back from a request that was long delayed: it is given back. A sale without a
 * reservation (a store restored from yesterday's backup) is taken from what is available.
 * @throws Error when a product is unknown, or too little is available: then nothing is settled, and a person decides
 */
export function planSettlement(
  sales: readonly Sale[],
  products: readonly ProductForSettlement[],
  filed: ReadonlySet<string>,
): Settlement[] {
  const byId = new Map(products.map((product) => [product._id, product]));
  const byProduct = new Map<string, Sale[]>();
  for (const sale of sales) {
    byProduct.set(sale.productId, [...(byProduct.get(sale.productId) ?? []), sale]);
  }
  return [...byProduct].flatMap(([productId, own]) => {
    const product = byId.get(productId);
    if (!product) throw new Error(`Order ${own[0]?.orderId} sold ${productId}, an unknown product`);
    const settlement = settleProduct(own, product, filed);
    return settlement.ends.length + settlement.movements.length > 0 ? [settlement] : [];
  });
}

function settleProduct(
  sales: readonly Sale[],
  product: ProductForSettlement,
  filed: ReadonlySet<string>,
): Settlement {
  const reservations = new Map(product.reservations.map((held) => [held.orderId, held]));
  const existing = new Set(product.unfiled.map((movement) => movement._id));
  const ends: string[] = [];
  const without: string[] = [];
  const movements: MovementDocument[] = [];
  const orders: SettledOrder[] = [];
  for (const sale of sales) {
    const id = soldMovementId(sale);
    const reservation = reservations.get(sale.orderId);
    const isSold = existing.has(id) || filed.has(id);
    if (isSold && !reservation) continue;
    if (reservation) ends.push(sale.orderId);
    else without.push(sale.orderId);
    const taken = isSold ? 0 : takenBy(sale, product, reservation);
    const change = changeOf(taken, reservation, isSold);
    orders.push({ sale, reason: isSold ? "released" : "sold", change });
    if (isSold) continue;
    existing.add(id);
    movements.push({
      _id: id,
      productId: product._id,
      sequence: product.moves + movements.length + 1,
      type: "sold",
      // `|| 0`: no negative zero in the books.
      quantity: -taken || 0,
      uncounted: sale.quantity - taken,
      counted: null,
      reason: "",
      reference: sale.orderId,
      actor: sale.actor,
      at: sale.at,
    });
  }
  const change = orders.reduce((sum, order) => add(sum, order.change), NONE);
  if (product.available + change.available < 0) {
    throw new Error(
      `Orders ${without.join(", ")} sold ${-change.available} of ${product._id} that nothing reserves, and only ${product.available} are available: recount the product, then replay`,
    );
  }
  return { productId: product._id, moves: product.moves, ends, without, change, movements, orders };
}

function takenBy(sale: Sale, product: ProductForSettlement, reservation?: Reservation): number {
  if (reservation) return reservation.held;
  return product.tracked ? sale.quantity : 0;
}

function changeOf(taken: number, reservation: Reservation | undefined, isSold: boolean) {
  const held = reservation?.held ?? 0;
  if (isSold) return { onHand: 0, reserved: -held || 0, available: held };
  if (reservation) return { onHand: -taken || 0, reserved: -held || 0, available: 0 };
  return { onHand: -taken || 0, reserved: 0, available: -taken || 0 };
}

interface PlacedOrder {
  readonly orderId: string;
  readonly placedAt: string;
  readonly placedBy: Sale["actor"];
  readonly lineItems: readonly { readonly productId: string; readonly quantity: number }[];
}

/** One sale for each product of an order: lines of the same product add up. */
export function salesOf(order: PlacedOrder, trace: string | null): Sale[] {
  const { orderId, placedBy, placedAt, lineItems } = order;
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lineItems) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  const at = new Date(placedAt);
  const actor = { id: placedBy.id, name: placedBy.name };
  return [...quantities].map(([productId, quantity]) => ({
    orderId,
    productId,
    quantity,
    actor,
    at,
    trace,
  }));
}
