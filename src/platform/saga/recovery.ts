// The loop that finds abandoned sagas. It never ends by itself: a failed round is only logged, and tried again.
import { type Logger, messageOf } from "./timing.js";

/** One query each 10 s when idle; a lease lasts 10 s, so a crashed process's sagas go on within 20 s at the latest. */
const ROUND_MS = 10_000;
/** After a failed round, and while there is more to take over. */
const SOON_MS = 1_000;

export function createRecovery({
  recover,
  logger,
}: {
  /** One round; answers how many sagas it took over. */
  recover: (first: boolean) => Promise<number>;
  logger: Logger;
}) {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let ended = false;
  let first = true;

  async function round(): Promise<void> {
    let nextMs = ROUND_MS;
    try {
      if ((await recover(first)) > 0) nextMs = SOON_MS;
      first = false;
    } catch (error) {
      nextMs = SOON_MS;
      logger.warn({ error: messageOf(error) }, "saga recovery failed, trying again");
    }
    schedule(nextMs);
  }

  function schedule(ms: number): void {
    if (ended) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      current = round();
    }, ms);
  }

  return {
    begin: () => schedule(0),
    wake: () => schedule(0),
    async end(): Promise<void> {
      ended = true;
      clearTimeout(timer);
      await current;
    },
  };
}
