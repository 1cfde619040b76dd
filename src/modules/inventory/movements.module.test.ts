// Stock that people receive, waste and count, also while it is being sold.
import { mongo } from "mongoose";
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { createFiler } from "./commands/file.js";
import { recordMovement } from "./commands/movements.js";
import { applyMovement, fileMovements } from "./repository/movements.js";
import {
  addDish,
  inventory,
  line,
  models,
  newOrderId,
  parts,
  refusalOf,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

describe("a movement", () => {
  const record = (input: Parameters<typeof inventory.movements.record>[0]) =>
    inventory.movements.record(input);

  it("adds what was received and takes what was wasted", async () => {
    const productId = await addDish(5);
    await record({ productId, type: "received", quantity: 10 });
    const { stock } = await record({ productId, type: "waste", quantity: 3, reason: "burnt" });
    expect(stock).toEqual({ onHand: 12, reserved: 0, available: 12 });
  });

  it("cannot waste what is promised to an order", async () => {
    const productId = await addDish(5);
    await inventory.reservations.reserve({ orderId: newOrderId(), lines: [line(productId, 4)] });
    const waste = record({ productId, type: "waste", quantity: 2, reason: "burnt" });
    expect(await refusalOf(waste)).toEqual({
      code: "NOT_ENOUGH_STOCK",
      status: 409,
      data: { requested: 2, available: 1 },
    });
  });

  it("sets the stock by counting, but not below what orders hold", async () => {
    const productId = await addDish(10);
    await inventory.reservations.reserve({ orderId: newOrderId(), lines: [line(productId, 4)] });
    const recount = (quantity: number) =>
      record({ productId, type: "recount", quantity, reason: "evening count" });
    expect(await refusalOf(recount(3))).toEqual({
      code: "RECOUNT_BELOW_RESERVED",
      status: 409,
      data: { counted: 3, reserved: 4 },
    });
    const { movement, stock } = await recount(7);
    expect(movement).toMatchObject({ type: "recount", quantity: -3, counted: 7 });
    expect(stock).toEqual({ onHand: 7, reserved: 4, available: 3 });
  });

  it("counts right while orders are taken", async () => {
    const productId = await addDish(100);
    const buy = () =>
      inventory.reservations.reserve({ orderId: newOrderId(), lines: [line(productId)] });
    const recount = () => record({ productId, type: "recount", quantity: 50, reason: "count" });
    await Promise.all([...Array.from({ length: 20 }, buy), recount(), recount(), recount()]);
    expect(await stockOf(productId)).toEqual({ onHand: 50, reserved: 20, available: 30 });
  });

  it("has no second effect under the same id, also at once and after it was filed", async () => {
    const productId = await addDish(5);
    const id = newId();
    const received = { productId, id, type: "received", quantity: 10 } as const;
    const answers = await Promise.all([record(received), record(received), record(received)]);
    answers.push(await record(received));
    for (const { movement } of answers) expect(movement).toEqual(answers[0]?.movement);
    expect(await stockOf(productId)).toMatchObject({ onHand: 15 });
    const other = record({ ...received, quantity: 11 });
    expect((await refusalOf(other)).code).toBe("MOVEMENT_ID_REUSED");
  });

  it("is told as recorded although filing it fails: who heard otherwise would record it twice", async () => {
    const productId = await addDish(5);
    const movements = new Proxy(models.movements, {
      get: (model, key) =>
        key === "insertMany"
          ? () => Promise.reject(new Error("the store is away"))
          : (Reflect.get(model, key) as unknown),
    });
    const failures: unknown[] = [];
    const broken = { ...models, movements };
    const filer = createFiler(broken, (error) => failures.push(error), 0);
    const recorded = await recordMovement(
      { ...parts, models: broken, filer },
      { productId, type: "received", quantity: 10, reason: "" },
      { actor: { id: "staff-1", name: "Manager" }, by: null, trace: null },
    );
    expect(recorded).toMatchObject({ kind: "recorded", stock: { onHand: 15 } });
    await filer.idle();
    expect(failures).toHaveLength(1);
    expect(await stockOf(productId)).toMatchObject({ onHand: 15 });
  });

  it("wastes nothing that an order took between the look and the write", async () => {
    const productId = await addDish(5);
    let looked = 0;
    const movements = new Proxy(models.movements, {
      get: (model, key): unknown =>
        key === "findById" && ++looked === 1
          ? () => ({
              lean: async () => {
                const orderId = newOrderId();
                await inventory.reservations.reserve({ orderId, lines: [line(productId, 4)] });
                return null;
              },
            })
          : Reflect.get(model, key),
    });
    const asked = { productId, type: "waste", quantity: 2, reason: "burnt" } as const;
    const by = { actor: { id: "a", name: "A" }, by: null, trace: null };
    expect(await recordMovement({ ...parts, models: { ...models, movements } }, asked, by)).toEqual(
      {
        kind: "not-enough",
        requested: 2,
        available: 1,
      },
    );
    expect(looked).toBe(2);
    expect(await stockOf(productId)).toMatchObject({ onHand: 5, reserved: 4, available: 1 });
  });

  it("adds up, though two products were sent it under one id at once", async () => {
    const id = newId();
    const [one, other] = [await addDish(5), await addDish(5)];
    const received = { id, type: "received", quantity: 10, reason: "" } as const;
    for (const productId of [one, other]) {
      const { id: _id, ...rest } = received;
      const fixed = { sequence: 2, uncounted: 0, counted: null, reference: null, at: new Date() };
      const movement = { _id, productId, ...rest, ...fixed, actor: { id: "a", name: "A" } };
      expect(await applyMovement(models, { movement, events: [] })).toBe(true);
    }
    let inserts = 0;
    // Of several refusals an error tells the first: here a copy from before, and one that the disk had no room for.
    const fullDisk = new Proxy(models.movements, {
      get: (model, key): unknown =>
        key === "insertMany" && ++inserts > 1
          ? () => Promise.reject(new mongo.MongoServerError({ message: "E11000", code: 11000 }))
          : Reflect.get(model, key),
    });
    await fileMovements({ ...models, movements: fullDisk });
    expect(inserts).toBe(2);
    await fileMovements(models);
    for (const productId of [one, other]) {
      expect(await stockOf(productId)).toMatchObject({ onHand: 15 });
      const { items } = await inventory.movements.list({ productId });
      expect(items.map(({ quantity }) => quantity)).toEqual([10, 5]);
    }
    expect(await models.products.countDocuments({ "unfiled.0": { $exists: true } })).toBe(0);
    expect((await refusalOf(record({ ...received, productId: other }))).code).toBe(
      "MOVEMENT_ID_REUSED",
    );
  });

  it("is summed up with those of years, of which the store never reads many at once", async () => {
    const productId = await addDish(20_000);
    const sold = 2_500;
    const all = Array.from({ length: sold }, (_, n) => ({
      _id: `${productId}:${n}`,
      productId,
      sequence: n + 2,
      type: "sold" as const,
      quantity: -1,
      uncounted: 0,
      counted: null,
      reason: "",
      reference: null,
      actor: { id: "a", name: "A" },
      at: new Date(),
    }));
    for (let from = 0; from < sold; from += 1_000)
      await models.movements.insertMany(all.slice(from, from + 1_000), { lean: true });
    // The last is filed already, and has not left its product yet.
    const change = { onHand: -sold, available: -sold, moves: sold };
    await models.products.updateOne(
      { _id: productId },
      { $inc: change, $push: { unfiled: all.at(-1) } },
    );
    const asked: object[] = [];
    const client = models.movements.db.getClient();
    const listen = ({ command }: mongo.CommandStartedEvent) => {
      const { pipeline, filter } = command as { pipeline?: { $match: object }[]; filter?: object };
      const of = command["aggregate"] ?? command["find"];
      if (of === "stock_movements") asked.push(pipeline?.[0]?.$match ?? filter ?? {});
    };
    client.on("commandStarted", listen);
    const { items } = await inventory.stock.summary({});
    client.off("commandStarted", listen);
    expect(items.find((row) => row.productId === productId)).toMatchObject({
      onHand: 17_500,
      movements: 17_500,
      sold,
    });
    expect(asked.length).toBeGreaterThan(2);
    for (const filter of asked)
      expect(await models.movements.countDocuments(filter)).toBeLessThanOrEqual(1_000);
  });

  it("is refused where stock is not counted", async () => {
    const productId = await addDish(null);
    const received = record({ productId, type: "received", quantity: 1 });
    expect((await refusalOf(received)).code).toBe("NOT_TRACKED");
  });

  it.each([0, -1, 1.5, 1e9, Number.NaN])("is refused with a quantity of %s", async (quantity) => {
    const productId = await addDish(1);
    const received = record({ productId, type: "received", quantity });
    expect((await refusalOf(received)).code).toBe("INVALID_INPUT");
  });
});
