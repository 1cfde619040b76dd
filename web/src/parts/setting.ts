// A choice that this device remembers: language, sound, a draft. Every window of the device sees it at once.
import { useSyncExternalStore } from "react";

export interface Setting<T> {
  get(this: void): T;
  set(this: void, value: T): void;
  subscribe(this: void, listener: () => void): () => void;
}

/** `read` turns what is stored (or null) into a value, and must take anything: people edit storage. */
export function createSetting<T>(key: string, read: (stored: unknown) => T): Setting<T> {
  const name = `tiffin.${key}`;
  const listeners = new Set<() => void>();
  const load = () => {
    try {
      return read(JSON.parse(localStorage.getItem(name) ?? "null"));
    } catch {
      return read(null);
    }
  };
  let value = load();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  window.addEventListener("storage", (event) => {
    if (event.key !== name) return;
    value = load();
    tell();
  });
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(name, JSON.stringify(next));
      } catch {
        // A full or forbidden storage: the choice then lasts as long as the page.
      }
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useSetting = <T>(setting: Setting<T>): T =>
  useSyncExternalStore(setting.subscribe, setting.get);
