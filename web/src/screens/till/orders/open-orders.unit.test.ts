// An order is as far as the station that is furthest behind, and served only when its tickets say so.
import { expect, it } from "vitest";
import { createProgress, progressByOrder } from "./open-orders.js";

it("takes the least advanced ticket of an order, and leaves cancelled ones out", () => {
  const progress = progressByOrder([
    { orderId: "a", status: "ready" },
    { orderId: "a", status: "cooking" },
    { orderId: "b", status: "new" },
    { orderId: "c", status: "cooking", cancelledAt: "2026-11-25T05:00:00Z" },
    { orderId: "d", status: "served" },
  ]);
  expect([...progress]).toEqual([
    ["a", "cooking"],
    ["b", "new"],
    ["d", "served"],
  ]);
});

it("says of an order what its tickets tell, that it has none, or nothing", () => {
  const open = { items: [{ orderId: "a", status: "ready" }], nextCursor: null };
  const closedAt = "2026-11-25T05:00:00.000Z";
  const closed = {
    items: [
      { orderId: "a", status: "served", closedAt },
      { orderId: "b", status: "served", closedAt },
    ],
    nextCursor: "more" as string | null,
  };
  const before = "2026-11-25T04:59:00.000Z";
  const after = "2026-11-25T05:01:00.000Z";
  const progressOf = createProgress(open, closed);
  expect(progressOf({ id: "a", placedAt: before })).toBe("ready");
  expect(progressOf({ id: "b", placedAt: before })).toBe("served");
  expect(progressOf({ id: "late", placedAt: after })).toBe("absent");
  expect(progressOf({ id: "old", placedAt: before })).toBeUndefined();
  const all = createProgress(open, { ...closed, nextCursor: null });
  expect(all({ id: "old", placedAt: before })).toBe("absent");
  const many = createProgress({ ...open, nextCursor: "more" }, closed);
  expect(many({ id: "late", placedAt: after })).toBeUndefined();
});
