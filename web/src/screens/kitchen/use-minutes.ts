// One clock for all tickets; each is drawn again only when its own minute has passed.
import { useSyncExternalStore } from "react";
import { serverNow } from "../../api/clock.js";
import { minutesSince } from "./age.js";

const TICK_MS = 5_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const one of listeners) one();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export const useMinutes = (since: string): number =>
  useSyncExternalStore(subscribe, () => minutesSince(since, serverNow()));
