// Orders with how far the kitchen is with each, by its tickets: those on its screens, and those that were closed last.
// What neither tells is not known, least of all that a dish was served. Pure.

export type Progress = "absent" | "new" | "cooking" | "ready" | "served";

interface KnownTicket {
  readonly orderId: string;
  readonly status: string;
  readonly cancelledAt?: string | undefined;
  readonly closedAt?: string | undefined;
}
interface Tickets {
  readonly items: readonly KnownTicket[];
  /** Null: these are all. */
  readonly nextCursor: string | null;
}

const STEPS: readonly Progress[] = ["new", "cooking", "ready", "served"];

/** An order is as far as the station that is furthest behind. */
export function progressByOrder(tickets: readonly KnownTicket[]): ReadonlyMap<string, Progress> {
  const found = new Map<string, Progress>();
  for (const { orderId, status, cancelledAt } of tickets) {
    const step = STEPS.find((known) => known === status);
    if (!step || cancelledAt !== undefined) continue;
    const known = found.get(orderId);
    if (!known || STEPS.indexOf(step) < STEPS.indexOf(known)) found.set(orderId, step);
  }
  return found;
}

/** How far an order is; undefined where these tickets do not tell: `closed` begins with those that were closed last, and
 *  an order that was placed before the oldest of them may be among the rest. */
export function createProgress(open: Tickets, closed: Tickets) {
  const known = progressByOrder([...open.items, ...closed.items]);
  const oldest = closed.items.at(-1)?.closedAt ?? "";
  return ({ id, placedAt }: { readonly id: string; readonly placedAt: string }) => {
    const progress = known.get(id);
    if (progress || open.nextCursor !== null) return progress;
    return closed.nextCursor === null || placedAt > oldest ? ("absent" as const) : undefined;
  };
}
