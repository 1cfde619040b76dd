// What a placed or cancelled order does to stock, and what has to be tidied up from time to time.
import { crashPoint } from "#platform/kernel";
import { findHeldProducts, forgetClosedOrders } from "../repository/reservations.js";
import {
  fileMovements,
  findFiledIds,
  findProductsForSettlement,
  settle,
} from "../repository/movements.js";
import { planReturns, restockedMovementId, type Return } from "../rules/returns.js";
import { planSettlement, type Sale, soldMovementId } from "../rules/settlement.js";
import { type InventoryParts, untilDecided } from "./parts.js";
import { release } from "./reserve.js";

/** Turns the reservations of placed orders into movements, one update for each product. Repeated: no change.
 *  @throws Error when a sale cannot be taken from any stock; then nothing is settled */
export async function settleSales(
  { models, outbox, filer, clock }: InventoryParts,
  sales: readonly Sale[],
): Promise<void> {
  if (sales.length === 0) return;
  const productIds = [...new Set(sales.map((sale) => sale.productId))];
  await untilDecided("Settling sales", async () => {
    const products = await findProductsForSettlement(models, productIds);
    // In this order: a movement that leaves its product meanwhile is filed before it leaves.
    const filed = await findFiledIds(models, sales.map(soldMovementId));
    const plan = planSettlement(sales, products, filed);
    return (await settle(models, plan, clock())) === plan.length ? true : undefined;
  });
  crashPoint("inventory.after-settle");
  outbox.wake();
  filer.soon(productIds);
}

/** Takes the sales of cancelled orders back: to stock, or into waste. Settles them first where that was not done yet, so
 *  it may come before or after the sale. Repeated: no change. */
export async function takeBackSales(
  parts: InventoryParts,
  returns: readonly Return[],
): Promise<void> {
  const { models, outbox, filer, clock } = parts;
  if (returns.length === 0) return;
  await settleSales(parts, returns);
  const productIds = [...new Set(returns.map((one) => one.productId))];
  await untilDecided("Taking sales back", async () => {
    const products = await findProductsForSettlement(models, productIds);
    // In this order, as above.
    const filed = await findFiledIds(models, returns.map(restockedMovementId));
    const plan = planReturns(returns, products, filed);
    return (await settle(models, plan, clock())) === plan.length ? true : undefined;
  });
  crashPoint("inventory.after-take-back");
  outbox.wake();
  filer.soon(productIds);
}

/** A request cannot be delayed for longer than this and still arrive. */
const LONGEST_DELAY_MS = 15 * 60_000;
const GHOST_AFTER_MS = 60_000;
const PAGE = 200;

/**
 * Tidies up: files movements that a crash left in their products, forgets bars that can matter no more, and gives
 * back "ghosts": reservations whose sale exists already, made by a request that was delayed past it. Nothing is
 * released for its age alone: its saga may still complete.
 */
export async function tidyUp(parts: InventoryParts): Promise<{ filed: number; ghosts: number }> {
  const { models, clock } = parts;
  const now = clock().getTime();
  const filed = await fileMovements(models);
  await forgetClosedOrders(models, new Date(now - LONGEST_DELAY_MS));

  const before = new Date(now - GHOST_AFTER_MS);
  let ghosts = 0;
  let after = "";
  for (;;) {
    const page = await findHeldProducts(models, { before, after, limit: PAGE });
    const held = page.flatMap(({ _id, reservations }) =>
      reservations
        .filter((reservation) => reservation.at < before)
        .map(({ orderId }) => ({ orderId, productId: _id })),
    );
    const sold = await findFiledIds(models, held.map(soldMovementId));
    for (const ghost of held.filter((one) => sold.has(soldMovementId(one)))) {
      const { orderId, productId } = ghost;
      await release(parts, { orderId, productIds: [productId], trace: null, actor: "system" });
      ghosts += 1;
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return { filed, ghosts };
    after = last._id;
  }
}
