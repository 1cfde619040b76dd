// A placed order takes its dishes for good: once, whatever is repeated, delayed or lost.
import { describe, expect, it } from "vitest";
import { tidyUp } from "./commands/settle.js";
import { fileMovements } from "./repository/movements.js";
import { soldMovementId } from "./rules/settlement.js";
import {
  addDish,
  eventsOf,
  inventory,
  line,
  models,
  newOrderId,
  parts,
  settle,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

async function placed(...dishes: { productId: string; quantity: number }[]) {
  const orderId = newOrderId();
  const lines = dishes.map(({ productId, quantity }) => line(productId, quantity));
  await inventory.reservations.reserve({ orderId, lines });
  return orderId;
}

const movementsOf = async (productId: string) =>
  (await inventory.movements.list({ productId })).items;

/** As a request does that was delayed past everything: the reservation is there again, its stock held again. */
async function reappear(orderId: string, productId: string, held: number) {
  await models.products.updateOne(
    { _id: productId },
    {
      $inc: { available: -held, reserved: held },
      $push: { reservations: { orderId, quantity: held, held, at: new Date(0) } },
    },
  );
}

describe("settling a placed order", () => {
  it("turns its reservations into movements that name the order and who placed it", async () => {
    const [dish, tea] = [await addDish(10), await addDish(null, "Tea")];
    const lines = [
      { productId: dish, quantity: 2 },
      { productId: tea, quantity: 3 },
    ];
    const orderId = await placed(...lines);
    await settle(orderId, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });
    const [sold] = await movementsOf(dish);
    expect(sold).toMatchObject({
      id: `${orderId}:${dish}:sold`,
      sequence: 2,
      type: "sold",
      quantity: -2,
      uncounted: 0,
      reference: orderId,
      actor: { id: "staff-1", name: "Cashier" },
    });
    expect(await movementsOf(tea)).toMatchObject([{ type: "sold", quantity: 0, uncounted: 3 }]);
    expect((await eventsOf(dish)).at(-1)?.data).toMatchObject({
      change: { onHand: -2, reserved: -2, available: 0 },
      reason: "sold",
      level: { onHand: 8, reserved: 0, available: 8 },
    });
    const { items } = await inventory.reservations.list({});
    expect(items.filter((held) => held.orderId === orderId)).toEqual([]);
  });

  it("adds lines of the same product up", async () => {
    const dish = await addDish(10);
    const orderId = await placed({ productId: dish, quantity: 3 });
    await settle(orderId, [
      { productId: dish, quantity: 1 },
      { productId: dish, quantity: 2 },
    ]);
    expect(await stockOf(dish)).toEqual({ onHand: 7, reserved: 0, available: 7 });
  });

  it("takes stock once, though the event comes again, at once, or before its movement was filed", async () => {
    const dish = await addDish(10);
    const lines = [{ productId: dish, quantity: 2 }];
    const orderId = await placed(...lines);
    await Promise.all([settle(orderId, lines), settle(orderId, lines), settle(orderId, lines)]);
    await settle(orderId, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });
    expect(await movementsOf(dish)).toHaveLength(2);
  });

  it("gives back a reservation that reappeared after its sale, when the event comes again", async () => {
    const dish = await addDish(10);
    const lines = [{ productId: dish, quantity: 2 }];
    const orderId = await placed(...lines);
    await settle(orderId, lines);
    await reappear(orderId, dish, 2);
    await settle(orderId, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });
  });

  it("gives back a reservation that reappeared after its sale, when the stock is tidied up", async () => {
    const dish = await addDish(10);
    const lines = [{ productId: dish, quantity: 2 }];
    const orderId = await placed(...lines);
    const unsold = await placed(...lines);
    await settle(orderId, lines);
    await models.products.updateOne({ _id: dish }, { $set: { "reservations.0.at": new Date(0) } });
    await reappear(orderId, dish, 2);
    expect(await tidyUp(parts)).toEqual({ filed: 0, ghosts: 1 });
    // The other one is as old, but nobody knows yet how its order ends.
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 2, available: 6 });
    expect(await inventory.reservations.release({ orderId: unsold, productIds: [dish] })).toEqual({
      released: true,
    });
  });

  it("takes a sale that nothing reserves from what is available, and refuses when that is too little", async () => {
    const dish = await addDish(3);
    const lines = [{ productId: dish, quantity: 2 }];
    await settle(newOrderId(), lines);
    expect(await stockOf(dish)).toEqual({ onHand: 1, reserved: 0, available: 1 });
    await expect(settle(newOrderId(), lines)).rejects.toThrow(/recount/);
    expect(await stockOf(dish)).toEqual({ onHand: 1, reserved: 0, available: 1 });
  });

  it("settles what was held, though counting was turned on or off meanwhile", async () => {
    const dish = await addDish(10);
    const lines = [{ productId: dish, quantity: 2 }];
    const counted = await placed(...lines);
    await inventory.products.update({ id: dish, version: 1, tracked: false });
    const uncounted = await placed(...lines);
    await inventory.products.update({ id: dish, version: 2, tracked: true });
    await settle(counted, lines);
    await settle(uncounted, lines);
    expect(await stockOf(dish)).toEqual({ onHand: 8, reserved: 0, available: 8 });
    const summary = (await inventory.stock.summary({})).items;
    expect(summary.find((product) => product.productId === dish)).toMatchObject({
      movements: 8,
      sold: 4,
    });
  });
});

