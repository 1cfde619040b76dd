// The bell of the kitchen, made by the browser itself: it needs no file and no network. Browsers stay silent until
// somebody has touched the page, so it also knows whether it can be heard.
import { useSyncExternalStore } from "react";

let context: AudioContext | undefined;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** To be called at a touch or a key: from then on the bell is heard. Without one before it, nothing happens. */
export async function allowSound(): Promise<void> {
  if (!navigator.userActivation.hasBeenActive) return;
  if (!context) {
    context = new AudioContext();
    context.addEventListener("statechange", tell);
  }
  if (context.state === "suspended") await context.resume().catch(() => undefined);
  tell();
}

function play(notes: readonly { readonly hertz: number; readonly at: number }[]): void {
  const audio = context;
  if (audio?.state !== "running") return;
  for (const { hertz, at } of notes) {
    const start = audio.currentTime + at;
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.type = "triangle";
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.6, start + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.55);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.6);
  }
}

/** Up for something new. */
export const ringArrival = () =>
  play([
    { hertz: 784, at: 0 },
    { hertz: 1047, at: 0.16 },
  ]);

/** Down for something cancelled. */
export const ringCancellation = () =>
  play([
    { hertz: 523, at: 0 },
    { hertz: 392, at: 0.2 },
    { hertz: 392, at: 0.4 },
  ]);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** False while the browser keeps the page silent. */
export const useAudible = (): boolean =>
  useSyncExternalStore(subscribe, () => context?.state === "running");
