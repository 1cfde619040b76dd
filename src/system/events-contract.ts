// Events as people see and mend them: what waits where, what could not be applied and why, replay and discard.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { canBeSeen, text, Uuid } from "#platform/kernel";

const Instant = z.iso.datetime();
const Reason = text(500).refine(canBeSeen, "Give a reason");
const Name = z.string().min(1).max(120);

export const FailureStatus = z.enum(["waiting", "held", "dead", "discarded"]);

export const OutboxState = z.object({
  publisher: z.string(),
  backlog: z.int().meta({ description: "Events that not every live subscription has yet" }),
  oldestAt: Instant.nullable(),
  ageMs: z.int().meta({ description: "Of the oldest of them; 0 when there is none" }),
  archived: z.int(),
  relay: z.enum(["here", "elsewhere", "nobody"]).meta({ description: "Which process relays" }),
  inFlight: z.int(),
  stalled: z.string().nullable().meta({ description: "Why it is taken to stand still" }),
});

/** Where a subscription stands with one outbox. */
const Standing = z.object({
  publisher: z.string(),
  status: z.enum(["live", "behind", "pausing", "paused"]),
  backlog: z.int(),
});

export const Lag = z.object({ p50: z.number(), p99: z.number(), max: z.number() });

export const SubscriptionState = z.object({
  name: z.string(),
  module: z.string(),
  patterns: z.array(z.string()),
  outboxes: z.array(Standing),
  behind: z.int().meta({ description: "Archived events that it has not read yet" }),
  queued: z.int().meta({ description: "In memory, about to be applied" }),
  waiting: z.int().meta({ description: "Failed, and will be tried again" }),
  held: z.int().meta({ description: "Behind a failed one with the same key" }),
  dead: z.int().meta({ description: "Given up: a person decides" }),
  oldestAt: Instant.nullable().meta({ description: "Of those that failed or are held" }),
  applied: z.int().meta({ description: "In the last minute" }),
  failed: z.int().meta({ description: "Attempts in the last minute" }),
  lagMs: Lag.nullable().meta({ description: "From told to applied, in the last minute" }),
});

export const EventsStatus = z.object({
  at: Instant,
  outboxes: z.array(OutboxState),
  subscriptions: z.array(SubscriptionState),
});
export type EventsStatus = z.infer<typeof EventsStatus>;

const Edge = z.object({ from: z.string(), to: z.string(), perMinute: z.number() });

export const EventsFlow = z.object({
  at: Instant,
  /** Of this process. */
  published: z.array(z.object({ publisher: z.string(), perMinute: z.number() })),
  heard: z.array(Edge.extend({ subscription: z.string() })),
  calls: z.array(Edge),
  line: z
    .array(
      z.object({
        at: Instant,
        applied: z.int(),
        p50Ms: z.number().nullable(),
        p99Ms: z.number().nullable(),
      }),
    )
    .meta({ description: "The last ten minutes in steps of five seconds, oldest first" }),
});
export type EventsFlow = z.infer<typeof EventsFlow>;

const EventHead = z.object({
  id: Uuid,
  name: z.string(),
  key: z.string(),
  publisher: z.string(),
  occurredAt: Instant,
  trace: z.string().nullable(),
});

const Cause = z.object({ at: Instant, message: z.string() });
const Discarded = z.object({ at: Instant, by: z.string(), reason: z.string() });

/** An event that a subscription could not apply, or that waits behind such a one. */
export const StoredEvent = z.object({
  subscription: z.string(),
  status: FailureStatus,
  attempts: z.int(),
  nextAttemptAt: Instant.nullable(),
  storedAt: Instant,
  event: EventHead,
  causes: z.array(Cause).meta({ description: "Newest last; at most ten of them" }),
  causeCount: z.int(),
  discarded: Discarded.nullable(),
});
export type StoredEvent = z.infer<typeof StoredEvent>;

