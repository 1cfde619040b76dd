// The hand of people on events, across all modules: it reads what every outbox and inbox says of itself, and passes
// replays, discards and pauses on to the module concerned, which tells of them in the transaction of the deed.
import { fits } from "#platform/bus";
import { type CursorKeys, decodeCursor, encodeCursor } from "#platform/contract";
import { NotReady } from "#platform/http";
import { type ActionBy, defineActionTaken, type EventEnvelope, text, Uuid } from "#platform/kernel";
import type { Failure, FailureQuery, Inbox, Intervention, OutboxControl } from "#platform/outbox";
import { z } from "zod";
import type { EventDetail, EventsStatus, StoredEvent } from "./events-contract.js";
import { deliveriesOf, stallOf, toEventDetail, toStoredEvent } from "./events-rules.js";
import { type Flow, moduleOf } from "./flow.js";

export type SystemOutbox = Pick<
  OutboxControl,
  "publisher" | "status" | "find" | "pause" | "resume" | "wake"
>;
export type SystemInbox = Pick<
  Inbox<never>,
  "subscriptions" | "status" | "list" | "replay" | "discard" | "deliveries" | "tell"
>;

export interface EventParts {
  readonly outboxes: readonly SystemOutbox[];
  readonly inboxes: readonly SystemInbox[];
  readonly flow: Pick<Flow, "ofSubscription">;
  readonly clock: () => Date;
  /** Events that wait longer than this say that a relay stands still. */
  readonly stalledMs?: number;
}

/** Who does it, and in which request. */
export interface Asked {
  readonly by: ActionBy;
  readonly trace: string;
  readonly reason?: string | undefined;
}

type Action = "replay" | "discard" | "pause" | "resume";

const STALLED_MS = 30_000;
const Place = z.object({ eventId: Uuid, subscription: text(120) });

export type Events = ReturnType<typeof createEvents>;

