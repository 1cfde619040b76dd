// Pure decisions of restaurant: what the menu shows, how settings merge, and what each edit makes of them.
import { canBeSeen, decimalsOf, type LocalizedText, money } from "#platform/kernel";
import type { Menu, OrderingRules, Settings } from "./contract.js";
import { ALWAYS, crowdsIn, type Misfit, misfitsOf } from "./contract/settings.js";

/** All settings as stored, sorted by position. */
export interface Stored extends Omit<Settings, "tables"> {
  readonly revision: number;
  readonly tables: OrderingRules["tables"];
}
export type Wanted = Omit<Stored, "revision">;

export interface CatalogueEntry {
  readonly productId: string;
  /** Null until the product itself was announced; stock may be heard of first. */
  readonly sku: string | null;
  readonly name: LocalizedText | null;
  readonly price: number | null;
  readonly currency: string | null;
  readonly archived: boolean;
  readonly version: number;
  readonly tracked: boolean;
  readonly available: number | null;
  readonly stockVersion: number;
}
export type ProductCopy = Pick<
  CatalogueEntry,
  "productId" | "sku" | "name" | "price" | "currency" | "archived" | "version"
>;
export type StockCopy = Pick<
  CatalogueEntry,
  "productId" | "tracked" | "available" | "stockVersion"
>;

const unheard = (productId: string): CatalogueEntry => ({
  productId,
  sku: null,
  name: null,
  price: null,
  currency: null,
  archived: false,
  version: 0,
  tracked: false,
  available: null,
  stockVersion: 0,
});

/** The newer of both, for product and stock separately. The same object when nothing is newer. */
export function newest(
  known: CatalogueEntry | undefined,
  heard: ProductCopy | StockCopy,
): CatalogueEntry {
  let entry = known ?? unheard(heard.productId);
  if ("version" in heard && heard.version > entry.version) {
    const { sku, name, price, currency, archived, version } = heard;
    entry = { ...entry, sku, name, price, currency, archived, version };
  }
  if ("stockVersion" in heard && heard.stockVersion > entry.stockVersion) {
    const { tracked, available, stockVersion } = heard;
    entry = { ...entry, tracked, available, stockVersion };
  }
  return entry;
}

export function orderingRulesOf(stored: Stored): OrderingRules {
  return {
    revision: stored.revision,
    restaurant: stored.restaurant,
    tax: stored.tax,
    serviceCharge: stored.serviceCharge,
    tables: stored.tables,
    modifierGroups: stored.modifierGroups,
    items: stored.categories.flatMap(({ code, name, station, items }) =>
      items.map((item) => ({ ...item, category: { code, name }, station })),
    ),
  };
}

/** A dish whose product was never announced, or is archived, is left out; a sold-out one stays. */
export function menuOf(stored: Stored, catalogue: ReadonlyMap<string, CatalogueEntry>): Menu {
  const { currency } = stored.restaurant;
  const groups = new Map(
    stored.modifierGroups.map((group) => [
      group.code,
      {
        ...group,
        modifiers: group.modifiers.map((modifier) => ({
          ...modifier,
          price: money(modifier.price, currency),
        })),
      },
    ]),
  );
  return {
    restaurant: { ...stored.restaurant, decimals: decimalsOf(currency) },
    categories: stored.categories.map(({ code, name, items }) => ({
      code,
      name,
      items: items.flatMap((item) => {
        const product = catalogue.get(item.productId);
        if (!product || product.archived) return [];
        const { sku, name: productName, price, currency: priced } = product;
        if (sku === null || productName === null || price === null || priced === null) return [];
        return {
          productId: item.productId,
          sku,
          name: productName,
          price: money(price, priced),
          modifierGroups: item.modifierGroups.flatMap((group) => groups.get(group) ?? []),
          availability: availabilityOf(product),
        };
      }),
    })),
  };
}

type Availability = Menu["categories"][number]["items"][number]["availability"];

export function availabilityOf({
  tracked,
  available,
}: Pick<CatalogueEntry, "tracked" | "available">): Availability {
  if (!tracked) return { status: "in-stock" };
  if (available === null || available <= 0) return { status: "out-of-stock" };
  return { status: "quantity", available };
}

interface Dated {
  readonly validFrom: string;
  readonly validTo?: string | undefined;
}

/** Given rates join what held before, so that dated history stays; one of the same kind and date is replaced. One without
 *  a date of its own takes the place of all of its kind that have begun: beside them it would never come into force. A
 *  kind that is not given any more ends where the given ones begin, or on `today` when none are given. */
export function mergeRates<Rate extends Dated>(
  stored: readonly Rate[],
  given: readonly Rate[],
  kindOf: (rate: Rate) => string,
  today: string,
): Rate[] {
  const ends = given.map((rate) => rate.validFrom).toSorted()[0] ?? today;
  const kinds = new Set(given.map(kindOf));
  const kept = stored.flatMap((rate) => {
    const hasBegun = rate.validFrom <= today;
    const replaces = ({ validFrom }: Rate) =>
      validFrom === rate.validFrom || (validFrom === ALWAYS && hasBegun);
    if (given.some((one) => kindOf(one) === kindOf(rate) && replaces(one))) return [];
    if (kinds.has(kindOf(rate))) return rate;
    if (rate.validFrom >= ends) return [];
    return rate.validTo !== undefined && rate.validTo <= ends ? rate : { ...rate, validTo: ends };
  });
  return [...kept, ...given];
}

