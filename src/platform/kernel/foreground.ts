// Those who wait for an answer, as the work behind them sees it: it lets them go first, for a while.

/** Whoever asks again this soon after an answer will probably do so after the next one too: longer than such a one needs,
 *  as what was let go in between keeps it waiting. */
const FOLLOWS_MS = 10;
/** Then the next one is waited for so long. */
const SOON_MS = 2;

export interface Foreground {
  /** Somebody waits for an answer; call what it gives once they have it. */
  enter(): () => void;
  /** Resolves as soon as nobody waits or is expected, at the latest after `longestMs`. */
  clear(longestMs: number): Promise<void>;
}

export function createForeground(): Foreground {
  let waiting = 0;
  let isCalm = true;
  let lastLeftAt = -Infinity;
  let isNextExpected = false;
  let calmSoon: NodeJS.Timeout | undefined;
  const watchers = new Set<() => void>();

  function calm(): void {
    isCalm = true;
    for (const watcher of watchers) watcher();
  }

  function leave(): void {
    waiting -= 1;
    if (waiting > 0) return;
    lastLeftAt = performance.now();
    if (isNextExpected) calmSoon = setTimeout(calm, SOON_MS);
    else calm();
  }

  return {
    enter() {
      if (waiting === 0) isNextExpected = performance.now() - lastLeftAt <= FOLLOWS_MS;
      waiting += 1;
      isCalm = false;
      clearTimeout(calmSoon);
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
    clear(longestMs) {
      if (isCalm || longestMs <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          watchers.delete(done);
          resolve();
        };
        const timer = setTimeout(done, longestMs);
        watchers.add(done);
      });
    },
  };
}
