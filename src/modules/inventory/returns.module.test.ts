// A cancelled order gives back what it took, once, whichever of sale and cancellation comes first.
import { describe, expect, it } from "vitest";
import {
  addDish,
  eventsOf,
  inventory,
  line,
  newOrderId,
  settle,
  stockOf,
  takeBack,
  useInventory,
} from "./testing.js";

useInventory();

const reserve = async (orderId: string, productId: string, quantity: number) =>
  inventory.reservations.reserve({ orderId, lines: [line(productId, quantity)] });
const movementsOf = async (productId: string) =>
  (await inventory.movements.list({ productId })).items.toReversed();
const soldOf = async (productId: string) =>
  (await inventory.stock.summary({})).items.find((row) => row.productId === productId)?.sold;

describe("taking a cancelled order back", () => {
  it("puts uncooked portions back and counts cooked ones as waste", async () => {
    const dish = await addDish(10);
    const orderId = newOrderId();
    await reserve(orderId, dish, 5);
    await settle(orderId, [{ productId: dish, quantity: 5 }]);
    await takeBack(orderId, [
      { productId: dish, quantity: 3, outcome: "restock" },
      { productId: dish, quantity: 2, outcome: "waste" },
    ]);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });
    expect((await movementsOf(dish)).slice(2)).toMatchObject([
      {
        id: `${orderId}:${dish}:restocked`,
        sequence: 3,
        type: "restocked",
        quantity: 5,
        reason: "Ordered twice",
        reference: orderId,
        actor: { id: "staff-2", name: "Manager" },
      },
      { id: `${orderId}:${dish}:waste`, sequence: 4, type: "waste", quantity: -2 },
    ]);
    expect(await soldOf(dish)).toBe(0);
    expect((await eventsOf(dish)).slice(-2).map(({ data }) => data)).toMatchObject([
      { reason: "restocked", change: { onHand: 5, available: 5 }, level: { onHand: 8 } },
      { reason: "waste", change: { onHand: -2, available: -2 }, level: { onHand: 8 } },
    ]);
  });

  it("does it once, though the event comes again, at once, or after a restart", async () => {
    const dish = await addDish(10);
    const orderId = newOrderId();
    await reserve(orderId, dish, 2);
    await settle(orderId, [{ productId: dish, quantity: 2 }]);
    const lines = [{ productId: dish, quantity: 2, outcome: "restock" }] as const;
    await Promise.all([takeBack(orderId, lines), takeBack(orderId, lines)]);
    await takeBack(orderId, lines);
    await settle(orderId, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 10, reserved: 0, available: 10 });
    expect(await movementsOf(dish)).toHaveLength(3);
  });

  it("settles the sale first where the cancellation overtook it", async () => {
    const dish = await addDish(10);
    const orderId = newOrderId();
    await reserve(orderId, dish, 4);
    const lines = [{ productId: dish, quantity: 4, outcome: "waste" }] as const;
    await Promise.all([takeBack(orderId, lines), settle(orderId, lines)]);
    await settle(orderId, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 6, reserved: 0, available: 6 });
    expect((await movementsOf(dish)).map(({ type, quantity }) => [type, quantity])).toEqual([
      ["received", 10],
      ["sold", -4],
      ["restocked", 4],
      ["waste", -4],
    ]);
    expect(await soldOf(dish)).toBe(0);
  });

  it("moves no stock that is not counted, and still knows that it was not sold", async () => {
    const tea = await addDish(null, "Tea");
    const orderId = newOrderId();
    await reserve(orderId, tea, 3);
    await settle(orderId, [{ productId: tea, quantity: 3 }]);
    expect(await soldOf(tea)).toBe(3);
    await takeBack(orderId, [{ productId: tea, quantity: 3, outcome: "waste" }]);
    expect(await soldOf(tea)).toBe(0);
    expect((await movementsOf(tea)).map(({ quantity }) => quantity)).toEqual([0, 0, 0]);
  });

  it("puts back onto a shelf that is counted now, whatever it was at the sale", async () => {
    const tea = await addDish(null, "Tea");
    const orderId = newOrderId();
    await reserve(orderId, tea, 3);
    await settle(orderId, [{ productId: tea, quantity: 3 }]);
    await inventory.products.update({ id: tea, version: 1, tracked: true });
    await inventory.movements.record({
      productId: tea,
      type: "recount",
      quantity: 7,
      reason: "Counting starts",
    });
    await takeBack(orderId, [{ productId: tea, quantity: 3, outcome: "restock" }]);
    expect(await stockOf(tea)).toEqual({ onHand: 10, reserved: 0, available: 10 });
    expect(await soldOf(tea)).toBe(0);
  });

  it("is left to a person when a product is unknown", async () => {
    const lines = [{ productId: newOrderId(), quantity: 1, outcome: "restock" }] as const;
    await expect(takeBack(newOrderId(), lines)).rejects.toThrow(/unknown product/);
  });
});
