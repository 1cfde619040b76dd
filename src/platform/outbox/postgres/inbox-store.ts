// The inbox in a module's own Postgres schema. Every method is one transaction, and one at a time for each
// subscription (an advisory lock), so that two processes cannot pass each other within a key.
import type { Database, Transaction } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import { messageOf, noteOfReplay, NotTried } from "../timing.js";
import type { Failure, InboxCounts, InboxStore, Intervention } from "../types.js";
import * as sql from "./inbox-statements.js";
import { insert, toOutboxRows } from "./outbox-statements.js";

/** Copies of events outlive the archive they could come from again, so nothing is ever applied twice. */
const LONGER_DAYS = 30;
const DAY_MS = 86_400_000;
const LOCK_NOT_AVAILABLE = "55P03";

/** The smallest UUIDv7 of an instant. */
export const firstIdAt = (at: number): string =>
  `${Math.max(0, at)
    .toString(16)
    .padStart(12, "0")
    .replace(/^(.{8})(.{4})$/, "$1-$2")}-0000-0000-000000000000`;

const filters = (query: Parameters<InboxStore<never>["list"]>[0]) => [
  query.subscription ?? null,
  query.eventId ?? null,
  query.status ?? null,
  query.from ?? null,
  query.to ?? null,
  query.key ?? null,
];

export function createPostgresInboxStore<Tables>(
  database: Database<Tables>,
  subscriptions: readonly string[],
): InboxStore<Transaction<Tables>> {
  /** One at a time for this subscription, in all processes. */
  const alone = <T>(
    subscription: string,
    work: (tx: Transaction<Tables>) => Promise<T>,
  ): Promise<T> =>
    database.transaction(async (tx) => {
      await database.run(sql.lock, [subscription], tx).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
        throw new NotTried(messageOf(error), { cause: error });
      });
      return work(tx);
    });

  async function tellOf(
    tx: Transaction<Tables>,
    changed: readonly Pick<Failure, "subscription" | "event">[],
    { tell }: Intervention,
  ): Promise<void> {
    if (tell && changed.length > 0)
      await database.run(insert, [toOutboxRows(changed.map(tell))], tx);
  }

  async function learn(
    tx: Transaction<Tables>,
    subscription: string,
    events: readonly EventEnvelope[],
  ) {
    const rows = await database.run(
      sql.learn,
      [
        subscription,
        events.map((event) => event.id),
        [...new Set(events.map((event) => event.key))],
      ],
      tx,
    );
    const fresh = new Set(rows.filter((row) => row.kind === "new").map((row) => row.value));
    const behind = new Set(rows.filter((row) => row.kind === "behind").map((row) => row.value));
    // `delete` answers true once: an event that is in the batch twice is applied once.
    const news = events.filter((event) => fresh.delete(event.id));
    return {
      held: news.filter((event) => behind.has(event.key)),
      ready: news.filter((event) => !behind.has(event.key)),
    };
  }

  return {
    apply: (subscription, events) =>
      alone(subscription.name, async (tx) => {
        const { held, ready } = await learn(tx, subscription.name, events);
        if (held.length > 0)
          await database.run(sql.hold, [subscription.name, JSON.stringify(held)], tx);
        if (ready.length > 0) await subscription.handle(ready, tx);
        return ready.length;
      }),
    keep: (subscription, event, verdict) =>
      alone(subscription, async (tx) => {
        const { held, ready } = await learn(tx, subscription, [event]);
        if (held.length > 0) await database.run(sql.hold, [subscription, JSON.stringify(held)], tx);
        for (const fresh of ready) {
          const { status, attempts, pauseMs, cause } = verdict;
          await database.run(
            sql.keep,
            [
              subscription,
              fresh.id,
              fresh.name,
              fresh.key,
              JSON.stringify(fresh),
              status,
              attempts,
              pauseMs,
              JSON.stringify([cause]),
            ],
            tx,
          );
        }
      }),
    soonest: (names, limit) => database.run(sql.soonest, [names, limit]),
    retry: (subscription, { event, attempts }) =>
      alone(subscription.name, async (tx) => {
        // Taken with its count of attempts: another process, or a person's replay, may have been here first.
        const taken = await database.run(sql.take, [subscription.name, event.id, attempts], tx);
        if (taken.length === 0) return false;
        await subscription.handle([event], tx);
        await database.run(sql.promote, [subscription.name, event.key], tx);
        return true;
      }),
    async failAgain({ subscription, event, attempts }, verdict) {
      const { status, pauseMs, cause } = verdict;
      await database.run(sql.failAgain, [
        subscription,
        event.id,
        attempts,
        status,
        verdict.attempts,
        pauseMs,
        JSON.stringify([cause]),
      ]);
    },
    list: (query): Promise<Failure[]> =>
      database.run(sql.list, [
        ...filters(query),
        query.after?.eventId ?? null,
        query.after?.subscription ?? null,
        query.limit ?? 100,
      ]),
    counts: (): Promise<InboxCounts[]> => database.run(sql.counts, [subscriptions]),
    replay: (query, by) =>
      database.transaction(async (tx) => {
        const note = JSON.stringify([noteOfReplay(by)]);
        const replayed = await database.run(sql.replay, [...filters(query), note], tx);
        await tellOf(tx, replayed, by);
        return replayed.length;
      }),
    discard: (subscription, eventId, by) =>
      alone(subscription, async (tx) => {
        const values = [subscription, eventId, by.actor, by.reason];
        const discarded = await database.run(sql.discard, values, tx);
        for (const { event } of discarded)
          await database.run(sql.promote, [subscription, event.key], tx);
        await tellOf(tx, discarded, by);
        return discarded.length > 0;
      }),
    async tell(event) {
      await database.run(insert, [toOutboxRows([event])]);
    },
    deliveries: (eventIds) => database.run(sql.deliveries, [subscriptions, eventIds]),
    async forget(subscription, eventIds, tx) {
      const forgetIn = async (own: Transaction<Tables>) => {
        await database.run(sql.lock, [subscription], own);
        await database.run(sql.forgetFailures, [subscription, eventIds], own);
        await database.run(sql.forget, [subscription, eventIds], own);
      };
      await (tx ? forgetIn(tx) : database.transaction(forgetIn));
    },
    async purge(days, limit) {
      const before = firstIdAt(Date.now() - (days + LONGER_DAYS) * DAY_MS);
      const inbox = await database.run(sql.purgeInbox, [subscriptions, before, limit]);
      const discarded = await database.run(sql.purgeDiscarded, [days, limit]);
      return inbox.length + discarded.length;
    },
  };
}