const sorted = <Rate extends Dated>(
  rates: readonly Rate[],
  kindOf: (rate: Rate) => string,
): Rate[] =>
  rates.toSorted(
    (a, b) => compareTexts(kindOf(a), kindOf(b)) || compareTexts(a.validFrom, b.validFrom),
  );

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

export const taxKind = (rate: { name: string }): string => rate.name;
export const chargeKind = (charge: { appliesTo: readonly string[] }): string =>
  charge.appliesTo.toSorted().join();

/** What stands stored after `given` was settled on `stored`. A table keeps its id as long as it keeps its name. */
export function settled(
  stored: Stored | undefined,
  given: Settings,
  today: string,
  newId: () => string,
): Wanted {
  const ids = new Map(stored?.tables.map((table) => [table.name, table.id]));
  return {
    ...given,
    tax: mergeRates(stored?.tax ?? [], given.tax, taxKind, today),
    serviceCharge: mergeRates(stored?.serviceCharge ?? [], given.serviceCharge, chargeKind, today),
    tables: given.tables.map((table) => ({ ...table, id: ids.get(table.name) ?? newId() })),
  };
}

/** A restaurant keeps its currency: products and everything sold are in it, and none of them would be re-priced. */
export const currencyMisfits = (stored: Stored | undefined, given: Settings): Misfit[] => {
  const kept = stored?.restaurant.currency ?? given.restaurant.currency;
  if (kept === given.restaurant.currency) return [];
  return [{ path: ["restaurant", "currency"], message: `must stay ${kept}: its prices are in it` }];
};

/** The names of everything, with their places; Burmese ones may be blank. */
function namesIn(
  value: unknown,
  path: Misfit["path"] = [],
): { readonly path: Misfit["path"]; readonly name: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const isName = typeof inner === "string" && (key === "name" || key === "en");
    return isName ? { path: at, name: inner } : namesIn(inner, at);
  });
}

/** What has such a name already keeps it until somebody changes it: one edit mends one name. */
function unseenIn(wanted: Wanted, stored: Wanted | undefined): Misfit[] {
  const known = new Set(namesIn(stored).map(({ name }) => name));
  return namesIn(wanted)
    .filter(({ name }) => !canBeSeen(name) && !known.has(name))
    .map(({ path }) => ({ path, message: "needs something that can be seen" }));
}

/** Why settings cannot stand as they are. */
export function faultsIn(wanted: Wanted, stored?: Wanted): Misfit[] {
  const { tables, modifierGroups, categories, tax, serviceCharge } = wanted;
  const byProduct = categories.map(({ code, items }) => ({
    code,
    items: items.map(({ productId, modifierGroups: groups }) => ({
      id: productId,
      modifierGroups: groups,
    })),
  }));
  return [
    ...misfitsOf(
      { tables, modifierGroups, categories: byProduct },
      { tablesAt: ["tables"], idField: "productId" },
    ),
    ...unseenIn(wanted, stored),
    ...doubleIdsOf(tables),
    ...crowdsIn(wanted),
    ...datesOf(tax, "tax", taxKind),
    ...datesOf(serviceCharge, "serviceCharge", chargeKind),
  ];
}

function doubleIdsOf(tables: Wanted["tables"]): Misfit[] {
  const ids = tables.map(({ id }) => id);
  return tables.flatMap(({ id }, index) =>
    ids.indexOf(id) === index
      ? []
      : [{ path: ["tables", index, "id"], message: `the id "${id}" stands here a second time` }],
  );
}

function datesOf<Rate extends Dated>(
  rates: readonly Rate[],
  field: string,
  kindOf: (rate: Rate) => string,
): Misfit[] {
  const seen = new Set<string>();
  return rates.flatMap((rate, index) => {
    const key = `${kindOf(rate)} ${rate.validFrom}`;
    const misfits: Misfit[] = [];
    if (seen.has(key)) {
      misfits.push({ path: [field, index], message: `"${key}" stands here a second time` });
    }
    if (rate.validTo !== undefined && rate.validTo <= rate.validFrom) {
      misfits.push({ path: [field, index, "validTo"], message: "must be after validFrom" });
    }
    seen.add(key);
    return misfits;
  });
}

type Section = keyof Wanted;
const SECTIONS: readonly Section[] = [
  "restaurant",
  "tax",
  "serviceCharge",
  "tables",
  "modifierGroups",
  "categories",
];

/** The parts that differ; none when nothing would change. */
export function changedSections(stored: Stored | undefined, wanted: Wanted): Set<Section> {
  if (!stored) return new Set(SECTIONS);
  const [before, after] = [inOrder(stored), inOrder(wanted)];
  return new Set(
    SECTIONS.filter((section) => canonical(before[section]) !== canonical(after[section])),
  );
}

/** Rates have no order of their own. */
const inOrder = (settings: Wanted): Wanted => ({
  ...settings,
  tax: sorted(settings.tax, taxKind),
  serviceCharge: sorted(settings.serviceCharge, chargeKind),
});

/** JSON with sorted keys: two values are equal exactly when their texts are. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => compareTexts(a, b)))
      : inner,
  );
}
