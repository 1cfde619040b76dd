// Products and their stock in people's hands: adding, changing, searching, counting, importing.
import { describe, expect, it } from "vitest";
import { newId } from "#platform/kernel";
import { ProductChanged, StockChanged } from "./events.js";
import {
  addDish,
  eventsOf,
  inventory,
  line,
  mmk,
  models,
  newOrderId,
  refusalOf,
  stockOf,
  useInventory,
} from "./testing.js";

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

  it("finds what runs low", async () => {
    const [low, high] = [await addDish(4), await addDish(6)];
    for (const id of [low, high]) {
      await inventory.products.update({ id, version: 1, lowStockAt: 5 });
    }
    const { items } = await inventory.products.list({ stock: "low" });
    expect(items.map((product) => product.id)).toEqual([low]);
  });
});

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

describe("attributes", () => {
  it("fit the restaurant's own schema, or each fault is named", async () => {
    const { version } = await inventory.attributes.get();
    await inventory.attributes.replace({
      version,
      fields: [
        { key: "diet", label: { en: "Diet" }, type: "list", options: ["vegan", "halal"] },
        {
          key: "nutrition",
          label: { en: "Nutrition" },
          type: "object",
          fields: [{ key: "energyKcal", label: { en: "Energy" }, type: "number", unit: "kcal" }],
        },
      ],
    });
    const id = await addDish(1);
    const good = { diet: ["vegan"], nutrition: { energyKcal: 430 } };
    const product = await inventory.products.update({ id, version: 1, attributes: good });
    expect(product.attributes).toEqual(good);
    const bad = { diet: ["keto"], nutrition: { energyKcal: "much" }, colour: "red" };
    const refusal = await refusalOf(inventory.products.update({ id, version: 2, attributes: bad }));
    expect(refusal.code).toBe("INVALID_ATTRIBUTES");
    expect((refusal.data as { items: { path: string }[] }).items.map(({ path }) => path)).toEqual([
      "attributes.diet",
      "attributes.nutrition.energyKcal",
      "attributes.colour",
    ]);
  });

  it("have a schema that two people cannot replace at once", async () => {
    const current = await inventory.attributes.get();
    await inventory.attributes.replace(current);
    expect(await refusalOf(inventory.attributes.replace(current))).toMatchObject({
      code: "VERSION_CONFLICT",
      data: { currentVersion: current.version + 1 },
    });
  });
});

describe("an import", () => {
  const rows = (price: number) => [
    {
      sku: "IMP-1",
      name: { en: "Shan noodles", my: "ရှမ်းခေါက်ဆွဲ" },
      price: mmk(price),
      stock: 80,
      lowStockAt: 10,
      attributes: { region: "Shan State", halal: { certified: true, validUntil: "2027-01-31" } },
    },
    { sku: "IMP-2", name: { en: "Lime juice" }, price: mmk(1500), stock: null, attributes: {} },
  ];
  const results = (items: readonly { result: string }[]) => items.map((item) => item.result);

  it("adds, updates, and writes nothing when it is run again", async () => {
    const first = await inventory.products.import({ rows: rows(3000) });
    expect(results(first.items)).toEqual(["created", "created"]);
    const before = await models.products.find({ sku: /^IMP/ }).lean();
    const again = await inventory.products.import({ rows: rows(3000) });
    expect(results(again.items)).toEqual(["unchanged", "unchanged"]);
    expect(again.items.map((item) => item.productId)).toEqual(
      first.items.map((item) => item.productId),
    );
    expect(await models.products.find({ sku: /^IMP/ }).lean()).toEqual(before);

    const [noodles] = first.items;
    if (!noodles) throw new Error("two rows were imported");
    await inventory.movements.record({
      productId: noodles.productId,
      type: "waste",
      quantity: 5,
      reason: "spilt",
    });
    const dearer = await inventory.products.import({ rows: rows(3300) });
    expect(results(dearer.items)).toEqual(["updated", "unchanged"]);
    expect(await inventory.products.get({ id: noodles.productId })).toMatchObject({
      price: mmk(3300),
      stock: { onHand: 75 },
      version: 2,
    });
  });

  it("widens the attribute schema by names it does not know, and keeps what people decided", async () => {
    const { fields } = await inventory.attributes.get();
    expect(fields.find((field) => field.key === "halal")).toMatchObject({
      label: { en: "Halal" },
      type: "object",
      fields: [
        { key: "certified", type: "boolean" },
        { key: "validUntil", label: { en: "Valid until" }, type: "date" },
      ],
    });
    const row = { sku: "IMP-3", name: { en: "Odd" }, price: mmk(1), stock: null };
    const odd = inventory.products.import({ rows: [{ ...row, attributes: { diet: "none" } }] });
    expect(await refusalOf(odd)).toMatchObject({
      code: "INVALID_ATTRIBUTES",
      data: { items: [{ path: "IMP-3: attributes.diet" }] },
    });
  });

  it("run twice at once adds each product once", async () => {
    const many = Array.from({ length: 60 }, (_none, index) => ({
      sku: `TWICE-${index}`,
      name: { en: `Dish ${index}` },
      price: mmk(index),
      stock: index,
    }));
    const [one, two] = await Promise.all([
      inventory.products.import({ rows: many }),
      inventory.products.import({ rows: many }),
    ]);
    expect(one.items.map((item) => item.productId)).toEqual(
      two.items.map((item) => item.productId),
    );
    expect(await models.products.countDocuments({ sku: /^TWICE/ })).toBe(60);
  });

  it("starts counting with the file's count where the file says that stock is counted", async () => {
    const row = { sku: "IMP-9", name: { en: "Pudding" }, price: mmk(5), attributes: {} };
    const { items } = await inventory.products.import({ rows: [{ ...row, stock: null }] });
    await inventory.products.import({ rows: [{ ...row, stock: 40 }] });
    expect(await stockOf(items[0]?.productId ?? "")).toEqual({
      onHand: 40,
      reserved: 0,
      available: 40,
    });
  });
});
