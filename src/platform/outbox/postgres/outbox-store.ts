// The outbox in a module's own Postgres schema. The right to relay is a session advisory lock on a connection of its
// own, and the relay works on that very connection: when it is lost, the lock is free and nothing more can be done.
// So a relay that stands still can be replaced by ending its connection at the server, whatever becomes of the process.
import type { Database, Session } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import type { ArchivedEvent, Claim, OutboxStore, Rewind } from "../types.js";
import * as sql from "./outbox-statements.js";

const toEvent = ({ id, name, key, occurredAt, trace, data }: sql.EventRow): EventEnvelope => ({
  id,
  name,
  key,
  occurredAt: occurredAt.toISOString(),
  trace,
  data,
});

const toArchived = (row: sql.EventRow & { readonly position: number }): ArchivedEvent => ({
  position: row.position,
  event: toEvent(row),
});

const wordOf = (rewind: Rewind | null): string | null => {
  if (rewind instanceof Date) return "beginning";
  return rewind;
};

export function createPostgresOutboxStore<Tables>(database: Database<Tables>): OutboxStore {
  const channel = sql.channelOf(database.module);
  /** The holder that was asked for a sign of life. */
  let called: { readonly pid: number; readonly at: number } | undefined;

  async function notify(): Promise<void> {
    await database.run(sql.notify, [channel]);
  }

  /** True once it is certain that the holder can do nothing more. A process that is stopped, or whose machine is gone,
   *  keeps its connection and with it the lock; whoever runs answers a call at once, by asking what waits. */
  async function isDeposed(
    {
      pid,
      silentMs,
      eventsWait,
    }: { pid: number | null; silentMs: number | null; eventsWait: boolean },
    suspectAfterMs: number,
  ): Promise<boolean> {
    const now = performance.now();
    if (pid === null || silentMs === null || !eventsWait || silentMs < suspectAfterMs) {
      called = undefined;
      return false;
    }
    if (called?.pid !== pid) {
      called = { pid, at: now };
      await notify();
      return false;
    }
    const calledForMs = now - called.at;
    if (silentMs < calledForMs) {
      called = undefined; // it answered; silent since then, it is called anew
      return false;
    }
    if (calledForMs < suspectAfterMs) return false;
    return (await database.run(sql.depose, [pid, calledForMs])).some(({ ended }) => ended);
  }

  return {
    async claim(onNotified, suspectAfterMs) {
      const [holder] = await database.run(sql.look, []);
      if (holder?.pid != null && !(await isDeposed(holder, suspectAfterMs))) {
        const lookAgainMs = holder.eventsWait ? suspectAfterMs / 2 : undefined;
        return { claim: null, lookAgainMs };
      }
      called = undefined;
      const session = await database.openSession("relay");
      try {
        const [row] = await session.run(sql.claim, []);
        if (row?.claimed) {
          await session.listen(channel, onNotified);
          return { claim: claimOn(session) };
        }
      } catch (error) {
        await session.close();
        throw error;
      }
      await session.close();
      return { claim: null };
    },
    notify,
    async status() {
      const [counts] = await database.run(sql.backlog, []);
      const subscriptions = await database.run(sql.standing, []);
      return { claimed: false, backlog: 0, oldestAt: null, archived: 0, ...counts, subscriptions };
    },
    async find({ id, key, trace, from, to, limit = 100 }) {
      const values = [id ?? null, key ?? null, trace ?? null, from ?? null, to ?? null, limit];
      const rows = await database.run(sql.find, values);
      return rows.map((row) => ({ event: toEvent(row), delivered: row.delivered }));
    },
    read: async (after, limit) =>
      (await database.run(sql.history, [after, null, limit])).map(toArchived),
    last: async () => (await database.run(sql.last, [])).map(toArchived)[0],
    pause: async (subscription) => (await database.run(sql.pause, [subscription])).length > 0,
    resume: async (subscription, rewind) =>
      (
        await database.run(sql.resume, [
          subscription,
          wordOf(rewind),
          rewind instanceof Date ? rewind : null,
        ])
      ).length > 0,
    forget: async (subscription) =>
      (await database.run(sql.forgetSubscription, [subscription])).length > 0,
  };
}

function claimOn(session: Session): Claim {
  return {
    lost: session.lost,
    fetch: async (inFlight, limit) =>
      (await session.run(sql.fetch, [inFlight, limit])).map(toEvent),
    async archive(events) {
      await session.run(sql.archive, [events.map((event) => event.id)]);
    },
    async history(after, since, limit) {
      return (await session.run(sql.history, [after, since, limit])).map(toArchived);
    },
    subscriptions: () => session.run(sql.subscriptions, []),
    async register(name, from) {
      await session.run(sql.register, [name, from === "now", from instanceof Date ? from : null]);
    },
    async fallBehind(name) {
      await session.run(sql.fallBehind, [name]);
    },
    advance: async ({ name, epoch }, position) =>
      (await session.run(sql.advance, [name, epoch, position])).length > 0,
    goLive: async ({ name, epoch }) => (await session.run(sql.goLive, [name, epoch])).length > 0,
    async confirmPause(name) {
      await session.run(sql.confirmPause, [name]);
    },
    purge: async (days, limit) => (await session.run(sql.purge, [days, limit])).length,
    release: () => session.close(),
  };
}
