// What the parts of outbox and inbox agree on. Both stores implement `OutboxStore` and `InboxStore`; the relay, the
// catch-up and the mailbox exist once.
import type { EventEnvelope } from "#platform/kernel";

export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Names without the `tiffin_` prefix; seconds, not milliseconds. */
export interface Metrics {
  counter(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  histogram(name: string, labels: Readonly<Record<string, string>>, seconds: number): void;
}

export const noMetrics: Metrics = {
  counter: () => undefined,
  gauge: () => undefined,
  histogram: () => undefined,
};

/** Tells people that events wait to be delivered. Call it after the commit, as often as you like. */
export interface Wake {
  wake(): void;
}

export type SubscriptionStatus = "live" | "behind" | "pausing" | "paused";

/** Where one subscription stands with one outbox. */
export interface SubscriptionRecord {
  readonly name: string;
  readonly status: SubscriptionStatus;
  /** The last position of the archive that it has; only meant when it is not live. */
  readonly position: number;
  readonly since: Date | null;
  /** Rises when a person moves the subscription, so that a relay that knows less cannot undo the move. */
  readonly epoch: number;
}

export interface ArchivedEvent {
  readonly position: number;
  readonly event: EventEnvelope;
}

/** The right to relay, held. Every call throws once it is lost, so a relay that lost it can do nothing more. */
export interface Claim {
  readonly lost: AbortSignal;
  /** What waits to be delivered, oldest first, without what is in flight. */
  fetch(inFlight: readonly string[], limit: number): Promise<readonly EventEnvelope[]>;
  /** Moves delivered events to the end of the archive, in the given order. Safe to repeat. */
  archive(events: readonly EventEnvelope[]): Promise<void>;
  history(after: number, since: Date | null, limit: number): Promise<readonly ArchivedEvent[]>;
  /** Where `fresh` is false, an answer some seconds old will do. */
  subscriptions(fresh: boolean): Promise<readonly SubscriptionRecord[]>;
  /** Adds a subscription that this outbox never saw. */
  register(name: string, from: "beginning" | "now" | Date): Promise<void>;
  /** From live to behind, at the end of the archive as it is now; one that is behind already stays where it is. */
  fallBehind(name: string): Promise<void>;
  /** False when a person moved the subscription meanwhile. */
  advance(record: SubscriptionRecord, position: number): Promise<boolean>;
  goLive(record: SubscriptionRecord): Promise<boolean>;
  /** Confirms a pause: nothing is delivered any more. */
  confirmPause(name: string): Promise<void>;
  /** Deletes archived events older than `days`, at most `limit`. Answers how many. */
  purge(days: number, limit: number): Promise<number>;
  release(): Promise<void>;
}

export interface OutboxStatus {
  /** Whether some process has the right to relay. */
  readonly claimed: boolean;
  readonly backlog: number;
  readonly oldestAt: Date | null;
  readonly archived: number;
  readonly subscriptions: readonly (SubscriptionRecord & { readonly backlog: number })[];
}

export interface EventQuery {
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  readonly trace?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly limit?: number | undefined;
}

export interface FoundEvent {
  readonly event: EventEnvelope;
  readonly delivered: boolean;
}

/** Where to put a subscription: it hears everything after that point (again). */
export type Rewind = "beginning" | "now" | Date;

/** Another process has the right to relay. */
export interface HeldElsewhere {
  readonly claim: null;
  /** Look again this soon, where that is sooner than usual. */
  readonly lookAgainMs?: number | undefined;
}

export interface OutboxStore {
  /** The right to relay, unless another process holds it. One that was called because events wait, and gave no sign
   *  of life for `suspectAfterMs`, has it no more: what it still tries is refused by the store. */
  claim(
    onNotified: () => void,
    suspectAfterMs: number,
  ): Promise<{ readonly claim: Claim } | HeldElsewhere>;
  /** Tells the process that relays that there is something to do. */
  notify(): Promise<void>;
  status(): Promise<OutboxStatus>;
  find(query: EventQuery): Promise<readonly FoundEvent[]>;
  /** The archive after `after`, in order. One process at a time writes there, so a reader that goes on from the last
   *  position that it saw misses nothing. */
  read(after: number, limit: number): Promise<readonly ArchivedEvent[]>;
  /** The end of the archive. */
  last(): Promise<ArchivedEvent | undefined>;
  pause(subscription: string): Promise<boolean>;
  resume(subscription: string, rewind: Rewind | null): Promise<boolean>;
  /** Drops a subscription that no longer exists, so that nothing counts its backlog. */
  forget(subscription: string): Promise<boolean>;
}

export interface Cause {
  readonly message: string;
  readonly stack: string | null;
  readonly at: string;
}

export type FailureStatus = "waiting" | "held" | "dead" | "discarded";

export interface Failure {
  readonly subscription: string;
  readonly position: number;
  readonly event: EventEnvelope;
  readonly status: FailureStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly causes: readonly Cause[];
  readonly storedAt: Date;
  readonly discardedAt: Date | null;
  readonly discardedBy: string | null;
  readonly discardedReason: string | null;
}

/** What a failed attempt does to a stored copy. */
export interface Verdict {
  readonly status: "waiting" | "dead";
  readonly attempts: number;
  readonly pauseMs: number;
  readonly cause: Cause;
}

export interface FailureQuery {
  readonly subscription?: string | undefined;
  readonly eventId?: string | undefined;
  readonly key?: string | undefined;
  readonly status?: FailureStatus | undefined;
  /** By when the event happened. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Where the page before this one ended. */
  readonly after?: FailurePlace | undefined;
  readonly limit?: number | undefined;
}

/** Ids of events rise with time, so a list in this order is one in order of time, whatever the store. */
export interface FailurePlace {
  readonly eventId: string;
  readonly subscription: string;
}

/** A person's hand on stored events: who, why, and what is told of it with each one that changes, in one transaction. */
export interface Intervention {
  readonly actor: string;
  readonly reason?: string | undefined;
  readonly tell?: ((failure: Pick<Failure, "subscription" | "event">) => EventEnvelope) | undefined;
}

export interface InboxCounts {
  readonly subscription: string;
  readonly waiting: number;
  readonly held: number;
  readonly dead: number;
  readonly oldestAt: Date | null;
}

export interface StoredSubscription<Tx> {
  readonly name: string;
  /** `handle` answers within this time, or has failed. */
  readonly timeoutMs: number;
  handle(events: readonly EventEnvelope[], tx: Tx): Promise<void>;
}

/** A stored event that is to be tried. */
export interface NextAttempt extends Failure {
  readonly dueInMs: number;
  /** An attempt has it until it is due, and took it for so long: it is under way, or its process died. */
  readonly takenForMs?: number | undefined;
}

/** One module's inbox. Each method is whole or not at all, as far as its store allows. */
export interface InboxStore<Tx> {
  /** Applies what is new, in order; what is known is skipped, what stands behind a stored event of its key is held.
   *  Throws what the handler threw, and then nothing happened. */
  apply(subscription: StoredSubscription<Tx>, events: readonly EventEnvelope[]): Promise<number>;
  /** Keeps a copy of an event that could not be applied, unless it is known already. */
  keep(subscription: string, event: EventEnvelope, verdict: Verdict): Promise<void>;
  /** The stored events of these subscriptions that are to be tried next, soonest first, due or not. */
  soonest(subscriptions: readonly string[], limit: number): Promise<readonly NextAttempt[]>;
  /** Applies a stored event, forgets the copy and lets the next of its key follow. Throws what the handler threw. False
   *  when another process or a person was first: nothing was done then. */
  retry(subscription: StoredSubscription<Tx>, failure: Failure): Promise<boolean>;
  /** Nothing happens when another attempt, or a person, has decided meanwhile. */
  failAgain(failure: Failure, verdict: Verdict): Promise<void>;
  /** By id of the event, then by subscription. */
  list(query: FailureQuery): Promise<readonly Failure[]>;
  counts(): Promise<readonly InboxCounts[]>;
  /** Dead or waiting events are tried at once, with a fresh count of attempts. Discarded ones too, by `eventId`. */
  replay(query: FailureQuery, by: Intervention): Promise<number>;
  /** False when it is not stored, or discarded already. */
  discard(
    subscription: string,
    eventId: string,
    by: Intervention & { readonly reason: string },
  ): Promise<boolean>;
  /** Writes down for this module's outbox what a person did, where the deed itself is not in this store. */
  tell(event: EventEnvelope): Promise<void>;
  /** Which of these events each subscription has. */
  deliveries(
    eventIds: readonly string[],
  ): Promise<readonly { subscription: string; eventId: string; storedAt: Date }[]>;
  /** Forgets that events were applied, so that they are when they come again; null: all of the subscription. */
  forget(subscription: string, eventIds: readonly string[] | null, tx?: Tx): Promise<void>;
  purge(days: number, limit: number): Promise<number>;
}
