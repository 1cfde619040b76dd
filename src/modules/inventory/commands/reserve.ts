// Holding stock for an order, and giving it back. All lines or none; each by the order's id, so repeating is harmless.
import { createBatcher, crashPoint } from "#platform/kernel";
import {
  closeOrder,
  findProductsForOrder,
  holdLines,
  type LinesToHold,
} from "../repository/reservations.js";
import {
  decideReservation,
  planRelease,
  proveFromMemory,
  type Refusal,
  refusedFor,
  reservationOf,
  type ReservedLine,
  reservedLine,
  type ReserveLine,
} from "../rules/reservations.js";
import type { InventoryModels, RefusedFor } from "../schema.js";
import { type Holder, type InventoryParts, untilDecided } from "./parts.js";

/** Orders that come while a command is under way leave together in the next one (ADR 0008). */
export function createHolder(models: InventoryModels): Holder {
  const batcher = createBatcher<LinesToHold, boolean>(
    async (orders) => {
      const held = await holdLines(models, orders);
      // The answer does not tell which statement found its product: if one did not, each order looks for itself.
      const all = held === orders.reduce((sum, { lines }) => sum + lines.length, 0);
      return orders.map(() => all);
    },
    { maxSize: 32, concurrency: 2 },
  );
  return batcher.run;
}

export interface ReserveOrder {
  readonly orderId: string;
  readonly lines: readonly ReserveLine[];
  readonly trace: string | null;
  readonly actor: string;
}

export type Reserved = { readonly kind: "held"; readonly lines: readonly ReservedLine[] } | Refusal;

/**
 * One round trip, shared with concurrent orders, where what this process remembers of the products is current: the
 * update itself proves names and prices. Otherwise the products are read and it is decided again. A refusal holds nothing, and bars whatever of the
 * same order may still be under way.
 */
export async function reserve(parts: InventoryParts, order: ReserveOrder): Promise<Reserved> {
  const { models, catalogue, hold, outbox, clock } = parts;
  const { orderId } = order;
  // All orders take products in the same turn, so that two of them seldom each hold what the other lacks.
  const lines = order.lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
  const context = { orderId, at: clock(), trace: order.trace, actor: order.actor };
  const held = (reserved: readonly ReservedLine[]): Reserved => {
    outbox.wake();
    const byId = new Map(reserved.map((line) => [line.productId, line]));
    return { kind: "held", lines: order.lines.flatMap((line) => byId.get(line.productId) ?? []) };
  };

  const remembered = proveFromMemory(lines, catalogue.entries);
  if (remembered && (await hold({ lines: remembered, order: context }))) {
    return held(remembered.map(reservedLine));
  }
  return untilDecided(`Reserving for order ${orderId}`, async () => {
    const productIds = lines.map((line) => line.productId);
    const found = await findProductsForOrder(models, orderId, productIds);
    catalogue.learn(found);
    const decision = decideReservation(orderId, lines, found);
    if (decision.kind === "held") return held(decision.lines);
    if (decision.kind === "open") {
      const done = await hold({ lines: decision.lines, order: context });
      return done ? held(decision.all) : undefined;
    }
    crashPoint("inventory.before-refuse");
    const refused = refusedFor(decision);
    const closing = { ...context, ...(refused && { refused }) };
    // First barred where it holds nothing: then no run of this order can hold all of it any more. Where another run was
    // quicker than this one, that is not given back behind its back: it is decided again.
    const plan = planRelease(orderId, found);
    const bars = plan.filter(({ held }) => held === undefined);
    if ((await closeOrder(models, bars, closing)) < bars.length) return undefined;
    if (bars.length < plan.length) await release(parts, { ...closing, productIds });
    return decision;
  });
}

export interface ReleaseOrder extends Omit<ReserveOrder, "lines"> {
  readonly productIds: readonly string[];
  /** Told to whoever asks for the reservation again. */
  readonly refused?: RefusedFor;
}

/** Afterwards the order holds nothing of these products and never will. Answers whether it held something. */
export async function release(
  { models, outbox, clock }: InventoryParts,
  { orderId, productIds, trace, actor, refused }: ReleaseOrder,
): Promise<boolean> {
  let released = false;
  const result = await untilDecided(`Releasing order ${orderId}`, async () => {
    const found = await findProductsForOrder(models, orderId, productIds);
    const plan = planRelease(orderId, found);
    released ||= found.some((product) => reservationOf(product, orderId));
    const count = await closeOrder(models, plan, {
      orderId,
      at: clock(),
      trace,
      actor,
      ...(refused && { refused }),
    });
    return count === plan.length ? released : undefined;
  });
  if (result) outbox.wake();
  return result;
}
