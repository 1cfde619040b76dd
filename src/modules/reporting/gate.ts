// Lets a few through at a time. The others wait, but not for long: reports that pile up behind a slow one must not take
// the connections that counting needs.
import { availableParallelism } from "node:os";

/** One processor stays with the orders, where there are two: a report that runs away burns the one that it has. */
export const REPORTS_AT_A_TIME = Math.min(2, Math.max(1, availableParallelism() - 1));

export interface Gate {
  /** @throws Crowded when nobody left in time */
  pass<T>(work: () => Promise<T>): Promise<T>;
}

export class Crowded extends Error {
  override name = "Crowded";
}

export function createGate({ width, patienceMs }: { width: number; patienceMs: number }): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();

  function enter(): Promise<void> {
    if (inside < width) {
      inside += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(follow);
        reject(new Crowded(`${width} reports are being made, and none ended in time`));
      }, patienceMs);
      const follow = () => {
        clearTimeout(timer);
        resolve();
      };
      waiting.add(follow);
    });
  }

  /** Whoever waits longest takes the place. */
  function leave(): void {
    const [next] = waiting;
    if (next === undefined) inside -= 1;
    else {
      waiting.delete(next);
      next();
    }
  }

  return {
    async pass(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
