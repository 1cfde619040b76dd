// What an order may ask for, by its contract alone.
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { money } from "#platform/kernel";
import { PlaceOrder } from "./contract.js";

const dear = money(1_000_000_000, "IRR");
const costing = (amount: number) => ({
  serviceType: "dine-in",
  lineItems: [{ id: randomUUID(), productId: randomUUID(), quantity: 2, unitPrice: dear }],
  expectedTotal: money(amount, "IRR"),
  payment: { method: "cash", tendered: money(amount, "IRR") },
});

it("lets the whole order cost more than any one dish may", () => {
  expect(PlaceOrder.safeParse(costing(2_000_000_000)).success).toBe(true);
  expect(PlaceOrder.safeParse(costing(-1)).error?.issues.map(({ message }) => message)).toEqual([
    "An amount is not negative",
    "An amount is not negative",
  ]);
});
