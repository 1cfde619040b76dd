// What each edit makes of the settings, and which results cannot stand.
import { describe, expect, it } from "vitest";
import * as edits from "./edits.js";
import { mohinga, settings, tea } from "./fixtures.js";
import { faultsIn, type Wanted } from "./rules.js";

describe("edits", () => {
  const [noodles, drinks] = settings.categories;
  const menu = (changed: Wanted | undefined) =>
    changed?.categories.map(({ code, items }) => [code, items.map((item) => item.productId)]);

  it("changes only the given fields of the profile", () => {
    const changed = edits.changeProfile({ timeZone: "Asia/Bangkok", name: undefined })(settings);
    expect(changed?.restaurant).toEqual({ ...settings.restaurant, timeZone: "Asia/Bangkok" });
  });
  it("puts a product on the menu, moves it and takes it off", () => {
    const added = edits.putMenuItem({ productId: tea, category: "noodles", position: 0 })(
      settings,
    )!;
    expect(menu(added)).toEqual([
      ["noodles", [tea, mohinga]],
      ["drinks", []],
    ]);
    const moved = edits.putMenuItem({ productId: mohinga, category: "drinks" })(added)!;
    expect(menu(moved)).toEqual([
      ["noodles", [tea]],
      ["drinks", [mohinga]],
    ]);
    expect(moved.categories[1]?.items[0]?.modifierGroups).toEqual(["egg"]);
    expect(menu(edits.removeMenuItem(tea)(moved))).toEqual([
      ["noodles", []],
      ["drinks", [mohinga]],
    ]);
  });
  it("says so when there is no such thing", () => {
    expect(edits.putMenuItem({ productId: tea })(settings)).toBeUndefined();
    expect(edits.putMenuItem({ productId: tea, category: "soups" })(settings)).toBeUndefined();
    expect(edits.removeMenuItem(tea)(settings)).toBeUndefined();
    expect(edits.removeCategory("soups")(settings)).toBeUndefined();
    expect(edits.removeModifierGroup("spice")(settings)).toBeUndefined();
    expect(
      edits.setTables([{ id: "t9", name: "T9", seats: 1, area: "" }], () => "")(settings),
    ).toBeUndefined();
  });
  it("adds, moves, changes and removes categories", () => {
    const { items: _items, ...fields } = drinks!;
    const moved = edits.putCategory({ ...fields, station: "tea" }, 0)(settings)!;
    expect(moved.categories).toEqual([{ ...drinks!, station: "tea" }, noodles]);
    const soups = { code: "soups", name: { en: "Soups" }, station: "noodle" };
    expect(menu(edits.putCategory(soups)(settings))?.at(-1)).toEqual(["soups", []]);
    expect(menu(edits.removeCategory("noodles")(settings))).toEqual([["drinks", []]]);
  });
  it("takes a removed modifier group off the dishes that had it", () => {
    const changed = edits.removeModifierGroup("egg")(settings)!;
    expect(changed.modifierGroups).toEqual([]);
    expect(changed.categories[0]?.items[0]?.modifierGroups).toEqual([]);
    expect(faultsIn(changed)).toEqual([]);
  });
  it("keeps the id of a table that is renamed", () => {
    const asked = [
      { id: "t1", name: "Window", seats: 2, area: "Front" },
      { name: "T2", seats: 2, area: "Front" },
    ];
    expect(
      edits
        .setTables(
          asked,
          () => "new",
        )(settings)
        ?.tables.map(({ id }) => id),
    ).toEqual(["t1", "new"]);
  });
});

describe("faultsIn", () => {
  const said = (over: Partial<Wanted>) =>
    faultsIn({ ...settings, ...over }).map(({ path, message }) => `${path.join(".")}: ${message}`);
  const [egg] = settings.modifierGroups;
  const [noodles] = settings.categories;
  const [tax] = settings.tax;

  it.each<[Partial<Wanted>, string]>([
    [
      { tables: [...settings.tables, { ...settings.tables[0]!, id: "t2" }] },
      'tables.1.name: the table "T1" stands here a second time',
    ],
    [
      { tables: [...settings.tables, { ...settings.tables[0]!, name: "T2" }] },
      'tables.1.id: the id "t1" stands here a second time',
    ],
    [
      { modifierGroups: [egg!, egg!] },
      'modifierGroups.1.code: the modifier group "egg" stands here a second time',
    ],
    [{ modifierGroups: [{ ...egg!, min: 3 }] }, "modifierGroups.0.min: 3 is above max, which is 2"],
    [
      { modifierGroups: [] },
      'categories.0.items.0.modifierGroups.0: there is no modifier group "egg"',
    ],
    [
      { categories: [{ ...noodles!, items: [...noodles!.items, ...noodles!.items] }] },
      `categories.0.items.1.productId: the productId "${mohinga}" stands here a second time`,
    ],
    [{ tax: [tax!, tax!] }, 'tax.1: "Commercial tax 2026-01-01" stands here a second time'],
    [{ tax: [{ ...tax!, validTo: "2026-01-01" }] }, "tax.0.validTo: must be after validFrom"],
  ])("finds fault %#", (over, fault) => {
    expect(said(over)).toEqual([fault]);
  });
  it("finds two groups of one dish whose choices cannot be told apart", () => {
    const other = { ...egg!, code: "topping" };
    const items = [{ productId: mohinga, modifierGroups: ["egg", "topping"] }];
    expect(said({ modifierGroups: [egg!, other], categories: [{ ...noodles!, items }] })).toEqual([
      'categories.0.items.0.modifierGroups.1: "boiled-egg" is a choice of "egg" and of "topping"; one dish cannot have both',
    ]);
  });
  it("finds names that nobody could see, but for those that were there already", () => {
    const unseen = { ...settings, categories: [{ ...noodles!, name: { en: "\u3164", my: "" } }] };
    const fault = "categories.0.name.en: needs something that can be seen";
    expect(said(unseen)).toEqual([fault]);
    const tables = [{ ...settings.tables[0]!, name: "\u200b" }];
    const found = faultsIn({ ...unseen, tables }, unseen);
    expect(found.map(({ path }) => path.join("."))).toEqual(["tables.0.name"]);
  });
  it("finds more of anything than could be told again", () => {
    const many = <Entry>(count: number, entry: (index: number) => Entry) =>
      Array.from({ length: count }, (_, index) => entry(index));
    const taxes = many(101, (index) => ({ ...tax!, name: `Tax ${index}` }));
    const categories = many(501, (index) => ({ ...noodles!, code: `c${index}`, items: [] }));
    const remedy = "are kept, so remove some first";
    expect(said({ tax: taxes, categories })).toEqual([
      `tax: would be 101 with those that are there; at most 100 ${remedy}`,
      `categories: would be 501 with those that are there; at most 500 ${remedy}`,
    ]);
    expect(said({ tax: taxes.slice(1), categories: categories.slice(1) })).toEqual([]);
  });
  it("finds nothing where all fits", () => {
    expect(said({})).toEqual([]);
  });
});