export const Delivery = z.object({
  subscription: z.string(),
  status: z.enum(["applied", "pending", "ignored", "unrecorded", ...FailureStatus.options]).meta({
    description:
      "ignored: it is of no concern there, so nothing is done or recorded; unrecorded: the subscription began to listen later, or it was too long ago to be remembered",
  }),
  storedAt: Instant.nullable(),
  attempts: z.int().nullable().meta({ description: "Failed ones; null where none was counted" }),
  nextAttemptAt: Instant.nullable(),
  causes: z.array(Cause.extend({ stack: z.string().nullable() })),
  discarded: Discarded.nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const EventDetail = z.object({
  event: EventHead.extend({ data: z.unknown() }),
  delivered: z.boolean().meta({ description: "Every live subscription has it" }),
  deliveries: z.array(Delivery),
});
export type EventDetail = z.infer<typeof EventDetail>;

const NotFound = {
  NOT_FOUND: {
    status: 404,
    message: "There is no such event: it never was, or it is older than events are kept.",
  },
} as const;
const UnknownSubscription = {
  UNKNOWN_SUBSCRIPTION: {
    status: 404,
    message: "There is no such subscription. `subscriptions` lists those there are.",
    data: z.object({ subscriptions: z.array(z.string()) }),
  },
} as const;

const Chosen = {
  subscription: Name.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
};

export const eventsContract = {
  status: route
    .meta({ permission: "system.events.read" })
    .route({
      method: "GET",
      path: "/system/events/status",
      summary: "Outboxes and subscriptions: backlog, lag, dead letters",
    })
    .output(EventsStatus),

  flow: route
    .meta({ permission: "system.events.read" })
    .route({
      method: "GET",
      path: "/system/events/flow",
      summary: "Lag as a line, calls and events a minute; from memory, so it may be asked often",
    })
    .output(EventsFlow),

  list: route
    .meta({ permission: "system.events.read" })
    .route({
      method: "GET",
      path: "/system/events",
      summary: "Events that could not be applied, with their causes, oldest first",
    })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        ...Chosen,
        status: FailureStatus.optional(),
        key: z.string().min(1).max(200).optional(),
      }),
    )
    .output(page(StoredEvent)),

  get: route
    .meta({ permission: "system.events.read" })
    .route({
      method: "GET",
      path: "/system/events/{id}",
      summary: "One event: what it says, and what became of it in each subscription",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(EventDetail)
    .errors(NotFound),

  replay: route
    .meta({ permission: "system.events.replay" })
    .route({
      method: "POST",
      path: "/system/events/replay",
      summary: "Try dead and waiting events again at once, with a fresh count of attempts",
    })
    .input(
      z
        .strictObject({
          eventId: Uuid.optional(),
          ...Chosen,
          all: z.literal(true).optional(),
          reason: Reason.optional(),
        })
        .refine(
          ({ eventId, subscription, from, to, all }) =>
            eventId ?? subscription ?? from ?? to ?? all,
          "Say which: eventId, subscription, from and to, or all",
        ),
    )
    .output(z.object({ replayed: z.int() }))
    .errors(UnknownSubscription),

  discard: route
    .meta({ permission: "system.events.discard" })
    .route({
      method: "POST",
      path: "/system/events/{id}/discard",
      summary: "Give an event up for one subscription, so that its key goes on",
    })
    .input(z.strictObject({ id: Uuid, subscription: Name, reason: Reason }))
    .output(StoredEvent)
    .errors({
      ...UnknownSubscription,
      NOT_STORED: {
        status: 404,
        message:
          "This subscription has not stored that event: it was applied, or it has not come yet. Look at the event first.",
      },
    }),

  pause: route
    .meta({ permission: "system.events.pause" })
    .route({
      method: "POST",
      path: "/system/events/subscriptions/{name}/pause",
      summary: "Deliver nothing more to a subscription; what failed before is still tried again",
    })
    .input(z.strictObject({ name: Name, reason: Reason.optional() }))
    .output(z.object({ outboxes: z.array(Standing) }))
    .errors({
      ...UnknownSubscription,
      PAUSE_NOT_CONFIRMED: {
        status: 503,
        message:
          "The process that relays has not confirmed the pause yet. It will pause; look at the status in a moment.",
      },
    }),

  resume: route
    .meta({ permission: "system.events.pause" })
    .route({
      method: "POST",
      path: "/system/events/subscriptions/{name}/resume",
      summary: "Deliver again, on from where it stood",
    })
    .input(z.strictObject({ name: Name, reason: Reason.optional() }))
    .output(z.object({ outboxes: z.array(Standing) }))
    .errors(UnknownSubscription),
};
