// Orders with how far the kitchen is with each: the tickets that are still on its screens, by order. Pure.

export type Progress = "new" | "cooking" | "ready" | "served";

interface OpenTicket {
  readonly orderId: string;
  readonly status: string;
  readonly cancelledAt?: string | undefined;
}

const STEPS: readonly Progress[] = ["new", "cooking", "ready"];

/** An order is as far as the station that is furthest behind. */
export function progressByOrder(tickets: readonly OpenTicket[]): ReadonlyMap<string, Progress> {
  const found = new Map<string, Progress>();
  for (const { orderId, status, cancelledAt } of tickets) {
    const step = STEPS.find((known) => known === status);
    if (!step || cancelledAt !== undefined) continue;
    const known = found.get(orderId);
    if (!known || STEPS.indexOf(step) < STEPS.indexOf(known)) found.set(orderId, step);
  }
  return found;
}
