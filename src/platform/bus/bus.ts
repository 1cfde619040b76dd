// The in-process bus: carries a serialised event to every subscription that wants it, by name or pattern.
// It stores nothing and decides nothing. Emitting is apart (emit/), so that the relay alone can be let in there.
import EventEmitter2Package from "eventemitter2";

/** An event under way. `json` is the whole envelope; each subscription parses it for itself. */
export interface Message {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly json: string;
  /** When it was told, in ms since 1970. Not of history for one that came late: that says nothing about how fast
   *  events are. */
  readonly committedAt?: number;
}

/** One subscription's answer to one message. */
export interface Receipt {
  /** Resolves when the subscription has stored the event, applied or kept for later. Never rejects. */
  readonly stored: Promise<void>;
  /** The emitter no longer waits: drop the message if nobody works on it yet. */
  withdraw(): void;
}

export interface BusListener {
  readonly subscription: string;
  /** Event names or patterns: `orders.order-placed.v1`, `orders.*.v1`, `orders.**`. */
  readonly patterns: readonly string[];
  /** Where a subscription starts that this outbox never saw. */
  readonly from: "beginning" | "now" | Date;
  receive(message: Message): Receipt;
  /** Resolves once nothing that was received is being worked on. */
  idle(): Promise<void>;
}

export interface Bus {
  /** Answers with the way to leave again. */
  subscribe(listener: BusListener): () => void;
  listeners(): readonly BusListener[];
  find(subscription: string): BusListener | undefined;
}

export interface Parcel {
  readonly message: Message;
  readonly accepted: (subscription: string) => boolean;
  readonly receipts: Map<string, Receipt>;
}

type Deliver = (parcel: Parcel) => void;
const deliveries = new WeakMap<Bus, Deliver>();

/** For emit/ only. @throws Error when the bus is not one of `createBus` */
export function deliveryOf(bus: Bus): Deliver {
  const deliver = deliveries.get(bus);
  if (!deliver)
    throw new Error("This bus was not made by createBus, so nothing can be emitted on it");
  return deliver;
}

export function createBus(): Bus {
  const { EventEmitter2 } = EventEmitter2Package;
  const emitter = new EventEmitter2({ wildcard: true, delimiter: ".", maxListeners: 0 });
  const known = new Map<string, BusListener>();

  const bus: Bus = {
    subscribe(listener) {
      const { subscription, patterns } = listener;
      if (known.has(subscription)) throw new Error(`Two subscriptions are called ${subscription}`);
      const onParcel = ({ message, accepted, receipts }: Parcel) => {
        if (receipts.has(subscription) || !accepted(subscription)) return;
        receipts.set(subscription, listener.receive(message));
      };
      known.set(subscription, listener);
      for (const pattern of patterns) emitter.on(pattern, onParcel);
      return () => {
        known.delete(subscription);
        for (const pattern of patterns) emitter.off(pattern, onParcel);
      };
    },
    listeners: () => [...known.values()],
    find: (subscription) => known.get(subscription),
  };
  deliveries.set(bus, (parcel) => void emitter.emit(parcel.message.name, parcel));
  return bus;
}
