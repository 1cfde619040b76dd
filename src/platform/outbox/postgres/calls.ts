// Calls between processes by LISTEN/NOTIFY, for an outbox whose own store has no way to call. Best effort: what is not
// heard is found by the poll.
import { setTimeout as pause } from "node:timers/promises";
import type { Runner, Session } from "#platform/db";
import { backoffMs } from "../timing.js";
import * as sql from "./outbox-statements.js";

export interface Calls {
  /** Tells whoever relays this outbox. */
  send(outbox: string): Promise<void>;
  /** Answers with the way to stop. */
  listen(outbox: string, onCall: () => void): () => Promise<void>;
}

const BACKOFF = { firstPauseMs: 500, longestPauseMs: 30_000 };
/** One that only listens would never learn that its connection is gone without a word, or was forgotten on the way because
 *  nothing came over it. */
const LOOK_EVERY_MS = 30_000;

/** On connections of this module; any will do, since a channel belongs to the whole database. */
export function createCalls(
  database: Runner & { openSession(purpose: string): Promise<Session> },
  lookEveryMs = LOOK_EVERY_MS,
): Calls {
  return {
    async send(outbox) {
      const channel = sql.channelOf(outbox);
      await database.run(sql.notify, [channel]);
    },
    listen(outbox, onCall) {
      const stopping = new AbortController();

      async function listenOnce(): Promise<void> {
        const session = await database.openSession("calls");
        try {
          await session.listen(sql.channelOf(outbox), onCall);
          onCall(); // for what was sent before
          const over = AbortSignal.any([session.lost, stopping.signal]);
          while (!over.aborted) {
            await pause(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
            if (!over.aborted) await session.run(sql.ping, []);
          }
        } finally {
          await session.close();
        }
      }
      async function listenForEver(): Promise<void> {
        for (let failures = 0; !stopping.signal.aborted; failures++) {
          const from = performance.now();
          await listenOnce().catch(() => undefined);
          if (performance.now() - from > BACKOFF.longestPauseMs) failures = 0;
          await pause(backoffMs(failures + 1, BACKOFF), undefined, {
            signal: stopping.signal,
          }).catch(() => undefined);
        }
      }

      const listening = listenForEver();
      return async () => {
        stopping.abort();
        await listening;
      };
    },
  };
}
