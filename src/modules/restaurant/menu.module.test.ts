// The menu from memory, and the copy of products and stock that it shows, against a real PostgreSQL.
import { describe, expect, it } from "vitest";
import { money } from "#platform/kernel";
import { createRestaurant } from "./index.js";
import { MOHINGA, open, outbox, product, sample, stock, test, useRestaurant } from "./testing.js";

useRestaurant();

describe("the menu", () => {
  it("shows a dish once its product is announced, with what is left of it", async () => {
    const { face, hear, items } = open();
    await face.settle(sample);
    expect(await items()).toEqual([]);
    await hear(stock(120, 1));
    expect(await items()).toEqual([]);
    await hear(product());
    expect(await items()).toMatchObject([
      {
        productId: MOHINGA,
        sku: "MOH-01",
        price: money(3500, "MMK"),
        modifierGroups: [{ code: "spice" }, { code: "egg" }, { code: "fritter" }],
        availability: { status: "quantity", available: 120 },
      },
    ]);
    await hear(stock(0, 2));
    expect((await items())[0]?.availability).toEqual({ status: "out-of-stock" });
    await hear(stock(0, 3, false));
    expect((await items())[0]?.availability).toEqual({ status: "in-stock" });
    await hear(product({ version: 2, archived: true }));
    expect(await items()).toEqual([]);
  });

  it("keeps the newest of what it hears, in whatever order and however often", async () => {
    const { face, hear, items } = open();
    await face.settle(sample);
    await hear(product({ version: 3, price: money(4000, "MMK") }), stock(7, 9));
    await hear(product({ version: 2, price: money(3800, "MMK") }), stock(8, 8));
    await hear(stock(8, 8), stock(7, 9));
    await hear(stock(8, 8));
    await hear(product({ version: 1 }));
    for (const menu of [await items(), await open().items()]) {
      expect(menu).toMatchObject([{ price: money(4000, "MMK"), availability: { available: 7 } }]);
    }
  });

  it("has an ETag: 304 while nothing changed, another one after a change", async () => {
    const { face, hear, menu, module } = open();
    await face.settle(sample);
    await hear(product(), stock(5, 1));
    const first = await menu();
    const { etag } = first.headers;
    expect(await menu(etag)).toEqual({ status: 304, headers: { etag } });
    expect((await open().menu()).headers.etag).toBe(etag);
    const served = await module.menu();
    expect(JSON.parse(String(served?.body))).toEqual(first.status === 200 && first.body);
    expect((await module.menu())?.body).toBe(served?.body);
    await hear(stock(4, 2));
    expect((await menu(etag)).status).toBe(200);
  });

  it("follows changes that another process makes, within seconds", async () => {
    const [mine, other] = [open(), open()];
    await mine.face.settle(sample);
    expect(await other.items()).toEqual([]);
    await mine.hear(product(), stock(3, 1));
    await mine.face.edit.profile({ version: 1, name: { en: "New name" } });
    expect((await other.face.getOrderingRules()).restaurant.name.en).toBe("New name");
    await expect.poll(other.items, { timeout: 5_000, interval: 100 }).toHaveLength(1);
  });

  it("is served from memory: many reads, hardly a query", async () => {
    let queries = 0;
    const counted: typeof test.database = {
      ...test.database,
      run: (...call) => {
        queries += 1;
        return test.database.run(...call);
      },
    };
    const { face } = open();
    await face.settle(sample);
    const module = createRestaurant({ database: counted, outbox });
    for (let reads = 0; reads < 500; reads++) await module.menu();
    expect(queries).toBeLessThan(10);
  });

  it("stays readable while the database is away", async () => {
    let away = false;
    const flaky: typeof test.database = {
      ...test.database,
      run: (...call) => (away ? Promise.reject(new Error("gone")) : test.database.run(...call)),
    };
    await open().face.settle(sample);
    const module = createRestaurant({ database: flaky, outbox });
    const before = await module.menu();
    away = true;
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await module.menu()).toBe(before);
  });
});
