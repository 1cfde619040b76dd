// Who may lose a reservation: only an order that can no longer be placed.
import { expect, it } from "vitest";
import { isLeftOver } from "./commands/release-leftovers.js";
import type { Holder } from "./repository/reservations.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const holder = (over: Partial<Holder>): Holder => ({
  orderId: "o1",
  saga: null,
  parkedFrom: null,
  recorded: false,
  ...over,
});

it.each<[string, Partial<Holder>]>([
  ["runs, however long it takes", { saga: "running" }],
  ["is past its pivot", { saga: "finishing" }],
  ["is placed, and its sale on its way", { saga: "completed", recorded: true }],
  ["is placed, and its saga long forgotten", { recorded: true }],
  ["waits for the version that knows it", { saga: "needs-attention", parkedFrom: "running" }],
])("keeps the stock of an order that %s", (_what, over) => {
  expect(isLeftOver(holder(over), DAY)).toBe(false);
});

it.each<[string, Partial<Holder>]>([
  ["is being undone", { saga: "compensating" }],
  ["was undone", { saga: "rolled-back" }],
  ["was given up", { saga: "abandoned" }],
  ["cannot be undone", { saga: "needs-attention", parkedFrom: "compensating" }],
])("releases the stock of an order that %s", (_what, over) => {
  expect(isLeftOver(holder(over), 0)).toBe(true);
});

it("releases what nobody knows, once no request can be under way", () => {
  expect(isLeftOver(holder({}), 14 * MINUTE)).toBe(false);
  expect(isLeftOver(holder({}), 16 * MINUTE)).toBe(true);
});
