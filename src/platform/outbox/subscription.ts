// What a module hears: a name for ever, the events, and what to do with them.
import type { Message } from "#platform/bus";
import type { EventDefinition, EventEnvelope } from "#platform/kernel";
import { Undeliverable, messageOf } from "./timing.js";

export interface Subscription<Tx> {
  /** `<module>.<what-it-does>`; it is how the store knows what was applied, so it never changes. */
  readonly name: string;
  readonly events: readonly EventDefinition[];
  /** Where it listens, when that is more than the names of `events`: `orders.**`. What is heard there and is not
   *  among `events` becomes a dead letter, so that nothing is overlooked. */
  readonly patterns?: readonly string[];
  /** Applies the events in the given order, all or none: whatever it writes goes through `tx`. */
  handle(events: readonly EventEnvelope[], tx: Tx): Promise<void>;
  /** Of these nothing is recorded, and they count as delivered. Must depend on the event alone. See `dataIs`. */
  readonly ignores?: (event: EventEnvelope) => boolean;
  /** Called after the commit of a batch that changed something; what it does may be lost in a crash. */
  applied?(): void;
  /** Events in one transaction. Default 100; 1 for one at a time. */
  readonly batchSize?: number;
  /** Where to start when new. Default: from the beginning. */
  readonly from?: "beginning" | "now" | Date;
  /** A handler that takes longer has failed. Default 30 s. */
  readonly timeoutMs?: number;
}

export const defineSubscription = <Tx>(subscription: Subscription<Tx>): Subscription<Tx> =>
  subscription;

/** The events of one kind among `events`, in order, typed by their definition. */
export const eventsOf = <Data>(
  definition: EventDefinition<Data>,
  events: readonly EventEnvelope[],
): EventEnvelope<Data>[] =>
  events.filter((event): event is EventEnvelope<Data> => event.name === definition.name);

/** Their facts alone. */
export const dataOf = <Data>(
  definition: EventDefinition<Data>,
  events: readonly EventEnvelope[],
): Data[] => eventsOf(definition, events).map((event) => event.data);

/** For `ignores`: events of this kind whose facts are so. */
export const dataIs =
  <Data>(definition: EventDefinition<Data>, so: (data: Data) => boolean) =>
  ({ name, data }: EventEnvelope): boolean =>
    name === definition.name && so(data as Data);

/** One that breaks its schema may break the question as well: it is checked, and kept aside, like any other. */
export function isIgnored<Tx>({ ignores }: Subscription<Tx>, event: EventEnvelope): boolean {
  try {
    return ignores?.(event) ?? false;
  } catch {
    return false;
  }
}

export const patternsOf = <Tx>({ patterns, events }: Subscription<Tx>): readonly string[] =>
  patterns ?? events.map((event) => event.name);

const FIRST_WORD = /^[^.]+/;

/** Of the name of an event, or of a pattern. */
export const publisherOf = (name: string): string => FIRST_WORD.exec(name)?.[0] ?? "";

/** Whether anything that this module publishes can fit one of the patterns. */
export const hearsFrom = (publisher: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => [publisher, "*", "**"].includes(publisherOf(pattern)));

export const toMessage = (event: EventEnvelope, committedAt?: number): Message => ({
  id: event.id,
  name: event.name,
  key: event.key,
  json: JSON.stringify(event),
  ...(committedAt !== undefined && { committedAt }),
});

export const parseEnvelope = (message: Message): EventEnvelope =>
  JSON.parse(message.json) as EventEnvelope;

/** The event as its schema says, or @throws Undeliverable with the reason. */
export function checkEvent<Tx>(
  subscription: Subscription<Tx>,
  event: EventEnvelope,
): EventEnvelope {
  const definition = subscription.events.find((known) => known.name === event.name);
  if (!definition) {
    throw new Undeliverable(
      `${subscription.name} knows no event ${event.name}: add it to its events, then replay.`,
    );
  }
  const parsed = definition.schema.safeParse(event.data);
  if (!parsed.success) {
    throw new Undeliverable(`${event.name} does not fit its schema: ${messageOf(parsed.error)}`);
  }
  return { ...event, data: parsed.data };
}