export function createEvents(parts: EventParts) {
  const { outboxes, inboxes, flow, clock, stalledMs = STALLED_MS } = parts;
  const subscriptions = inboxes.flatMap((inbox) =>
    inbox.subscriptions.map((subscription) => ({ ...subscription, inbox })),
  );
  const find = (name: string) => subscriptions.find((subscription) => subscription.name === name);
  const wake = (module: string) => outboxes.find(({ publisher }) => publisher === module)?.wake();

  /** Told by the module whose subscription it is, so that it can be written where the deed is. */
  function actionOf(
    action: Action,
    { by, trace, reason }: Asked,
    subscription: string,
    event?: EventEnvelope,
  ): EventEnvelope {
    const subject = event
      ? { type: "event", id: event.id, name: event.name }
      : { type: "subscription", id: subscription };
    return defineActionTaken(moduleOf(subscription)).create(
      {
        ...by,
        action: `system.events.${action}`,
        subject,
        at: clock().toISOString(),
        ...(reason !== undefined && { reason }),
        details: { subscription },
      },
      { trace },
    );
  }

  const interventionOf = (action: Action, asked: Asked): Intervention => ({
    actor: asked.by.actor.name,
    reason: asked.reason,
    tell: ({ subscription, event }) => actionOf(action, asked, subscription, event),
  });

  async function statusOf(outbox: SystemOutbox) {
    const status = await outbox.status();
    return { ...status, stalled: stallOf(status, { now: Date.now(), stalledMs }) };
  }

  const standingsOf = async (subscription: string) =>
    (await Promise.all(outboxes.map((outbox) => outbox.status()))).flatMap((outbox) =>
      outbox.subscriptions
        .filter(({ name }) => name === subscription)
        .map(({ status, backlog }) => ({ publisher: outbox.publisher, status, backlog })),
    );

  return {
    names: (): string[] => subscriptions.map(({ name }) => name).toSorted(),
    knows: (subscription: string): boolean => find(subscription) !== undefined,

    /** Brings the gauges up to date. */
    async collect(): Promise<void> {
      await Promise.allSettled([...outboxes, ...inboxes].map((one) => one.status()));
    },

    /** @throws NotReady naming each outbox that stands still, and why */
    async check(): Promise<void> {
      const stalls = await Promise.all(
        outboxes.map(async (outbox) => {
          const stalled = await statusOf(outbox).then(
            (status) => status.stalled,
            () => "its store does not answer",
          );
          return stalled === null ? [] : [{ outbox: outbox.publisher, why: stalled }];
        }),
      );
      const all = stalls.flat();
      if (all.length === 0) return;
      const words = all.map(({ outbox, why }) => `${outbox}: ${why}`).join("; ");
      throw new NotReady(`Events stand still. ${words}`, { stalled: all });
    },

    async status(): Promise<EventsStatus> {
      const states = await Promise.all(outboxes.map(statusOf));
      const counts = (await Promise.all(inboxes.map((inbox) => inbox.status()))).flat();
      return {
        at: clock().toISOString(),
        outboxes: states.map((state) => ({
          publisher: state.publisher,
          backlog: state.backlog,
          oldestAt: state.oldestAt?.toISOString() ?? null,
          ageMs: Math.round(state.ageMs),
          archived: state.archived,
          relay: state.relaying ? "here" : state.claimed ? "elsewhere" : "nobody",
          inFlight: state.inFlight?.count ?? 0,
          stalled: state.stalled,
        })),
        subscriptions: subscriptions.map(({ name, patterns }) => {
          const standings = states.flatMap(({ publisher, subscriptions: known }) =>
            known
              .filter((one) => one.name === name)
              .map(({ status, backlog }) => ({ publisher, status, backlog })),
          );
          const { waiting, held, dead, oldestAt, queued } = counts.find(
            ({ subscription }) => subscription === name,
          ) ?? { waiting: 0, held: 0, dead: 0, oldestAt: null, queued: 0 };
          return {
            name,
            module: moduleOf(name),
            patterns: [...patterns],
            outboxes: standings,
            behind: standings.reduce((total, { backlog }) => total + backlog, 0),
            queued,
            waiting,
            held,
            dead,
            oldestAt: oldestAt?.toISOString() ?? null,
            ...flow.ofSubscription(name),
          };
        }),
      };
    },

    /** Ids of events rise with time, so the pages of several stores can be laid into one another. */
    async list({
      limit,
      cursor,
      ...query
    }: Omit<FailureQuery, "after" | "limit"> & {
      readonly limit: number;
      readonly cursor?: string | undefined;
    }): Promise<{ items: StoredEvent[]; nextCursor: string | null }> {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Place);
      const rows = (
        await Promise.all(inboxes.map((inbox) => inbox.list({ ...query, after, limit: limit + 1 })))
      )
        .flat()
        .toSorted(inOrder);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toStoredEvent),
        nextCursor: rows.length > limit && last ? encodeCursor(placeOf(last)) : null,
      };
    },

    async get(id: string): Promise<EventDetail | undefined> {
      const [applied, failures, found] = await Promise.all([
        Promise.all(inboxes.map((inbox) => inbox.deliveries([id]))),
        Promise.all(inboxes.map((inbox) => inbox.list({ eventId: id }))),
        Promise.all(
          outboxes.map(async (outbox) =>
            (await outbox.find({ id, limit: 1 })).map((one) => ({ ...one, outbox })),
          ),
        ),
      ]);
      const stored = failures.flat();
      const place = found.flat()[0];
      const event = place?.event ?? stored[0]?.event;
      if (!event) return undefined;
      const known = place ? (await place.outbox.status()).subscriptions : [];
      const delivered = place?.delivered ?? true;
      return {
        event: toEventDetail(event),
        delivered,
        deliveries: deliveriesOf({
          isOnItsWay: (name) =>
            !delivered || known.some((one) => one.name === name && one.status !== "live"),
          isIgnoredBy: (name) => find(name)?.ignores(event) ?? false,
          listeners: subscriptions
            .filter(({ patterns }) => patterns.some((pattern) => fits(pattern, event.name)))
            .map(({ name }) => name),
          applied: applied.flat(),
          failures: stored,
        }),
      };
    },

    /** Answers how many are tried again. */
    async replay(query: FailureQuery, asked: Asked): Promise<number> {
      const { subscription } = query;
      const concerned =
        subscription === undefined
          ? inboxes
          : [find(subscription)?.inbox].flatMap((one) => one ?? []);
      const counts = await Promise.all(
        concerned.map(async (inbox) => {
          const count = await inbox.replay(query, interventionOf("replay", asked));
          if (count > 0) wake(moduleOf(inbox.subscriptions[0]?.name ?? ""));
          return count;
        }),
      );
      return counts.reduce((total, count) => total + count, 0);
    },

    /** Repeated: the answer of the first time, and nothing is told again. Undefined when it is not stored. */
    async discard(
      subscription: string,
      eventId: string,
      asked: Asked & { readonly reason: string },
    ): Promise<StoredEvent | undefined> {
      const inbox = find(subscription)?.inbox;
      if (!inbox) return undefined;
      const { reason } = asked;
      if (
        await inbox.discard(subscription, eventId, { ...interventionOf("discard", asked), reason })
      ) {
        wake(moduleOf(subscription));
      }
      const [row] = await inbox.list({ subscription, eventId, status: "discarded" });
      return row && toStoredEvent(row);
    },

    /** Told first: where a subscription stands is the publisher's to write, in another store. False when the process
     *  that relays did not confirm in time. */
    async pause(subscription: string, asked: Asked): Promise<boolean> {
      await find(subscription)?.inbox.tell(actionOf("pause", asked, subscription));
      wake(moduleOf(subscription));
      const standings = await standingsOf(subscription);
      const paused = await Promise.all(
        outboxes
          .filter(({ publisher }) => standings.some((one) => one.publisher === publisher))
          .map((outbox) => outbox.pause(subscription, CONFIRM_MS)),
      );
      return paused.every(Boolean);
    },
    async resume(subscription: string, asked: Asked): Promise<void> {
      await find(subscription)?.inbox.tell(actionOf("resume", asked, subscription));
      wake(moduleOf(subscription));
      const paused = (await standingsOf(subscription))
        .filter(({ status }) => status === "paused" || status === "pausing")
        .map(({ publisher }) => publisher);
      await Promise.all(
        outboxes
          .filter(({ publisher }) => paused.includes(publisher))
          .map((outbox) => outbox.resume(subscription, null)),
      );
    },
    standingsOf,
  };
}

const CONFIRM_MS = 10_000;

const placeOf = ({ event, subscription }: Failure): CursorKeys => ({
  eventId: event.id,
  subscription,
});

/** By code unit, as the stores compare. */
const inOrder = (a: Failure, b: Failure): number => {
  const [one, other] = [a, b].map(({ event, subscription }) => `${event.id} ${subscription}`);
  return (one ?? "") < (other ?? "") ? -1 : 1;
};
