// Imports and edits against a real PostgreSQL: whole or not at all, and nothing written that is so already.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { restaurantFileJsonSchema } from "./import-file.js";
import { MOHINGA, open, product, refusalOf, sample, told, useRestaurant } from "./testing.js";

useRestaurant();

describe("an import", () => {
  it("says that nothing is set up before it, and sets everything up", async () => {
    const { face } = open();
    expect((await refusalOf(face.getOrderingRules())).code).toBe("NOT_SET_UP");
    expect((await refusalOf(face.menu({ headers: {} }))).code).toBe("NOT_SET_UP");
    expect(await face.status()).toEqual({ set: false, items: 0 });
    expect(await face.settle(sample)).toEqual({ changed: true, revision: 1 });
    expect(await face.status()).toEqual({ set: true, items: 34 });
    const rules = await face.getOrderingRules();
    expect(rules).toMatchObject({ revision: 1, tax: sample.tax, restaurant: sample.restaurant });
    expect(rules.tables.map(({ name }) => name)).toEqual(sample.tables.map(({ name }) => name));
    expect(rules.items.find((item) => item.productId === MOHINGA)).toEqual({
      productId: MOHINGA,
      category: { code: "noodles", name: sample.categories[0]?.name },
      station: "noodle",
      modifierGroups: ["spice", "egg", "fritter"],
    });
  });

  it("writes nothing and tells nothing when it is run again", async () => {
    const { face } = open();
    await face.settle(sample);
    const before = await face.settings();
    expect(await face.settle(sample)).toEqual({ changed: false, revision: 1 });
    expect(await open().face.settle(structuredClone(sample))).toEqual({
      changed: false,
      revision: 1,
    });
    expect(await open().face.settings()).toEqual(before);
    expect(await told()).toEqual([{ name: "restaurant.settings-changed.v1", revision: 1 }]);
  });

  it("writes what changed, and keeps the ids of tables", async () => {
    const { face } = open();
    await face.settle(sample);
    const before = (await face.profile()).tables;
    const [first, ...others] = sample.tables;
    const answer = await face.settle({ ...sample, tables: [...others, { ...first!, seats: 3 }] });
    expect(answer).toEqual({ changed: true, revision: 2 });
    const after = (await face.profile()).tables;
    expect(after.at(-1)).toEqual({ ...before[0], seats: 3 });
    expect(new Set(after.map(({ id }) => id))).toEqual(new Set(before.map(({ id }) => id)));
  });

  it("keeps today's tax when the file brings the next one", async () => {
    const { face } = open();
    await face.settle(sample);
    const next = { ...sample.tax[0]!, rate: "0.07", validFrom: "2027-01-01" };
    await face.settle({ ...sample, tax: [next] });
    expect((await face.getOrderingRules()).tax).toEqual([...sample.tax, next]);
    const vat = { ...next, name: "VAT", validFrom: "2028-01-01" };
    await face.settle({ ...sample, tax: [vat] });
    const ended = [...sample.tax, next].map((rate) => ({ ...rate, validTo: "2028-01-01" }));
    expect((await open().face.getOrderingRules()).tax).toEqual([...ended, vat]);
  });

  it("is refused where the rates that it brings would be too many with those before, and all can be read on", async () => {
    const { face } = open();
    const [tax] = sample.tax;
    const from = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10);
    const taxes = (first: number) =>
      Array.from({ length: 60 }, (_, index) => ({ ...tax!, validFrom: from(first + index) }));
    await face.settle({ ...sample, tax: taxes(1) });
    const refusal = await refusalOf(face.settle({ ...sample, tax: taxes(101) }));
    expect(refusal).toMatchObject({
      code: "INVALID_SETTINGS",
      data: {
        errors: [{ path: "tax", message: expect.stringMatching(/^would be 120 .*at most 100/) }],
      },
    });
    expect((await face.getOrderingRules()).tax).toEqual(taxes(1));
    expect(await face.settings()).toMatchObject({ version: 1 });
  });

  it("takes everything or nothing: settings that do not fit are refused with their places", async () => {
    const { face } = open();
    const refusal = await refusalOf(face.settle({ ...sample, modifierGroups: [] }));
    expect(refusal.code).toBe("INVALID_SETTINGS");
    expect(await face.status()).toEqual({ set: false, items: 0 });
    expect(await told()).toEqual([]);
  });

  it("only says what is wrong where it is only asked, by what is stored", async () => {
    const { face } = open();
    const check = { ...sample, checkOnly: true };
    expect(await face.settle(check)).toEqual({ changed: false, revision: 0 });
    expect(await face.status()).toEqual({ set: false, items: 0 });
    await face.settle(sample);
    const restaurant = { ...sample.restaurant, currency: "USD" };
    const refusal = await refusalOf(face.settle({ ...check, restaurant, categories: [] }));
    expect(refusal.code).toBe("INVALID_SETTINGS");
    expect(await face.settle({ ...check, tables: [] })).toEqual({ changed: false, revision: 1 });
  });

  it("keeps the currency, also where it brings no dish whose price would show the difference", async () => {
    const { face } = open();
    await face.settle(sample);
    const restaurant = { ...sample.restaurant, currency: "USD" };
    const refusal = await refusalOf(face.settle({ ...sample, restaurant, categories: [] }));
    expect(refusal).toMatchObject({
      code: "INVALID_SETTINGS",
      data: { errors: [{ path: "restaurant.currency", message: expect.stringContaining("MMK") }] },
    });
    expect(await face.settings()).toMatchObject({ version: 1, restaurant: { currency: "MMK" } });
  });

  it("takes 10,000 dishes in one go, and none of them twice", async () => {
    const { face } = open();
    const [category] = sample.categories;
    const items = Array.from({ length: 10_000 }, () => ({
      productId: randomUUID(),
      modifierGroups: ["egg"],
    }));
    const big = { ...sample, categories: [{ ...category!, items }] };
    expect(await face.settle(big)).toEqual({ changed: true, revision: 1 });
    expect(await face.settle(big)).toEqual({ changed: false, revision: 1 });
    expect((await face.settings()).categories[0]?.items).toEqual(items);
  });

  it("by eight at once is one import", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => open().face.settle(sample)));
    expect(answers.filter(({ changed }) => changed)).toHaveLength(1);
    expect(await told()).toHaveLength(1);
  });
});

