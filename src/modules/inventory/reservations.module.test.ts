// Reserving under everything that goes wrong: races, repetition, lost answers, delays, moved prices.
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { createCatalogueMemory } from "./commands/catalogue.js";
import { reserve as reserveWith } from "./commands/reserve.js";
import { holdLines } from "./repository/reservations.js";
import { StockChanged } from "./events.js";
import {
  addDish,
  eventsOf,
  inventory,
  line,
  models,
  newOrderId,
  openFace,
  parts,
  refusalOf,
  settle,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

const reserve = (orderId: string, ...lines: ReturnType<typeof line>[]) =>
  inventory.reservations.reserve({ orderId, lines });
const release = (orderId: string, ...productIds: string[]) =>
  inventory.reservations.release({ orderId, productIds });

describe("reserve", () => {
  it("moves stock from available to reserved and answers what is sold, and for how much", async () => {
    const dish = await addDish(10);
    const { lines } = await reserve(newOrderId(), line(dish, 3));
    expect(lines).toEqual([
      {
        productId: dish,
        sku: expect.stringMatching(/^DISH-/) as string,
        name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
        unitPrice: { amount: 3500, currency: "MMK" },
      },
    ]);
    expect(await stockOf(dish)).toEqual({ onHand: 10, reserved: 3, available: 7 });
    const events = await eventsOf(dish);
    expect(StockChanged.schema.parse(events.at(-1)?.data)).toMatchObject({
      change: { onHand: 0, reserved: 3, available: -3 },
      reason: "reserved",
      level: { tracked: true, onHand: 10, reserved: 3, available: 7, stockVersion: 2 },
    });
  });

  it("answers in the order of the lines", async () => {
    const dishes = [await addDish(5), await addDish(5), await addDish(5)].reverse();
    const { lines } = await reserve(newOrderId(), ...dishes.map((dish) => line(dish)));
    expect(lines.map((sold) => sold.productId)).toEqual(dishes);
  });

  it("takes one round trip where the products are remembered", async () => {
    const dishes = [await addDish(50), await addDish(50), await addDish(null)];
    await reserve(newOrderId(), ...dishes.map((dish) => line(dish)));
    const commands: string[] = [];
    const client = models.products.db.getClient();
    const listen = ({ commandName }: { commandName: string }) => commands.push(commandName);
    client.on("commandStarted", listen);
    try {
      await reserve(newOrderId(), ...dishes.map((dish) => line(dish)));
    } finally {
      client.off("commandStarted", listen);
    }
    expect(commands).toEqual(["update"]);
  });

  it("sells the last 10 portions to exactly 10 of 64 buyers at once", async () => {
    const dish = await addDish(10);
    const buyers = Array.from({ length: 64 }, newOrderId);
    const faces = [inventory, openFace()];
    const results = await Promise.allSettled(
      buyers.map((orderId, index) =>
        (faces[index % 2] ?? inventory).reservations.reserve({ orderId, lines: [line(dish)] }),
      ),
    );
    const won = buyers.filter((_buyer, index) => results[index]?.status === "fulfilled");
    expect(won).toHaveLength(10);
    expect(await stockOf(dish)).toEqual({ onHand: 10, reserved: 10, available: 0 });
    await Promise.all(won.map((orderId) => settle(orderId, [{ productId: dish, quantity: 1 }])));
    expect(await stockOf(dish)).toEqual({ onHand: 0, reserved: 0, available: 0 });
  });

  it("holds nothing when one line is short, and names every short dish", async () => {
    const [plenty, few, none] = [await addDish(10), await addDish(2), await addDish(0)];
    const refusal = await refusalOf(reserve(newOrderId(), line(plenty), line(few, 3), line(none)));
    expect(refusal).toMatchObject({ code: "INSUFFICIENT_STOCK", status: 409 });
    expect((refusal.data as { items: object[] }).items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ productId: few, requested: 3, available: 2 }),
        expect.objectContaining({ productId: none, requested: 1, available: 0 }),
      ]),
    );
    expect(await stockOf(plenty)).toEqual({ onHand: 10, reserved: 0, available: 10 });
    expect(await stockOf(few)).toEqual({ onHand: 2, reserved: 0, available: 2 });
  });

  it("never oversells when orders of two dishes cross each other", async () => {
    const [one, two] = [await addDish(7), await addDish(7)];
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_none, index) =>
        reserve(newOrderId(), ...(index % 2 ? [line(one), line(two)] : [line(two), line(one)])),
      ),
    );
    const won = results.filter((result) => result.status === "fulfilled").length;
    expect(won).toBeGreaterThan(0);
    expect(await stockOf(one)).toEqual({ onHand: 7, reserved: won, available: 7 - won });
    expect(await stockOf(two)).toEqual({ onHand: 7, reserved: won, available: 7 - won });
  });

  it("answers the same when it is repeated, also at once and from another process", async () => {
    const [one, two] = [await addDish(5), await addDish(null)];
    const orderId = newOrderId();
    const lines = [line(one, 2), line(two)];
    const first = await reserve(orderId, ...lines);
    const others = await Promise.all(
      [inventory, openFace(), openFace()].map((face) =>
        face.reservations.reserve({ orderId, lines }),
      ),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(await stockOf(one)).toEqual({ onHand: 5, reserved: 2, available: 3 });
  });

  it("completes what an interrupted attempt began", async () => {
    const [one, two] = [await addDish(5), await addDish(5)];
    const orderId = newOrderId();
    const product = await models.products.findById(one).lean();
    if (!product) throw new Error("the product is there");
    const order = { orderId, at: new Date(), trace: null, actor: "system" };
    expect(await holdLines(models, [{ lines: [{ line: line(one, 2), product }], order }])).toBe(1);
    await reserve(orderId, line(one, 2), line(two, 2));
    expect(await stockOf(one)).toMatchObject({ reserved: 2 });
    expect(await stockOf(two)).toMatchObject({ reserved: 2 });
  });

  it("gives back what an interrupted attempt held when the rest is short", async () => {
    const [one, two] = [await addDish(5), await addDish(1)];
    const orderId = newOrderId();
    const product = await models.products.findById(one).lean();
    if (!product) throw new Error("the product is there");
    const order = { orderId, at: new Date(), trace: null, actor: "system" };
    await holdLines(models, [{ lines: [{ line: line(one, 2), product }], order }]);
    const refusal = await refusalOf(reserve(orderId, line(one, 2), line(two, 2)));
    expect(refusal.code).toBe("INSUFFICIENT_STOCK");
    expect(await stockOf(one)).toEqual({ onHand: 5, reserved: 0, available: 5 });
    // The attempt that was delayed arrives after all: the order was refused, so it holds nothing.
    expect(await holdLines(models, [{ lines: [{ line: line(one, 2), product }], order }])).toBe(0);
  });

  it.each([
    ["nothing", []],
    ["a part", [1]],
  ])(
    "gives back nothing that another run of the order holds by now, though it read %s of that as held",
    async (_how, heldBefore: readonly number[]) => {
      const [one, two] = [await addDish(5), await addDish(0)];
      const orderId = newOrderId();
      const product = await models.products.findById(one).lean();
      if (!product) throw new Error("the product is there");
      const order = { orderId, at: new Date(), trace: null, actor: "system" };
      for (const quantity of heldBefore)
        await holdLines(models, [{ lines: [{ line: line(one, quantity), product }], order }]);
      const lines = [line(one), line(two)];
      // It was stopped between what it read and what it writes; meanwhile the dish came, and another process went on.
      const stopped = stoppedAtFirstWrite(async () => {
        const came = { productId: two, type: "received", quantity: 1, reason: "" } as const;
        await inventory.movements.record(came);
        await reserve(orderId, ...lines);
      });
      expect(await reserveWith(stopped, { ...order, lines })).toMatchObject({ kind: "held" });
      expect(await stockOf(one)).toEqual({ onHand: 5, reserved: 1, available: 4 });
      expect(await stockOf(two)).toEqual({ onHand: 1, reserved: 1, available: 0 });
    },
  );

  /** A process that remembers nothing, and before whose first write something happens. */
  function stoppedAtFirstWrite(happens: () => Promise<unknown>): typeof parts {
    const { db } = models.products.db;
    if (!db) throw new Error("the connection is open");
    let waiting: (() => Promise<unknown>) | undefined = happens;
    const command: typeof db.command = async (...args) => {
      const first = waiting;
      waiting = undefined;
      await first?.();
      return db.command(...args);
    };
    const connection = { db: { command, writeConcern: db.writeConcern } };
    const find = models.products.find.bind(models.products);
    const products = new Proxy(models.products, {
      get: (target, key) =>
        key === "db" ? connection : key === "find" ? find : (Reflect.get(target, key) as unknown),
    });
    return { ...parts, models: { ...models, products }, catalogue: createCatalogueMemory() };
  }

  it("tells a refused order the same again, though there is enough by then", async () => {
    const [one, two] = [await addDish(5), await addDish(1)];
    const orderId = newOrderId();
    const first = await refusalOf(reserve(orderId, line(one, 2), line(two, 2)));
    await inventory.movements.record({
      id: newId(),
      productId: two,
      type: "received",
      quantity: 9,
      reason: "It came",
    });
    expect(
      await refusalOf(
        openFace().reservations.reserve({
          orderId,
          lines: [line(one, 2), line(two, 2)],
        }),
      ),
    ).toEqual(first);
    expect(first).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      data: { items: [{ productId: two, requested: 2, available: 1 }] },
    });
    expect(await stockOf(one)).toMatchObject({ reserved: 0 });
  });

  it("refuses a price that moved, and names the old and the new one", async () => {
    const [dish, other] = [await addDish(10), await addDish(10)];
    await reserve(newOrderId(), line(dish), line(other));
    const elsewhere = openFace();
    await elsewhere.products.update({
      id: dish,
      version: 1,
      price: { amount: 4000, currency: "MMK" },
    });
    const refusal = await refusalOf(reserve(newOrderId(), line(dish), line(other)));
    expect(refusal).toMatchObject({
      code: "PRICE_CHANGED",
      status: 409,
      data: { items: [{ productId: dish, seen: { amount: 3500 }, current: { amount: 4000 } }] },
    });
    expect(await stockOf(other)).toMatchObject({ reserved: 1 });
    const { lines } = await reserve(newOrderId(), line(dish, 1, 4000));
    expect(lines[0]?.unitPrice.amount).toBe(4000);
  });

  it("never sells at a price that was gone when it was reserved", async () => {
    const dish = await addDish(1_000);
    const faces = [inventory, openFace()];
    let price = 3500;
    const raise = async () => {
      for (let version = 1; version <= 15; version++) {
        price += 100;
        const to = { amount: price, currency: "MMK" };
        await (faces[version % 2] ?? inventory).products.update({ id: dish, version, price: to });
      }
    };
    const buy = async () => {
      for (let turn = 0; turn < 15; turn++) {
        const seen = price;
        const before = (await inventory.products.get({ id: dish })).version;
        const result = await faces[turn % 2]?.reservations
          .reserve({ orderId: newOrderId(), lines: [line(dish, 1, seen)] })
          .catch(() => null);
        // Version n costs 3400 + n × 100. What was gone before the request began must not be sold.
        if (result) expect(seen).toBeGreaterThanOrEqual(3400 + before * 100);
      }
    };
    await Promise.all([raise(), buy(), buy()]);
    const refusal = await refusalOf(reserve(newOrderId(), line(dish, 1, 3500)));
    expect(refusal.code).toBe("PRICE_CHANGED");
  });

  it("keeps what an order held at the old price, though the price moved before the repetition", async () => {
    const dish = await addDish(5);
    const orderId = newOrderId();
    const first = await reserve(orderId, line(dish));
    await inventory.products.update({
      id: dish,
      version: 1,
      price: { amount: 9, currency: "MMK" },
    });
    expect(await reserve(orderId, line(dish))).toEqual(first);
  });

  it("refuses products that are unknown or archived, and another currency", async () => {
    const [gone, sold] = [await addDish(5), await addDish(5)];
    await inventory.products.update({ id: gone, version: 1, archived: true });
    const unknown = newId();
    expect(await refusalOf(reserve(newOrderId(), line(gone), line(unknown), line(sold)))).toEqual({
      code: "PRODUCT_UNAVAILABLE",
      status: 422,
      data: {
        items: expect.arrayContaining([
          { productId: gone, reason: "archived" },
          { productId: unknown, reason: "unknown" },
        ]) as unknown,
      },
    });
    const foreign = { productId: sold, quantity: 1, unitPrice: { amount: 3500, currency: "USD" } };
    expect((await refusalOf(reserve(newOrderId(), foreign))).code).toBe("PRICE_CHANGED");
  });

  it("proves the price of a product that is not counted, and never runs out of it", async () => {
    const tea = await addDish(null, "Tea");
    await Promise.all(Array.from({ length: 20 }, () => reserve(newOrderId(), line(tea, 50))));
    expect((await refusalOf(reserve(newOrderId(), line(tea, 1, 1)))).code).toBe("PRICE_CHANGED");
    expect(await stockOf(tea)).toBeNull();
  });
});

