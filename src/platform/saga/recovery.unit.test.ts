// The loop that finds abandoned sagas, by a clock that the test moves.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createRecovery } from "./recovery.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Rounds that end when the test says so. */
function slow() {
  const ends: (() => void)[] = [];
  const running = { now: 0, most: 0 };
  const recovery = createRecovery({
    async recover() {
      running.most = Math.max(running.most, ++running.now);
      await new Promise<void>((resolve) => ends.push(resolve));
      running.now -= 1;
      return false;
    },
    logger: { warn: () => undefined, error: () => undefined },
  });
  return { recovery, ends, running };
}

it("looks again for whoever asks while it looks: what it reads may be older", async () => {
  const { recovery, ends } = slow();
  recovery.begin();
  await vi.advanceTimersByTimeAsync(0);
  recovery.wake();
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(ends).toHaveLength(2);
  recovery.soon();
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ends).toHaveLength(3);
  ends[2]?.();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(ends).toHaveLength(3);
});

it("makes one round at a time, and has ended only when no round is under way", async () => {
  const { recovery, ends, running } = slow();
  recovery.begin();
  await vi.advanceTimersByTimeAsync(0);
  recovery.wake();
  await vi.advanceTimersByTimeAsync(100);
  expect(running.most).toBe(1);
  let ended = false;
  const ending = recovery.end().then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(ended).toBe(false);
  for (const end of ends) end();
  await vi.advanceTimersByTimeAsync(0);
  for (const end of ends) end();
  await ending;
  expect(running.now).toBe(0);
});

it("takes the rounds for the first as long as there is more to take over", async () => {
  const firsts: boolean[] = [];
  const recovery = createRecovery({
    recover(first) {
      firsts.push(first);
      return Promise.resolve(firsts.length < 3);
    },
    logger: { warn: () => undefined, error: () => undefined },
  });
  recovery.begin();
  await vi.advanceTimersByTimeAsync(30_000);
  await recovery.end();
  expect(firsts.slice(0, 4)).toEqual([true, true, true, false]);
});
