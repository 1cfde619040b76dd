// Those who wait for an answer, as the work behind them sees it: it lets them go first, for a while.

/** Whoever has an answer may well ask again at once: so long nobody must have waited. */
const CALM_MS = 2;

export interface Foreground {
  /** Somebody waits for an answer; call what it gives once they have it. */
  enter(): () => void;
  /** Resolves as soon as nobody waits, at the latest after `longestMs`. */
  clear(longestMs: number): Promise<void>;
}

export function createForeground(): Foreground {
  let waiting = 0;
  let isCalm = true;
  let calmSoon: NodeJS.Timeout | undefined;
  const watchers = new Set<() => void>();

  function calm(): void {
    isCalm = true;
    for (const watcher of watchers) watcher();
  }

  return {
    enter() {
      waiting += 1;
      isCalm = false;
      clearTimeout(calmSoon);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        waiting -= 1;
        if (waiting === 0) calmSoon = setTimeout(calm, CALM_MS);
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
