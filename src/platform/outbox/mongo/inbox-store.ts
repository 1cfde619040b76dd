// The inbox of a module whose store is MongoDB. No transaction spans documents there, so the trade is another one:
// the event's id is recorded after its effect, a crash between the two applies the event again, and therefore a
// handler's effects must be idempotent for each document (by the event's or the order's id).
// One thing at a time for each subscription of this process. Of several processes one applies what is new, the one that
// relays, but all try stored events again: an attempt therefore claims its event first, for longer than its handler may
// take. A process that is killed in the middle of one leaves it claimed: it is tried when the claim ends, not sooner.
import { randomUUID } from "node:crypto";
import type mongoose from "mongoose";
import type { mongo } from "mongoose";
import { crashPoint, type EventEnvelope } from "#platform/kernel";
import type { Failure, InboxStore, StoredSubscription } from "../types.js";
import { databaseOf, insertOnce } from "./documents.js";
import { createInterventions, MOST_CAUSES } from "./interventions.js";
import {
  createCopier,
  createInboxIndexes,
  type FailureDocument,
  HAS_TOLD,
  idOf,
  type InboxDocument,
  SETTLED,
  toNextAttempt,
  UNCLAIMED,
} from "./inbox-documents.js";

const LONGER_DAYS = 30;
const DAY_MS = 86_400_000;
/** A claim outlasts the handler's time limit by this, so that what follows the handler is written under it. */
const CLAIM_MARGIN_MS = 5_000;
/** Held events whose head is gone (a crash between two writes) are looked for this often, so many at a time. */
const MEND = { everyMs: 60_000, page: 200 };

