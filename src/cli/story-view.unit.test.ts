import { expect, it } from "vitest";
import type { Story, StoryEntry } from "../system/story/contract.js";
import { renderStory, since } from "./story-view.js";

const entry = (over: Partial<StoryEntry>): StoryEntry => ({
  id: "1",
  at: "2026-11-25T10:00:00.000Z",
  module: "orders",
  kind: "saga",
  title: "orders.place-order.v1 started",
  outcome: "done",
  ...over,
});
const story: Story = {
  orderId: "01a213c9-0444-76a7-8cda-48bc90b57401",
  number: 7,
  status: "placed",
  total: { amount: 7350, currency: "MMK" },
  from: "2026-11-25T10:00:00.000Z",
  to: "2026-11-25T10:00:00.080Z",
  traces: ["abc"],
  entries: [
    entry({}),
    entry({
      id: "2",
      at: "2026-11-25T10:00:00.044Z",
      kind: "step",
      title: "charge",
      tookMs: 31,
      detail: `Line one\n${"x".repeat(100)}`,
      outcome: "failed",
      parent: "1",
    }),
  ],
  missing: ["payments: does not answer now"],
};

it("draws a timeline in columns, with what could not be told", () => {
  const text = renderStory(story);
  expect(text.split("\n").slice(0, 3)).toEqual([
    "Order 7 (01a213c9-0444-76a7-8cda-48bc90b57401), placed, 7,350 MMK",
    "2026-11-25T10:00:00.000Z to 2026-11-25T10:00:00.080Z, 2 entries",
    "Trace abc",
  ]);
  expect(text).toMatch(/^ +\+44 ms +✗ +orders +step + {2}charge +31 ms +Line one x+…$/m);
  expect(text).toMatch(/Not told:\n {2}payments: does not answer now$/);
  const { number: _number, status: _status, total: _total, ...unrecorded } = story;
  expect(renderStory(unrecorded)).toMatch(/^Order [\w-]+, never recorded\n/);
});

it("writes an amount in its own currency's decimals", () => {
  const total = { amount: 1250, currency: "USD" };
  expect(renderStory({ ...story, total })).toMatch(/, placed, 12\.50 USD\n/);
});

it("counts from the beginning in units that people read", () => {
  expect([12, 9_999, 10_000, 599_949, 600_000, 35_999_000, 36_000_000].map(since)).toEqual([
    "+12 ms",
    "+9999 ms",
    "+10.0 s",
    "+599.9 s",
    "+10 min",
    "+599 min",
    "+10 h",
  ]);
});
