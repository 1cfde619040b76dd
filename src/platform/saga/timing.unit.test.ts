// How long a step waits before it is tried again.
import { expect, it } from "vitest";
import { backoffMs } from "./timing.js";

it("waits twice as long each time, up to the longest pause, and never as long as another may", () => {
  const pauses = (random: number) =>
    [1, 2, 3, 9, 30].map((attempts) => backoffMs(attempts, 2_000, () => random));
  expect(pauses(0)).toEqual([25, 50, 100, 1_000, 1_000]);
  expect(pauses(1)).toEqual([50, 100, 200, 2_000, 2_000]);
});
