// How this screen stands with the server: live, asking again and again because the stream is down, or offline.
import { useSyncExternalStore } from "react";

export interface Connection {
  readonly state: "live" | "polling" | "offline";
  /** When the screen last knew that it shows what the server has. */
  readonly freshAt: number;
}

let current: Connection = { state: "live", freshAt: Date.now() };
const listeners = new Set<() => void>();

export const connection = {
  get: () => current,
  set(state: Connection["state"]): void {
    const freshAt = state === "offline" ? current.freshAt : Date.now();
    if (state === current.state && freshAt - current.freshAt < 1_000) return;
    current = { state, freshAt };
    for (const listener of listeners) listener();
  },
  subscribe(this: void, listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export const useConnection = (): Connection =>
  useSyncExternalStore(connection.subscribe, connection.get);
