// The restaurant's own attributes, and importing products that have any.
import { describe, expect, it } from "vitest";
import { createCatalogueMemory } from "./commands/catalogue.js";
import { importProducts } from "./commands/import.js";
import {
  addDish,
  inventory,
  mmk,
  models,
  parts,
  refusalOf,
  stockOf,
  useInventory,
} from "./testing.js";

useInventory();

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

  it("have a schema whose version is never below nothing", async () => {
    const { fields } = await inventory.attributes.get();
    const below = inventory.attributes.replace({ version: -1, fields: [...fields] });
    expect((await refusalOf(below)).code).toBe("INVALID_INPUT");
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

  it("only says what is wrong when asked to check", async () => {
    const row = { name: { en: "Check" }, price: mmk(1), stock: null };
    const check = (sku: string, attributes: Record<string, number | string>) =>
      inventory.products.import({ checkOnly: true, rows: [{ ...row, sku, attributes }] });
    expect(await check("CHECK-01", { region: "Mon State" })).toEqual({ items: [] });
    await expect(check("CHECK-02", { "a.b": 1 })).rejects.toThrow();
    const { items } = await inventory.products.list({ q: "CHECK-0" });
    expect(items).toEqual([]);
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

  it("leaves a schema that can be read and saved, however many names a group has", async () => {
    const rows = Array.from({ length: 3 }, (_none, row) => ({
      sku: `GROUP-${row}`,
      name: { en: "Mixed" },
      price: mmk(1),
      stock: null,
      attributes: {
        ingredients: Object.fromEntries(
          Array.from({ length: 50 }, (_, at) => [`i${row}-${at}`, 1]),
        ),
      },
    }));
    await inventory.products.import({ rows });
    const schema = await inventory.attributes.get();
    expect(await inventory.attributes.replace(schema)).toMatchObject({ fields: schema.fields });
    const odd = { sku: "GROUP-0", name: { en: "Odd" }, price: mmk(1), stock: null };
    const attributes = { allergens: { _bsontype: "Long" } };
    expect(
      await refusalOf(inventory.products.import({ rows: [{ ...odd, attributes }] })),
    ).toMatchObject({
      code: "INVALID_ATTRIBUTES",
      data: { items: [{ path: "GROUP-0: attributes.allergens" }] },
    });
  });

  it("refuses more names than a schema can be read and saved with", async () => {
    const names = (row: number) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_none, at) => [`n${row}-${at}`, 1]));
    const rows = Array.from({ length: 50 }, (_none, row) => ({
      sku: `NAMES-${row}`,
      name: { en: "Named" },
      price: mmk(1),
      stock: null,
      attributes: names(row),
    }));
    const before = await inventory.attributes.get();
    expect(await refusalOf(inventory.products.import({ rows }))).toMatchObject({
      code: "INVALID_ATTRIBUTES",
      data: { items: [{ path: "NAMES-0: attributes", message: expect.stringMatching(/1000/) }] },
    });
    expect(await inventory.attributes.get()).toEqual(before);
  });

  it("says what to do about null, which is no value", async () => {
    const row = { sku: "NULL-1", name: { en: "Null" }, price: mmk(1), stock: null };
    const attributes = { spicy: null, halal: { certified: null } };
    const odd = inventory.products.import({ rows: [{ ...row, attributes }] });
    expect(await refusalOf(odd)).toMatchObject({
      code: "INVALID_ATTRIBUTES",
      data: {
        items: ["spicy", "halal.certified"].map((name) => ({
          path: `NULL-1: attributes.${name}`,
          message: "null is no value: leave this attribute out",
        })),
      },
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

  it("remembers nothing of a change that another one overtook", async () => {
    const id = await addDish(5);
    const { sku, name } = await inventory.products.get({ id });
    const raised = mmk(4500);
    // Once, between the import's look by SKU and its update.
    let overtake: () => Promise<unknown> = () => {
      overtake = () => Promise.resolve();
      return inventory.products.update({ id, version: 1, price: raised, archived: true });
    };
    const find = (filter: Record<string, string>) =>
      "sku" in filter
        ? {
            select: (fields: Record<string, 0>) => ({
              lean: async () => {
                const rows = await models.products.find(filter).select(fields).lean();
                await overtake();
                return rows;
              },
            }),
          }
        : models.products.find(filter);
    const products = new Proxy(models.products, {
      get: (model, key) => (key === "find" ? find : (Reflect.get(model, key) as unknown)),
    });
    const catalogue = createCatalogueMemory();
    const row = { sku, name, price: raised, stock: 5, lowStockAt: null, attributes: {} };
    await importProducts(
      { ...parts, catalogue, models: { ...models, products } },
      { rows: [row], checkOnly: false },
      { actor: { id: "staff-1", name: "Manager" }, by: null, trace: null },
    );
    expect(catalogue.entries.get(id)).not.toMatchObject({ version: 2, archived: false });
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
