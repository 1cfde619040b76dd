// Waits for a server for as long as it tells that it is at work, and no longer.

export interface Patience {
  /** It said something. */
  heard(): void;
  end(): void;
}

/** `onSilence` is called once, when nothing was heard for `silentMs`. */
export function createPatience(silentMs: number, onSilence: () => void): Patience {
  let timer = setTimeout(onSilence, silentMs);
  let ended = false;
  return {
    heard() {
      if (ended) return;
      clearTimeout(timer);
      timer = setTimeout(onSilence, silentMs);
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
