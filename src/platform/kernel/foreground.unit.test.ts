import { afterEach, expect, it, vi } from "vitest";
import { createForeground } from "./foreground.js";

afterEach(() => void vi.useRealTimers());

const stateOf = async (work: Promise<void>) => {
  let done = false;
  void work.then(() => (done = true));
  await vi.advanceTimersByTimeAsync(0);
  return { isDone: () => done };
};

it("lets work go at once when nobody waits", async () => {
  const { clear } = createForeground();
  await clear(60_000);
});

it("keeps work back until the last one has an answer, however often they leave", async () => {
  vi.useFakeTimers();
  const { enter, clear } = createForeground();
  const [leaveFirst, leaveSecond] = [enter(), enter()];
  const work = await stateOf(clear(60_000));
  leaveFirst();
  leaveFirst();
  await vi.advanceTimersByTimeAsync(0);
  expect(work.isDone()).toBe(false);
  leaveSecond();
  await vi.advanceTimersByTimeAsync(10);
  expect(work.isDone()).toBe(true);
});

it("expects whoever asked right after an answer to do so again", async () => {
  vi.useFakeTimers();
  const { enter, clear } = createForeground();
  const askAndLeave = () => enter()();
  askAndLeave();
  const rare = await stateOf(clear(60_000));
  expect(rare.isDone(), "after the first of them").toBe(true);

  // What was let go kept it waiting for some milliseconds.
  await vi.advanceTimersByTimeAsync(8);
  askAndLeave();
  const work = await stateOf(clear(60_000));
  expect(work.isDone(), "after two that followed closely").toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  const leaveThird = enter();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(work.isDone()).toBe(false);
  leaveThird();
  await vi.advanceTimersByTimeAsync(20);
  expect(work.isDone(), "once it does not come").toBe(true);

  askAndLeave();
  const again = await stateOf(clear(60_000));
  expect(again.isDone(), "after one that came late").toBe(true);
});

it("keeps work back no longer than it can wait", async () => {
  vi.useFakeTimers();
  const { enter, clear } = createForeground();
  enter();
  const work = await stateOf(clear(100));
  await vi.advanceTimersByTimeAsync(99);
  expect(work.isDone()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(work.isDone()).toBe(true);
});
