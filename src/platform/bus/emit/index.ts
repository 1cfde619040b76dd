// The only way onto the bus. An import rule lets nobody in but the relay: an event that is emitted by anybody else was
// not stored before, and a crash would lose it.
import { type Bus, deliveryOf, type Message, type Receipt } from "../bus.js";

/** Hands the message to each subscription that wants it and is `accepted`: once, even where patterns overlap. */
export function emit(
  bus: Bus,
  message: Message,
  accepted: (subscription: string) => boolean = () => true,
): Map<string, Receipt> {
  const receipts = new Map<string, Receipt>();
  deliveryOf(bus)({ message, accepted, receipts });
  return receipts;
}