describe("release", () => {
  it("gives back once, however often it is told", async () => {
    const dish = await addDish(5);
    const orderId = newOrderId();
    await reserve(orderId, line(dish, 2));
    expect(await release(orderId, dish)).toEqual({ released: true });
    expect(await release(orderId, dish)).toEqual({ released: false });
    expect(await stockOf(dish)).toEqual({ onHand: 5, reserved: 0, available: 5 });
  });

  it("gives back once when it is told ten times at once", async () => {
    const dish = await addDish(5);
    const orderId = newOrderId();
    await reserve(orderId, line(dish, 2));
    await Promise.all(Array.from({ length: 10 }, () => release(orderId, dish)));
    expect(await stockOf(dish)).toEqual({ onHand: 5, reserved: 0, available: 5 });
  });

  it("bars a reservation that comes after it", async () => {
    const [dish, other] = [await addDish(5), await addDish(5)];
    const orderId = newOrderId();
    expect(await release(orderId, dish, other, newId())).toEqual({ released: false });
    const refusal = await refusalOf(reserve(orderId, line(dish), line(other)));
    expect(refusal).toMatchObject({ code: "RESERVATION_BARRED", status: 409 });
    expect(await stockOf(dish)).toEqual({ onHand: 5, reserved: 0, available: 5 });
  });

  it("leaves nothing held when it races with the reservation", async () => {
    const [one, two] = [await addDish(100), await addDish(100)];
    for (let round = 0; round < 15; round++) {
      const orderId = newOrderId();
      const reserved = reserve(orderId, line(one), line(two)).catch(() => undefined);
      await Promise.all([reserved, release(orderId, one, two)]);
    }
    expect(await stockOf(one)).toEqual({ onHand: 100, reserved: 0, available: 100 });
    expect(await stockOf(two)).toEqual({ onHand: 100, reserved: 0, available: 100 });
  });
});

describe("the list of reservations", () => {
  it("pages through what is held, by age", async () => {
    const dishes = [await addDish(5), await addDish(null), await addDish(5)];
    const orderId = newOrderId();
    await reserve(orderId, ...dishes.map((dish) => line(dish, 2)));
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await inventory.reservations.list({ limit: 2, ...(cursor && { cursor }) });
      found.push(
        ...page.items.filter((held) => held.orderId === orderId).map((held) => held.productId),
      );
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(found.toSorted()).toEqual(dishes.toSorted());
    const old = await inventory.reservations.list({ olderThan: "2020-01-01T00:00:00Z" });
    expect(old.items).toEqual([]);
  });
});
