// Those who wait for an answer, as the work behind them sees it: it lets them go first, for a while.

export interface Foreground {
  /** Somebody waits for an answer; call what it gives once they have it. */
  enter(): () => void;
  /** Resolves as soon as nobody waits, at the latest after `longestMs`. */
  clear(longestMs: number): Promise<void>;
}

export function createForeground(): Foreground {
  let waiting = 0;
  const watchers = new Set<() => void>();

  return {
    enter() {
      waiting += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        waiting -= 1;
        if (waiting === 0) for (const watcher of watchers) watcher();
      };
    },
    clear(longestMs) {
      if (waiting === 0 || longestMs <= 0) return Promise.resolve();
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
