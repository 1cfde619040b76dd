// Any sequence of commands, with repetitions and delays as they come, leaves the stock as a model of a few lines says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { tidyUp } from "./commands/settle.js";
import {
  addDish,
  expectBooksToAddUp,
  inventory,
  line,
  newOrderId,
  parts,
  settle,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

const OPENING = 8;

/** Two dishes; an order is open, held, sold or barred. */
interface Model {
  readonly onHand: [number, number];
  readonly orders: Map<number, { state: "held" | "sold" | "barred"; wants: [number, number] }>;
  readonly movements: Set<number>;
}
interface Real {
  readonly dishes: [string, string];
  readonly orderIds: string[];
  readonly movementIds: string[];
}

const held = (model: Model, dish: 0 | 1) =>
  [...model.orders.values()]
    .filter((order) => order.state === "held")
    .reduce((sum, order) => sum + order.wants[dish], 0);
const available = (model: Model, dish: 0 | 1) => model.onHand[dish] - held(model, dish);

type Command = fc.AsyncCommand<Model, Real>;
const command = (
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Command => ({
  check,
  async run(model, real) {
    await run(model, real);
    for (const dish of [0, 1] as const) {
      expect(await stockOf(real.dishes[dish])).toEqual({
        onHand: model.onHand[dish],
        reserved: held(model, dish),
        available: available(model, dish),
      });
    }
  },
  toString: () => name,
});

const linesOf = ({ dishes }: Real, wants: readonly [number, number]) =>
  ([0, 1] as const)
    .filter((dish) => wants[dish] > 0)
    .map((dish) => line(dishes[dish], wants[dish]));
const isDone = (call: Promise<unknown>) =>
  call.then(
    () => true,
    () => false,
  );

const reserve = (order: number, wants: [number, number]): Command =>
  command(
    `reserve(${order}, ${wants.join("+")})`,
    async (model, real) => {
      const known = model.orders.get(order);
      const asked = known?.wants ?? wants;
      const lines = linesOf(real, asked);
      const orderId = real.orderIds[order] ?? "";
      const done = await isDone(inventory.reservations.reserve({ orderId, lines }));
      if (known) {
        // Sold: what was sold is not asked for again in earnest; whatever it holds now is a ghost, tidied up below.
        expect(done).toBe(known.state === "held");
        return;
      }
      const fits = available(model, 0) >= asked[0] && available(model, 1) >= asked[1];
      expect(done).toBe(fits);
      model.orders.set(order, { state: fits ? "held" : "barred", wants: asked });
    },
    (model) => model.orders.get(order)?.state !== "sold",
  );

const release = (order: number): Command =>
  command(`release(${order})`, async (model, real) => {
    const orderId = real.orderIds[order] ?? "";
    await inventory.reservations.release({ orderId, productIds: [...real.dishes] });
    const known = model.orders.get(order);
    if (known?.state === "sold") return;
    model.orders.set(order, { state: "barred", wants: known?.wants ?? [1, 1] });
  });

const sell = (order: number): Command =>
  command(
    `sell(${order})`,
    async (model, real) => {
      const known = model.orders.get(order);
      if (!known) return;
      const lines = linesOf(real, known.wants);
      await settle(real.orderIds[order] ?? "", lines);
      if (known.state === "held") {
        model.onHand[0] -= known.wants[0];
        model.onHand[1] -= known.wants[1];
      }
      known.state = "sold";
    },
    (model) => ["held", "sold"].includes(model.orders.get(order)?.state ?? ""),
  );

/** Each dish has movements of its own: an id that two of them are sent at once is another test's. */
const move = (
  id: number,
  type: "received" | "waste" | "recount",
  dish: 0 | 1,
  quantity: number,
): Command =>
  command(`${type}(#${id}, ${dish}, ${quantity})`, async (model, real) => {
    const productId = real.dishes[dish];
    const own = 2 * id + dish;
    const movement = { productId, id: real.movementIds[own], type, quantity, reason: "test" };
    const record = () => inventory.movements.record(movement);
    const repeated = model.movements.has(own);
    const after = {
      received: model.onHand[dish] + quantity,
      waste: model.onHand[dish] - quantity,
      recount: quantity,
    }[type];
    const fits = after >= held(model, dish);
    const done = await isDone(record());
    if (repeated) return;
    expect(done).toBe(fits);
    if (!fits) return;
    model.movements.add(own);
    model.onHand[dish] = after;
    expect(await isDone(record())).toBe(true);
  });

const tidy = (): Command =>
  command("tidy up", async () => {
    await tidyUp(parts);
  });

describe("any sequence of commands", () => {
  it("leaves the stock that a simple model of it has", async () => {
    const order = fc.nat({ max: 4 });
    const wants = fc
      .tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }))
      .filter(([one, two]) => one + two > 0);
    const dish = fc.constantFrom(0 as const, 1 as const);
    const type = fc.constantFrom("received" as const, "waste" as const, "recount" as const);
    const commands = fc.commands(
      [
        fc.tuple(order, wants).map(([id, quantities]) => reserve(id, quantities)),
        order.map(release),
        order.map(sell),
        fc
          .tuple(fc.nat({ max: 15 }), type, dish, fc.integer({ min: 1, max: 12 }))
          .map(([id, kind, of, quantity]) => move(id, kind, of, quantity)),
        fc.constant(tidy()),
      ],
      { maxCommands: 25 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const dishes: [string, string] = [await addDish(OPENING), await addDish(OPENING)];
        const setup = () => ({
          model: { onHand: [OPENING, OPENING], orders: new Map(), movements: new Set() } as Model,
          real: {
            dishes,
            orderIds: Array.from({ length: 5 }, newOrderId),
            movementIds: Array.from({ length: 32 }, newId),
          },
        });
        await fc.asyncModelRun(setup, sequence);
        await expectBooksToAddUp();
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 60_000);
});
