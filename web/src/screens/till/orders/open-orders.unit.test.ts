// An order is as far as the station that is furthest behind.
import { expect, it } from "vitest";
import { progressByOrder } from "./open-orders.js";

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
  ]);
});
