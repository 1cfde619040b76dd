// The relay of one outbox: claims the right to relay, relays while it has it, and begins anew when it lost it.
// One process relays at a time; the others look every few seconds whether the claim is free, and sooner when they have
// called the one that relays.
import { hourly } from "#platform/kernel";
import { backoffMs, createBell, messageOf } from "./timing.js";
import { createRun, type RelayOptions, type RelayRun } from "./run.js";
import type { Claim } from "./types.js";

/** What fails after this long failed for a reason of its own. Sooner, a claim alone proves nothing: on a full disk a
 *  relay gets it each time, offers its events, and cannot archive them. */
const STEADY_MS = 5_000;

export function createRelay(options: RelayOptions) {
  const { publisher, store, logger, timing } = options;
  const stopping = new AbortController();
  const retry = createBell();
  let run: RelayRun | undefined;
  let loop: Promise<void> | undefined;
  let notifying: Promise<void> | undefined;
  let notifyAgain = false;
  let lookSoon: NodeJS.Timeout | undefined;

  async function relayForEver(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      const beganAt = performance.now();
      let waitMs = timing.claimEveryMs * (0.9 + Math.random() * 0.1);
      try {
        const answer = await store.claim(() => {
          run?.wake();
          void run?.refresh();
        }, timing.suspectAfterMs);
        if (answer.claim) {
          await relayWith(answer.claim);
          waitMs = 0;
        } else waitMs = Math.min(waitMs, answer.lookAgainMs ?? waitMs);
        failures = 0;
      } catch (error) {
        failures = performance.now() - beganAt > STEADY_MS ? 1 : failures + 1;
        waitMs = backoffMs(failures, { firstPauseMs: 250, longestPauseMs: 2_000 });
        logger.warn(
          { outbox: publisher, error: messageOf(error) },
          "relay interrupted, trying again",
        );
      }
      if (!stopping.signal.aborted && waitMs > 0) await retry.wait(waitMs);
    }
  }

  async function relayWith(claim: Claim): Promise<void> {
    const current = createRun(claim, options);
    run = current;
    const endPurging = hourly(() => {
      current.purge().catch((error: unknown) => {
        logger.warn(
          { outbox: publisher, error: messageOf(error) },
          "purge failed, trying again in an hour",
        );
      });
    });
    logger.info({ outbox: publisher }, "relaying");
    // Whoever relayed before may have died, or lost the answer, between the archive's growth and this word of it.
    options.onArchived();
    try {
      await current.relay(stopping.signal);
    } finally {
      run = undefined;
      endPurging();
      await claim.release().catch(() => undefined);
    }
  }

  /** To the process that relays. One at a time, and one more for all that came meanwhile. */
  function notifyOthers(): void {
    // Should it not be there any more, its successor need not wait for its turn to look.
    lookSoon ??= setTimeout(() => {
      lookSoon = undefined;
      retry.ring();
    }, timing.suspectAfterMs / 2);
    if (notifying) {
      notifyAgain = true;
      return;
    }
    notifying = store
      .notify()
      .catch(() => undefined) // the poll of the other process is the net
      .finally(() => {
        notifying = undefined;
        if (notifyAgain) {
          notifyAgain = false;
          notifyOthers();
        }
      });
  }

  return {
    start: () => void (loop ??= relayForEver()),
    wake: (): void => {
      if (run) run.wake();
      else if (loop && !stopping.signal.aborted) notifyOthers();
    },
    /** After a change of `outbox_subscriptions`. */
    async refresh(): Promise<void> {
      if (run) await run.refresh();
      else await store.notify();
    },
    purge: async () => run?.purge(),
    /** Null while another process relays. */
    inFlight: () => run?.inFlight() ?? null,
    isRelaying: () => run !== undefined,
    /** Delivers what is in flight, within `graceMs`, and gives the claim back. */
    stop: async (graceMs = 5_000): Promise<void> => {
      await run?.drain(graceMs);
      stopping.abort();
      clearTimeout(lookSoon);
      retry.ring();
      await loop;
      await notifying;
    },
  };
}
