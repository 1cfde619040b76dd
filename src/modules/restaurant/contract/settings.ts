// What a restaurant's settings are made of: the fields, their limits, and what must fit together. Shared by the face
// and by the import file, so that both refuse the same things in the same words.
import { z } from "zod";
import { CalendarDate, LocalizedText, Rate, text, Uuid } from "#platform/kernel";

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** Asked of Intl itself: its list names each zone once, and Asia/Yangon under its older name only. */
function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

export const Code = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words with hyphens, such as "boiled-egg"');
export const Price = z
  .int("must be a whole number, in the currency's stored unit")
  .min(0, "must not be negative")
  .max(1_000_000_000, "must be at most 1,000,000,000");
const Label = text(60).refine((value) => value.trim() !== "", "must not be empty");

export const Profile = z.strictObject({
  name: LocalizedText,
  currency: z
    .string()
    .refine((code) => currencies.has(code), "must be an ISO 4217 currency, such as MMK"),
  timeZone: z.string().refine(isTimeZone, "must be an IANA time zone, such as Asia/Yangon"),
  businessDayStartsAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as "04:00"'),
});

const ValidTo = CalendarDate.optional().meta({ description: "The first day without it" });

export const TaxRate = z.strictObject({
  name: Label,
  rate: Rate,
  inclusive: z.boolean().meta({ description: "True where menu prices include it" }),
  validFrom: CalendarDate,
  validTo: ValidTo,
});
export type TaxRate = z.infer<typeof TaxRate>;

/** The date of a rate that has none: it holds from the beginning. */
export const ALWAYS = "1970-01-01";

export const ServiceCharge = z.strictObject({
  rate: Rate,
  appliesTo: z
    .array(z.enum(["dine-in", "takeaway"]))
    .min(1)
    .overwrite((types) => [...new Set(types)]),
  validFrom: CalendarDate,
  validTo: ValidTo,
});
export type ServiceCharge = z.infer<typeof ServiceCharge>;

export const TableFields = z.strictObject({
  name: text(30).refine((value) => value.trim() !== "", "must not be empty"),
  seats: z.int().min(1).max(500),
  area: text(60),
});
export const Table = TableFields.extend({ id: Uuid });

export const Modifier = z.strictObject({ code: Code, name: LocalizedText, price: Price });
export const ModifierGroup = z.strictObject({
  code: Code,
  name: LocalizedText,
  min: z.int().min(0).max(20),
  max: z.int().min(1).max(20),
  modifiers: z.array(Modifier).min(1).max(100),
});

export const MAX_TABLES = 1_000;
export const MAX_GROUPS = 1_000;
export const MAX_CATEGORIES = 500;
export const MAX_ITEMS = 20_000;
/** Of taxes, and of service charges, with those that have ended. */
export const MAX_RATES = 100;

type Path = readonly (string | number)[];
export interface Misfit {
  readonly path: Path;
  readonly message: string;
}

export interface Fitting {
  readonly tables: readonly { readonly name: string }[];
  readonly modifierGroups: readonly {
    readonly code: string;
    readonly min: number;
    readonly max: number;
    readonly modifiers: readonly { readonly code: string }[];
  }[];
  readonly categories: readonly {
    readonly code: string;
    readonly items: readonly { readonly id: string; readonly modifierGroups: readonly string[] }[];
  }[];
}

/** What each schema alone cannot see: doubles, groups that do not exist, choices that cannot be told apart. An empty
 *  code or id is taken as unreadable, and told by its own schema. */
export function misfitsOf(
  { tables, modifierGroups, categories }: Fitting,
  { tablesAt, idField }: { tablesAt: Path; idField: string },
): Misfit[] {
  const misfits: Misfit[] = [];
  const unique = (what: string) => {
    const seen = new Set<string>();
    return (value: string, path: Path) => {
      if (value !== "" && seen.has(value))
        misfits.push({ path, message: `the ${what} "${value}" stands here a second time` });
      seen.add(value);
    };
  };
  const table = unique("table");
  for (const [i, { name }] of tables.entries()) table(name, [...tablesAt, i, "name"]);

  const group = unique("modifier group");
  const groups = new Map(modifierGroups.map((one) => [one.code, one]));
  for (const [i, { code, min, max, modifiers }] of modifierGroups.entries()) {
    const path = ["modifierGroups", i];
    group(code, [...path, "code"]);
    if (min > max)
      misfits.push({ path: [...path, "min"], message: `${min} is above max, which is ${max}` });
    const modifier = unique("modifier");
    for (const [j, one] of modifiers.entries())
      modifier(one.code, [...path, "modifiers", j, "code"]);
  }

  const category = unique("category");
  const id = unique(idField);
  for (const [i, { code, items }] of categories.entries()) {
    category(code, ["categories", i, "code"]);
    for (const [j, item] of items.entries()) {
      const path = ["categories", i, "items", j];
      id(item.id, [...path, idField]);
      const own = unique("modifier group");
      const choices = new Map<string, string>();
      for (const [k, wanted] of item.modifierGroups.entries()) {
        const at = [...path, "modifierGroups", k];
        own(wanted, at);
        const found = groups.get(wanted);
        if (!found && wanted !== "")
          misfits.push({ path: at, message: `there is no modifier group "${wanted}"` });
        for (const choice of new Set(found?.modifiers.map((one) => one.code))) {
          const other = choices.get(choice);
          if (other !== undefined && other !== wanted && choice !== "") {
            const message = `"${choice}" is a choice of "${other}" and of "${wanted}"; one dish cannot have both`;
            misfits.push({ path: at, message });
          }
          choices.set(choice, wanted);
        }
      }
    }
  }
  return misfits;
}

/** Each edit and each import adds to what is there. What holds more than the contract can tell could not be read again,
 *  and nothing could be sold by it. */
export function crowdsIn({
  tax,
  serviceCharge,
  tables,
  modifierGroups,
  categories,
}: Record<"tax" | "serviceCharge" | "tables" | "modifierGroups", readonly unknown[]> & {
  readonly categories: readonly { readonly items: readonly unknown[] }[];
}): Misfit[] {
  const lists: [path: Path, entries: readonly unknown[], most: number][] = [
    [["tax"], tax, MAX_RATES],
    [["serviceCharge"], serviceCharge, MAX_RATES],
    [["tables"], tables, MAX_TABLES],
    [["modifierGroups"], modifierGroups, MAX_GROUPS],
    [["categories"], categories, MAX_CATEGORIES],
  ];
  for (const [index, { items }] of categories.entries())
    lists.push([["categories", index, "items"], items, MAX_ITEMS]);
  return lists
    .filter(([, entries, most]) => entries.length > most)
    .map(([path, { length }, most]) => {
      const message = `would be ${length} with those that are there; at most ${most} are kept, so remove some first`;
      return { path, message };
    });
}