describe("an edit", () => {
  it("knows a product by its id in capitals too, as some clients write it", async () => {
    const { face } = open();
    await face.settle(sample);
    const loud = JSON.parse(
      JSON.stringify(sample).replaceAll(MOHINGA, MOHINGA.toUpperCase()),
    ) as typeof sample;
    expect(await face.settle(loud)).toMatchObject({ changed: false });
    const move = { version: 1, productId: MOHINGA.toUpperCase(), category: "snacks" };
    expect(await face.edit.menuItem(move)).toEqual({ version: 2 });
    const { categories } = await open().face.settings();
    const homes = categories.filter(({ items }) => items.some((one) => one.productId === MOHINGA));
    expect(homes.map(({ code }) => code)).toEqual(["snacks"]);
  });

  it("changes what it names, tells of it, and answers with the new version", async () => {
    const { face } = open();
    await face.settle(sample);
    expect(await face.edit.profile({ version: 1, businessDayStartsAt: "05:00" })).toEqual({
      version: 2,
    });
    const spice = {
      code: "spice",
      name: { en: "Heat" },
      min: 0,
      max: 1,
      modifiers: [{ code: "hot", name: { en: "Hot" }, price: 100 }],
    };
    expect(await face.edit.modifierGroup({ version: 2, ...spice })).toEqual({ version: 3 });
    expect(
      await face.edit.menuItem({ version: 3, productId: MOHINGA, category: "snacks", position: 0 }),
    ).toEqual({ version: 4 });
    expect(
      await face.edit.removeCategory({ params: { code: "drinks" }, query: { version: 4 } }),
    ).toEqual({ version: 5 });
    const settings = await open().face.settings();
    expect(settings).toMatchObject({
      version: 5,
      restaurant: { ...sample.restaurant, businessDayStartsAt: "05:00" },
    });
    expect(settings.modifierGroups[0]).toEqual(spice);
    expect(settings.categories.map(({ code }) => code)).toEqual([
      "noodles",
      "salads",
      "rice",
      "snacks",
      "sweets",
    ]);
    expect(settings.categories[3]?.items[0]?.productId).toBe(MOHINGA);
    expect((await told()).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
  });

  it("on a stale version changes nothing and says which one is current", async () => {
    const { face } = open();
    await face.settle(sample);
    const edits = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) =>
        open().face.edit.profile({ version: 1, name: { en: `Name ${i}` } }),
      ),
    );
    expect(edits.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(face.edit.profile({ version: 1, name: { en: "Late" } }))).toMatchObject({
      code: "VERSION_CONFLICT",
      status: 409,
      data: { currentVersion: 2 },
    });
  });

  it("refuses what would not fit together, and what is not there", async () => {
    const { face } = open();
    await face.settle(sample);
    expect(
      await refusalOf(
        face.edit.menuItem({ version: 1, productId: MOHINGA, modifierGroups: ["sauce"] }),
      ),
    ).toMatchObject({
      code: "INVALID_SETTINGS",
      data: { errors: [{ message: 'there is no modifier group "sauce"' }] },
    });
    expect(
      (
        await refusalOf(
          face.edit.removeMenuItem({ params: { productId: randomUUID() }, query: { version: 1 } }),
        )
      ).code,
    ).toBe("NOT_FOUND");
    expect((await face.settings()).version).toBe(1);
  });

  it("puts no product on the menu that does not exist, but one that is heard of a moment later", async () => {
    const { face } = open();
    await face.settle(sample);
    const put = (productId: string) =>
      face.edit.menuItem({ version: 1, productId, category: "snacks" });
    const refusal = await refusalOf(put(randomUUID()));
    expect(refusal).toMatchObject({ code: "NOT_FOUND", status: 404 });
    expect(refusal.message).toMatch(/no product of this id.*try again in a moment/);
    expect((await open().face.settings()).version).toBe(1);

    const productId = randomUUID();
    const putting = put(productId);
    await setTimeout(300);
    // Told to another process.
    await open().hear(product({ productId, sku: "NEW-1" }));
    expect(await putting).toEqual({ version: 2 });
  }, 20_000);

  it("lets two tables swap their names, and keeps who they are", async () => {
    const { face } = open();
    await face.settle(sample);
    const { tables: before } = await face.profile();
    const [a, b, ...rest] = before;
    await face.edit.tables({
      version: 1,
      tables: [{ ...a!, name: b!.name }, { ...b!, name: a!.name }, ...rest],
    });
    const { tables: after } = await face.profile();
    expect(after.slice(0, 2)).toEqual([
      { ...a, name: b!.name },
      { ...b, name: a!.name },
    ]);
  });

  it("sets rates with the dates from which they hold", async () => {
    const { face } = open();
    await face.settle(sample);
    const rates = {
      tax: [
        {
          name: "VAT",
          rate: "0.07",
          inclusive: true,
          validFrom: "2026-12-01",
          validTo: "2027-12-01",
        },
      ],
      serviceCharge: [],
    };
    await face.edit.rates({ version: 1, ...rates });
    expect(await open().face.getOrderingRules()).toMatchObject({ revision: 2, ...rates });
  });
});

describe("the file format", () => {
  it("is described for editors in docs/restaurant-file.schema.json (npx vitest -u writes it)", async () => {
    const schema = await format(JSON.stringify(restaurantFileJsonSchema()), {
      parser: "json",
      printWidth: 100,
    });
    await expect(schema).toMatchFileSnapshot("../../../docs/restaurant-file.schema.json");
  });
});