export function createMongoInboxStore(
  connection: mongoose.Connection,
  subscriptions: readonly string[],
): InboxStore<mongoose.Connection> {
  const me = randomUUID();
  const copy = createCopier();
  const turns = new Map<string, Promise<unknown>>();
  let mendAt = 0;
  /** Behind this one the next page of held events begins. */
  let mendAfter = "";
  let indexes: Promise<void> | undefined;

  const inbox = (): mongo.Collection<InboxDocument> => databaseOf(connection).collection("inbox");
  const failures = (): mongo.Collection<FailureDocument> =>
    databaseOf(connection).collection("inbox_failures");

  const ready = () => {
    indexes ??= createInboxIndexes(inbox(), failures()).catch((error: unknown) => {
      indexes = undefined;
      throw error;
    });
    return indexes;
  };

  /** One at a time for this subscription. */
  function alone<T>(subscription: string, work: () => Promise<T>): Promise<T> {
    const next = (turns.get(subscription) ?? Promise.resolve()).then(() => ready()).then(work);
    turns.set(
      subscription,
      next.catch(() => undefined),
    );
    return next;
  }

  const record = (subscription: string, events: readonly EventEnvelope[]) =>
    insertOnce(
      inbox(),
      events.map(({ id }) => ({
        _id: idOf(subscription, id),
        subscription,
        eventId: id,
        storedAt: new Date(),
      })),
    );

  async function learn(subscription: string, events: readonly EventEnvelope[]) {
    const ids = events.map((event) => idOf(subscription, event.id));
    const keys = [...new Set(events.map((event) => event.key))];
    const [recorded, stored] = await Promise.all([
      inbox()
        .find({ _id: { $in: ids } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray(),
      failures()
        .find({ subscription, key: { $in: keys }, status: { $nin: SETTLED } })
        .project<{ key: string; position: number }>({ key: 1, position: 1 })
        .toArray(),
    ]);
    const known = new Set(recorded.map((row) => row._id));
    const news = events.filter((event) => {
      const id = idOf(subscription, event.id);
      return !known.has(id) && known.add(id);
    });
    const behind = new Set(stored.map((row) => row.key));
    return {
      held: news.filter((event) => behind.has(event.key)),
      ready: news.filter((event) => !behind.has(event.key)),
      last: stored.reduce((last, { position }) => Math.max(last, position), 0),
    };
  }

  /** Behind `last`, the last position that their keys have. */
  async function hold(
    subscription: string,
    { held, last }: { readonly held: readonly EventEnvelope[]; readonly last: number },
  ): Promise<void> {
    await insertOnce(
      failures(),
      held.map((event) => copy(subscription, event, {}, last)),
    );
    await record(subscription, held);
    // Another process may have applied what they wait behind before they were there to follow it.
    for (const key of new Set(held.map((event) => event.key))) await promote(subscription, key);
  }

  /** The next event of the key follows, unless an earlier one is still being tried or waits for a person. It is chosen
   *  before that is looked at: two processes that are here at once then mean the same one, never two in a row. */
  async function promote(subscription: string, key: string): Promise<void> {
    const next = await failures().findOne(
      { subscription, key, status: "held" },
      { sort: { position: 1 } },
    );
    if (!next) return;
    const head = await failures().findOne({
      subscription,
      key,
      status: { $in: ["waiting", "dead"] },
    });
    if (head) return;
    await failures().updateOne(
      { _id: next._id, status: "held" },
      { $set: { status: "waiting", nextAttemptAt: new Date() } },
    );
  }

  /** Those that have something to tell stay, unseen, until it was taken from them. Answers whether there were any. */
  async function removeApplied(filter: mongo.Filter<FailureDocument>): Promise<boolean> {
    const { deletedCount } = await failures().deleteMany({ ...filter, ...HAS_TOLD });
    const { matchedCount } = await failures().updateMany(filter, { $set: { status: "applied" } });
    return deletedCount + matchedCount > 0;
  }

  /** The event as it was read, for this process alone, until the claim ends. */
  async function claim(
    { name, timeoutMs }: StoredSubscription<mongoose.Connection>,
    { event, attempts, nextAttemptAt }: Failure,
  ): Promise<boolean> {
    const claimedForMs = timeoutMs + CLAIM_MARGIN_MS;
    const until = new Date(Date.now() + claimedForMs);
    const claimed = await failures().findOneAndUpdate(
      { _id: idOf(name, event.id), status: "waiting", attempts, nextAttemptAt },
      { $set: { nextAttemptAt: until, claimedBy: me, claimedForMs } },
    );
    return claimed !== null;
  }

  async function mend(): Promise<void> {
    if (performance.now() < mendAt) return;
    mendAt = performance.now() + MEND.everyMs;
    await failures().deleteMany({ status: "applied", ...HAS_TOLD });
    const held = await failures()
      .find({ status: "held", subscription: { $in: [...subscriptions] }, _id: { $gt: mendAfter } })
      .sort({ _id: 1 })
      .project<{ _id: string; subscription: string; key: string }>({ subscription: 1, key: 1 })
      .limit(MEND.page)
      .toArray();
    mendAfter = (held.length === MEND.page && held.at(-1)?._id) || "";
    const keys = new Map(held.map((row) => [`${row.subscription} ${row.key}`, row]));
    for (const { subscription, key } of keys.values()) {
      await alone(subscription, () => promote(subscription, key));
    }
  }

  return {
    apply: (subscription, events) =>
      alone(subscription.name, async () => {
        const { ready, ...behind } = await learn(subscription.name, events);
        await hold(subscription.name, behind);
        if (ready.length > 0) await subscription.handle(ready, connection);
        crashPoint("inbox.after-handle");
        await record(subscription.name, ready);
        return ready.length;
      }),
    keep: (subscription, event, { status, attempts, pauseMs, cause }) =>
      alone(subscription, async () => {
        const { ready, ...behind } = await learn(subscription, [event]);
        await hold(subscription, behind);
        const nextAttemptAt = new Date(Date.now() + pauseMs);
        const copies = ready.map((fresh) =>
          copy(subscription, fresh, { status, attempts, nextAttemptAt, causes: [cause] }),
        );
        await insertOnce(failures(), copies);
        await record(subscription, ready);
      }),
    async soonest(names, limit) {
      await ready();
      await mend();
      const rows = await failures()
        .find({ status: "waiting", subscription: { $in: [...names] } })
        .sort({ nextAttemptAt: 1 })
        .limit(limit)
        .toArray();
      return rows.map(toNextAttempt);
    },
    retry: (subscription, failure) =>
      alone(subscription.name, async () => {
        const { event } = failure;
        if (!(await claim(subscription, failure))) return false;
        await subscription.handle([event], connection);
        // One that overslept its claim leaves the event, and the next of its key, to whoever has it now.
        const own = { _id: idOf(subscription.name, event.id), claimedBy: me };
        if (await removeApplied(own)) await promote(subscription.name, event.key);
        return true;
      }),
    async failAgain({ subscription, event, attempts }, verdict) {
      const own = { _id: idOf(subscription, event.id), status: "waiting" as const };
      const { matchedCount } = await failures().updateOne(
        // Unclaimed: it could not even be tried.
        { ...own, attempts, claimedBy: { $in: [null, me] } },
        {
          $set: {
            status: verdict.status,
            attempts: verdict.attempts,
            nextAttemptAt: new Date(Date.now() + verdict.pauseMs),
            ...UNCLAIMED,
          },
          $push: { causes: { $each: [verdict.cause], $slice: -MOST_CAUSES } },
        },
      );
      if (matchedCount > 0) return;
      // A person's replay came during the attempt: its fresh count stands, and it is due.
      await failures().updateOne(
        { ...own, claimedBy: me },
        { $set: { nextAttemptAt: new Date(), ...UNCLAIMED } },
      );
    },
    ...createInterventions({ subscriptions, failures, alone, promote, copy }),
    async deliveries(eventIds) {
      const rows = await inbox()
        .find({ eventId: { $in: [...eventIds] } })
        .sort({ storedAt: 1 })
        .toArray();
      return rows.map(({ subscription, eventId, storedAt }) => ({
        subscription,
        eventId,
        storedAt,
      }));
    },
    forget: (subscription, eventIds) =>
      alone(subscription, async () => {
        const filter = { subscription, ...(eventIds && { eventId: { $in: [...eventIds] } }) };
        await removeApplied(filter);
        await inbox().deleteMany(filter);
      }),
    async purge(days, limit) {
      const ago = (age: number) => new Date(Date.now() - age * DAY_MS);
      const old = await inbox()
        .find({ storedAt: { $lt: ago(days + LONGER_DAYS) } })
        .project<{ _id: string }>({ _id: 1 })
        .limit(limit)
        .toArray();
      const known = await inbox().deleteMany({ _id: { $in: old.map((row) => row._id) } });
      const before = { $lt: ago(days) };
      const discarded = await failures().deleteMany({
        status: "discarded",
        discardedAt: before,
        ...HAS_TOLD,
      });
      return known.deletedCount + discarded.deletedCount;
    },
  };
}
