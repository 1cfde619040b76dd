// Gives back stock that is held for orders which can no longer be placed. Normally a saga's own undo does that; this is
// the net for what came late: a reservation that landed after its undo was forgotten, one of a saga that a person
// abandoned, one in a store that was restored from yesterday.
import type { InventoryFace } from "#modules/inventory";
import { canComplete } from "#platform/saga";
import { findHolders, type Holder } from "../repository/reservations.js";
import type { OrdersDatabase } from "../schema.js";

/** Younger ones are a saga's own business. */
const OLD_MS = 60_000;
/** A saga's start is committed before its reservation. Where there is none, somebody restored a backup: wait until
 *  no request can be under way any more. */
const UNKNOWN_MS = 15 * 60_000;
const PAGE = 500;

export interface LeftoverParts {
  readonly database: OrdersDatabase;
  readonly inventory: InventoryFace;
  readonly clock: () => Date;
}

/** A reservation whose saga can no longer complete is left over; one whose saga may still complete never is. A placed
 *  order's is not either: its sale is on its way. */
export function isLeftOver({ saga, parkedFrom, recorded }: Holder, heldForMs: number): boolean {
  if (recorded) return false;
  if (saga === null) return heldForMs > UNKNOWN_MS;
  return !canComplete({ status: saga, parkedFrom });
}

/** Releases what is left over; answers for how many orders. By default what is older than a minute. Harmless at any time,
 *  twice, and by several processes: what is released here can only be released. */
export async function releaseLeftovers(
  { database, inventory, clock }: LeftoverParts,
  oldMs: number = OLD_MS,
): Promise<number> {
  const now = clock().getTime();
  const olderThan = new Date(now - oldMs).toISOString();
  let released = 0;
  let cursor: string | undefined;
  do {
    const page = await inventory.reservations.list({
      olderThan,
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    const held = new Map<string, { productIds: string[]; at: number }>();
    for (const { orderId, productId, at } of page.items) {
      const other = held.get(orderId);
      const since = Math.max(new Date(at).getTime(), other?.at ?? 0);
      held.set(orderId, { productIds: [...(other?.productIds ?? []), productId], at: since });
    }
    // After the reservations: the saga of each was committed before it, so it is seen here.
    for (const holder of await findHolders(database, [...held.keys()])) {
      const own = held.get(holder.orderId);
      if (!own || !isLeftOver(holder, now - own.at)) continue;
      await inventory.reservations.release({
        orderId: holder.orderId,
        productIds: own.productIds,
      });
      released += 1;
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return released;
}
