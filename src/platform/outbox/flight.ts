// An event that was emitted, and who has not stored it yet.
import type { Message, Receipt } from "#platform/bus";
import type { EventEnvelope } from "#platform/kernel";

export interface Flight {
  readonly message: Message;
  readonly event: EventEnvelope;
  /** Of the subscriptions that have not stored it yet. */
  readonly receipts: Map<string, { readonly receipt: Receipt; readonly sentAt: number }>;
}

export const isDone = (flight: Flight): boolean => flight.receipts.size === 0;

/** Subscriptions that owe an answer to what was sent before this instant (`performance.now()`). */
export function lateIn(flights: Iterable<Flight>, before: number): Set<string> {
  const late = new Set<string>();
  for (const { receipts } of flights)
    for (const [name, { sentAt }] of receipts) if (sentAt < before) late.add(name);
  return late;
}
