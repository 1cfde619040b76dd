// What each edit makes of the settings: pure, from what is stored to what is wanted. Undefined: it names something that
// is not there. Whether the result fits together is decided afterwards, for all edits alike.
import type { Wanted } from "./rules.js";

type Group = Wanted["modifierGroups"][number];
type Category = Wanted["categories"][number];
type Item = Category["items"][number];
export type Change = (settings: Wanted) => Wanted | undefined;

/** `entry` at `position`, or where it was, or at the end. */
function placed<Entry>(
  entries: readonly Entry[],
  entry: Entry,
  isIt: (other: Entry) => boolean,
  position?: number,
): Entry[] {
  const before = entries.findIndex(isIt);
  const others = entries.filter((other) => !isIt(other));
  const at = position ?? (before === -1 ? others.length : before);
  return others.toSpliced(at, 0, entry);
}

/** Without the fields that were not given. */
const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };

type ProfileFields = Omit<Wanted["restaurant"], "currency">;

export const changeProfile =
  (fields: { [Key in keyof ProfileFields]?: ProfileFields[Key] | undefined }): Change =>
  (settings) => ({ ...settings, restaurant: { ...settings.restaurant, ...given(fields) } });

export const setRates =
  ({ tax, serviceCharge }: Pick<Wanted, "tax" | "serviceCharge">): Change =>
  (settings) => ({ ...settings, tax, serviceCharge });

type AskedTable = Omit<Wanted["tables"][number], "id"> & { readonly id?: string | undefined };

export const setTables =
  (tables: readonly AskedTable[], newId: () => string): Change =>
  (settings) => {
    const known = new Set(settings.tables.map((table) => table.id));
    if (tables.some(({ id }) => id !== undefined && !known.has(id))) return undefined;
    return { ...settings, tables: tables.map((table) => ({ ...table, id: table.id ?? newId() })) };
  };

export const putModifierGroup =
  (group: Group): Change =>
  (settings) => ({
    ...settings,
    modifierGroups: placed(settings.modifierGroups, group, ({ code }) => code === group.code),
  });

export const removeModifierGroup =
  (code: string): Change =>
  (settings) => {
    if (!settings.modifierGroups.some((group) => group.code === code)) return undefined;
    const without = (item: Item) => ({
      ...item,
      modifierGroups: item.modifierGroups.filter((group) => group !== code),
    });
    return {
      ...settings,
      modifierGroups: settings.modifierGroups.filter((group) => group.code !== code),
      categories: settings.categories.map((category) => ({
        ...category,
        items: category.items.map(without),
      })),
    };
  };

export const putCategory =
  (fields: Omit<Category, "items">, position?: number): Change =>
  (settings) => {
    const isIt = ({ code }: Category) => code === fields.code;
    const items = settings.categories.find(isIt)?.items ?? [];
    return {
      ...settings,
      categories: placed(settings.categories, { ...fields, items }, isIt, position),
    };
  };

export const removeCategory =
  (code: string): Change =>
  (settings) => {
    if (!settings.categories.some((category) => category.code === code)) return undefined;
    return {
      ...settings,
      categories: settings.categories.filter((category) => category.code !== code),
    };
  };

const holds = (productId: string) => (item: Item) => item.productId === productId;

/** A product that is not on the menu yet needs a category. */
export const putMenuItem =
  ({
    productId,
    category,
    position,
    modifierGroups,
  }: {
    productId: string;
    category?: string | undefined;
    position?: number | undefined;
    modifierGroups?: string[] | undefined;
  }): Change =>
  (settings) => {
    const isIt = holds(productId);
    const home = settings.categories.find(({ items }) => items.some(isIt));
    const target = category ?? home?.code;
    if (!settings.categories.some(({ code }) => code === target)) return undefined;
    const item: Item = {
      productId,
      modifierGroups: modifierGroups ?? home?.items.find(isIt)?.modifierGroups ?? [],
    };
    return {
      ...settings,
      categories: settings.categories.map((one) => ({
        ...one,
        items:
          one.code === target
            ? placed(one.items, item, isIt, position)
            : one.items.filter((other) => !isIt(other)),
      })),
    };
  };

export const removeMenuItem =
  (productId: string): Change =>
  (settings) => {
    const isIt = holds(productId);
    if (!settings.categories.some(({ items }) => items.some(isIt))) return undefined;
    return {
      ...settings,
      categories: settings.categories.map((category) => ({
        ...category,
        items: category.items.filter((item) => !isIt(item)),
      })),
    };
  };