describe("movements", () => {
  it("sum up to the stock on hand while they are being filed", async () => {
    const dish = await addDish(500);
    const sell = async () => {
      for (let turn = 0; turn < 12; turn++) {
        const lines = [{ productId: dish, quantity: 1 }];
        await settle(await placed(...lines), lines);
      }
    };
    let selling = true;
    const check = async () => {
      while (selling) {
        const { items } = await inventory.stock.summary({});
        const stock = items.find((product) => product.productId === dish);
        expect(stock?.movements).toBe(stock?.onHand);
        expect(stock?.sold).toBe(500 - (stock?.onHand ?? 0));
      }
    };
    const checked = check();
    await Promise.all([sell(), sell(), sell()]).finally(() => (selling = false));
    await checked;
    const listed = await inventory.movements.list({ productId: dish });
    expect(listed.items.map((movement) => movement.sequence)).toEqual(
      Array.from({ length: 37 }, (_none, index) => 37 - index),
    );
  });

  it("are filed once, though filing was interrupted between its two steps", async () => {
    const dish = await addDish(5);
    const product = await models.products.findById(dish).lean();
    const [opening] = product?.unfiled ?? [];
    if (!opening) throw new Error("a new product's first count waits in it");
    await models.movements.insertMany([opening]);
    const before = await inventory.movements.list({ productId: dish });
    expect(before.items).toHaveLength(1);
    await fileMovements(models);
    const after = await inventory.movements.list({ productId: dish });
    expect(after).toEqual(before);
    expect((await models.products.findById(dish).lean())?.unfiled).toEqual([]);
    expect(soldMovementId({ orderId: "o", productId: "p" })).toBe("o:p:sold");
  });

  it("page from the newest to the oldest", async () => {
    const dish = await addDish(5);
    for (let turn = 0; turn < 4; turn++) {
      await inventory.movements.record({ productId: dish, type: "received", quantity: 1 });
    }
    const first = await inventory.movements.list({ productId: dish, limit: 3 });
    expect(first.items.map((movement) => movement.sequence)).toEqual([5, 4, 3]);
    const cursor = first.nextCursor ?? "";
    const second = await inventory.movements.list({ productId: dish, limit: 3, cursor });
    expect(second.items.map((movement) => movement.sequence)).toEqual([2, 1]);
    expect(second.nextCursor).toBeNull();
  });
});
