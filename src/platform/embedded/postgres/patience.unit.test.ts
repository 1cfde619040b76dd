// A recovery that takes longer than any limit tells every ten seconds how far it is.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPatience } from "./patience.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits for one that speaks however long it takes, and not for one that fell silent", () => {
  const stop = vi.fn<() => void>();
  const patience = createPatience(180_000, stop);
  for (let n = 0; n < 360; n++) {
    vi.advanceTimersByTime(10_000);
    patience.heard();
  }
  expect(stop).not.toHaveBeenCalled();
  vi.advanceTimersByTime(180_000);
  expect(stop).toHaveBeenCalledTimes(1);
});

it("stops nothing once it is up, whatever it says from then on", () => {
  const stop = vi.fn<() => void>();
  const patience = createPatience(180_000, stop);
  patience.end();
  patience.heard();
  vi.advanceTimersByTime(3_600_000);
  expect(stop).not.toHaveBeenCalled();
});
