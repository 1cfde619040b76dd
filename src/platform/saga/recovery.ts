// The loop that finds abandoned sagas. It never ends by itself: a failed round is only logged, and tried again.
import { type Logger, messageOf } from "./timing.js";

/** One query each 10 s when idle; a lease lasts 10 s, so a crashed process's sagas go on within 20 s at the latest. */
const ROUND_MS = 10_000;
/** After a failed round, and while there is more to take over. */
const SOON_MS = 500;

export function createRecovery({
  recover,
  logger,
}: {
  /** One round; answers whether there may be more. `first`: no round has yet found that there are none. */
  recover: (first: boolean) => Promise<boolean>;
  logger: Logger;
}) {
  let timer: NodeJS.Timeout | undefined;
  /** When it goes off. */
  let dueAt = Infinity;
  let current: Promise<void> = Promise.resolve();
  let runs = false;
  let first = true;

  async function round(): Promise<void> {
    let nextMs = ROUND_MS;
    try {
      if (await recover(first)) nextMs = SOON_MS;
      else first = false;
    } catch (error) {
      nextMs = SOON_MS;
      logger.warn({ error: messageOf(error) }, "saga recovery failed, trying again");
    }
    schedule(nextMs);
  }

  /** Never later than somebody asked for already: also not by a round that began before and saw nothing of theirs. */
  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (!runs || at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      dueAt = Infinity;
      current = current.then(round);
    }, ms);
  }

  return {
    begin(): void {
      runs = true;
      schedule(0);
    },
    wake: () => schedule(0),
    soon: () => schedule(SOON_MS),
    async end(): Promise<void> {
      runs = false;
      clearTimeout(timer);
      await current;
    },
  };
}
