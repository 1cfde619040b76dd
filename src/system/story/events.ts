// Events as entries of an order's story, and what each listener did with them. Pure.
import type { EventEnvelope } from "#platform/kernel";
import type { Cause, Failure } from "#platform/outbox";
import { moduleOf } from "../flow.js";
import type { StoryEntry } from "./contract.js";

export interface EventOfStory {
  readonly event: EventEnvelope;
  readonly delivered: boolean;
}
export interface Heard {
  readonly events: readonly EventOfStory[];
  readonly deliveries: readonly {
    readonly subscription: string;
    readonly eventId: string;
    readonly storedAt: Date;
  }[];
  readonly failures: readonly Failure[];
}

/** When an event was made stands in its id (UUIDv7); `occurredAt` is when what it tells of began. */
export const madeAt = (id: string): string =>
  new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toISOString();

interface TicketTold {
  readonly change: string;
  readonly by?: { readonly name: string };
  readonly ticket: { readonly station: string; readonly status: string };
}
const TICKET = /^kitchen\.ticket-changed\./;

export function entryOfEvent({ event, delivered }: EventOfStory): StoryEntry {
  const base = {
    id: event.id,
    module: moduleOf(event.name),
    at: madeAt(event.id),
    outcome: delivered ? ("done" as const) : ("waiting" as const),
  };
  if (TICKET.test(event.name)) {
    const { change, by, ticket } = event.data as TicketTold;
    const title = `${ticket.station}: ${change}, ${ticket.status}`;
    return { ...base, kind: "ticket", title, ...(by && { detail: by.name }) };
  }
  return {
    ...base,
    kind: "event",
    title: event.name,
    ...(!delivered && { detail: "waits to be delivered" }),
  };
}

const lastOf = (causes: readonly Cause[]) => causes.at(-1)?.message;

export function entriesOfListeners({ events, deliveries, failures }: Heard): StoryEntry[] {
  const known = new Map(events.map(({ event }) => [event.id, event]));
  const isStored = new Set(failures.map((one) => `${one.subscription} ${one.event.id}`));
  const applied = deliveries.flatMap(({ subscription, eventId, storedAt }): StoryEntry[] => {
    const event = known.get(eventId);
    // What is stored apart was not applied, though it is known.
    if (!event || isStored.has(`${subscription} ${eventId}`)) return [];
    const lagMs = Math.max(0, storedAt.getTime() - Date.parse(madeAt(eventId)));
    return [
      {
        id: `${subscription} ${eventId}`,
        module: moduleOf(subscription),
        kind: "delivery",
        at: storedAt.toISOString(),
        title: subscription,
        detail: `${event.name}, ${lagMs} ms later`,
        outcome: "done",
        parent: eventId,
      },
    ];
  });
  const failed = failures.flatMap((failure): StoryEntry[] => {
    const { subscription, event, status, attempts, causes, storedAt } = failure;
    if (!known.has(event.id)) return [];
    const why = lastOf(causes) ?? "behind an earlier event that was not applied";
    return [
      {
        id: `${subscription} ${event.id}`,
        module: moduleOf(subscription),
        kind: "failure",
        at:
          (status === "discarded" ? failure.discardedAt : null)?.toISOString() ??
          storedAt.toISOString(),
        title: `${subscription}: ${status}${attempts > 0 ? ` after ${attempts} attempts` : ""}`,
        detail: `${event.name}: ${failure.discardedReason ?? why}`,
        outcome: status === "waiting" || status === "held" ? "waiting" : "failed",
        parent: event.id,
      },
    ];
  });
  return [...applied, ...failed];
}
