import { expect, it } from "vitest";
import { mergeByTime } from "./merge.js";

const told = (name: string, second: number) => ({
  name,
  occurredAt: new Date(Date.UTC(2026, 10, 25, 10, 0, second)).toISOString(),
});
const names = (merged: readonly { name: string }[]) => merged.map(({ name }) => name);

it("goes by time between publishers, and the first of them where the clock shows the same", () => {
  const orders = [told("o1", 1), told("o2", 4), told("o3", 6)];
  const kitchen = [told("k1", 2), told("k2", 4), told("k3", 5)];
  expect(names(mergeByTime([orders, kitchen]))).toEqual(["o1", "k1", "o2", "k2", "k3", "o3"]);
  expect(mergeByTime([])).toEqual([]);
  expect(names(mergeByTime([[], kitchen, []]))).toEqual(["k1", "k2", "k3"]);
});

it("never lets an event overtake one of its own publisher, whatever the clock showed", () => {
  const orders = [told("o1", 9), told("o2", 1), told("o3", 3)];
  const kitchen = [told("k1", 5)];
  expect(names(mergeByTime([orders, kitchen]))).toEqual(["k1", "o1", "o2", "o3"]);
});
