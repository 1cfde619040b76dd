// Products in people's hands: adding, changing, searching.
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { ProductChanged, StockChanged } from "./events.js";
import { addDish, eventsOf, inventory, mmk, refusalOf, useInventory } from "./testing.js";

useInventory();

describe("a product", () => {
  it("starts with its stock as a movement, and both events fit their schemas", async () => {
    const id = await addDish(12);
    const product = await inventory.products.get({ id });
    expect(product).toMatchObject({
      price: mmk(3500),
      stock: { onHand: 12, reserved: 0, available: 12 },
      archived: false,
      version: 1,
    });
    const events = await eventsOf(id);
    expect(events.map((event) => event.name)).toEqual([ProductChanged.name, StockChanged.name]);
    expect(ProductChanged.schema.parse(events[0]?.data)).toMatchObject({
      productId: id,
      version: 1,
    });
    expect(StockChanged.schema.parse(events[1]?.data)).toMatchObject({ level: { available: 12 } });
    expect((await inventory.movements.list({ productId: id })).items).toMatchObject([
      { type: "received", quantity: 12, sequence: 1 },
    ]);
  });

  it("has a SKU of its own", async () => {
    const id = await addDish(1);
    const { sku } = await inventory.products.get({ id });
    const twin = { sku, name: { en: "Twin" }, price: mmk(1), stock: null };
    expect(await refusalOf(inventory.products.create(twin))).toMatchObject({ code: "SKU_TAKEN" });
  });

  it("changes only what is sent, and tells it", async () => {
    const id = await addDish(3);
    const changed = await inventory.products.update({ id, version: 1, price: mmk(4000) });
    expect(changed).toMatchObject({ price: mmk(4000), name: { en: "Mohinga" }, version: 2 });
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({ price: mmk(4000), version: 2 });
  });

  it("is not written when nothing differs", async () => {
    const id = await addDish(3);
    const before = await eventsOf(id);
    const same = await inventory.products.update({
      id,
      version: 1,
      price: mmk(3500),
      archived: false,
    });
    expect(same.version).toBe(1);
    expect(await eventsOf(id)).toEqual(before);
  });

  it("is changed by one of ten who read the same version; the others learn the current one", async () => {
    const id = await addDish(3);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_none, index) =>
        inventory.products.update({ id, version: 1, price: mmk(index) }),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const late = inventory.products.update({ id, version: 1, price: mmk(77) });
    expect(await refusalOf(late)).toEqual({
      code: "VERSION_CONFLICT",
      status: 409,
      data: { currentVersion: 2 },
    });
  });

  it("keeps to the currency of all others", async () => {
    const id = await addDish(3);
    const price = { amount: 5, currency: "USD" };
    expect(await refusalOf(inventory.products.update({ id, version: 1, price }))).toEqual({
      code: "CURRENCY_MISMATCH",
      status: 422,
      data: { expected: "MMK" },
    });
  });

  it.each([
    ["id", { id: '{"$gt":""}' }],
    ["id", { id: "' or 1=1 --" }],
    ["id", { id: "../../etc/passwd" }],
  ])("is not found by a strange %s", async (_field, input) => {
    expect((await refusalOf(inventory.products.get(input))).code).toBe("INVALID_INPUT");
  });

  it("that is unknown is not found", async () => {
    expect((await refusalOf(inventory.products.get({ id: newId() }))).code).toBe("NOT_FOUND");
  });
});

describe("search", () => {
  it("finds by SKU and by either name, whatever the case, and takes text as text", async () => {
    const row = { price: mmk(900), stock: null };
    const create = (sku: string, en: string, my: string) =>
      inventory.products.create({ ...row, sku, name: { en, my } });
    const salad = await create("SALAD.1", "Tea leaf salad (.*)", "လက်ဖက်သုပ်");
    await create("SOUP-1", "Sour soup", "ချဉ်ရည်ဟင်း");
    const find = async (q: string) => (await inventory.products.list({ q })).items.map((p) => p.id);
    for (const q of ["salad.1", "TEA LEAF", "(.*)", "လက်ဖက်", "  tea leaf "]) {
      expect(await find(q)).toEqual([salad.id]);
    }
    for (const q of [".*", "S.LAD", "^Tea", "[a-z]+", "salad\\"]) {
      expect(await find(q)).toEqual(q === ".*" ? [salad.id] : []);
    }
  });

  it("pages through all products once, and leaves archived ones out", async () => {
    const ids = [await addDish(1), await addDish(1), await addDish(1)];
    await inventory.products.update({ id: ids[1] ?? "", version: 1, archived: true });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await inventory.products.list({ limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map((product) => product.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([ids[0], ids[2]]));
    expect(seen).not.toContain(ids[1]);
    const { items } = await inventory.products.list({ archived: "only" });
    expect(items.map((product) => product.id)).toEqual([ids[1]]);
    expect((await refusalOf(inventory.products.list({ cursor: "e30" }))).code).toBe(
      "INVALID_INPUT",
    );
  });

  it("finds what runs low, and what is sold out though nobody asked to be warned", async () => {
    const [low, high] = [await addDish(4), await addDish(6)];
    for (const id of [low, high]) {
      await inventory.products.update({ id, version: 1, lowStockAt: 5 });
    }
    const [none] = [await addDish(0), await addDish(1), await addDish(null)];
    const { items } = await inventory.products.list({ stock: "low" });
    expect(items.map((product) => product.id)).toEqual([low, none]);
  });
});
