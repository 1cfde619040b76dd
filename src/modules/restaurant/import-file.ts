// The file format of a whole restaurant: the sample's, and what `npm run import` takes. Every fault has a path and a
// reason in words.
import { z } from "zod";
import { LocalizedText, Rate, text } from "#platform/kernel";

const Code = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A code is lower-case words with hyphens, such as "boiled-egg"')
  .max(60);
const Sku = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, "A SKU is 1 to 40 letters, digits, dots, hyphens or underscores");
const Price = z.int("A price is an integer in the currency's stored unit").min(0).max(1_000_000_000);
const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time is written like "04:00"');

const zones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
const currencies = new Set(Intl.supportedValuesOf("currency"));

const RestaurantProfile = z.strictObject({
  name: LocalizedText,
  currency: z.string().refine((code) => currencies.has(code), "This is no ISO 4217 currency, such as MMK"),
  timeZone: z.string().refine((zone) => zones.has(zone), "This is no IANA time zone, such as Asia/Yangon"),
  businessDayStartsAt: Clock,
  tax: z
    .strictObject({ name: text(60), rate: Rate, inclusive: z.boolean(), validFrom: z.iso.date() })
    .optional(),
  serviceCharge: z
    .strictObject({
      rate: Rate,
      appliesTo: z.array(z.enum(["dine-in", "takeaway"])).min(1),
      validFrom: z.iso.date().optional(),
    })
    .optional(),
  tables: z
    .array(z.strictObject({ name: text(30), seats: z.int().min(1).max(500), area: text(60) }))
    .max(1_000)
    .default([]),
});

const ModifierGroup = z
  .strictObject({
    code: Code,
    name: LocalizedText,
    min: z.int().min(0).max(20),
    max: z.int().min(1).max(20),
    modifiers: z.array(z.strictObject({ code: Code, name: LocalizedText, price: Price })).min(1).max(100),
  })
  .refine((group) => group.min <= group.max, "min must not be above max");

const Item = z.strictObject({
  sku: Sku,
  name: LocalizedText,
  price: Price,
  stock: z.int().min(0).max(1_000_000).nullable().meta({ description: "null where stock is not counted" }),
  lowStockAt: z.int().min(0).max(1_000_000).nullable().default(null),
  modifierGroups: z.array(Code).max(20).default([]),
  attributes: z.record(z.string().min(1).max(60), z.json()).default({}),
});

const Category = z.strictObject({
  code: Code,
  name: LocalizedText,
  station: Code,
  items: z.array(Item).max(20_000),
});

export const RestaurantFile = z
  .strictObject({
    $schema: z.string().optional(),
    restaurant: RestaurantProfile,
    modifierGroups: z.array(ModifierGroup).max(1_000).default([]),
    categories: z.array(Category).max(500),
  })
  .superRefine((file, context) => {
    const say = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const unique = (values: { value: string; path: (string | number)[] }[], what: string) => {
      const seen = new Set<string>();
      for (const { value, path } of values) {
        if (seen.has(value)) say(path, `${what} "${value}" stands here a second time`);
        seen.add(value);
      }
    };
    unique(file.restaurant.tables.map(({ name }, i) => ({ value: name, path: ["restaurant", "tables", i, "name"] })), "The table");
    unique(file.modifierGroups.map(({ code }, i) => ({ value: code, path: ["modifierGroups", i, "code"] })), "The modifier group");
    unique(
      file.modifierGroups.flatMap((group, i) =>
        group.modifiers.map(({ code }, j) => ({ value: code, path: ["modifierGroups", i, "modifiers", j, "code"] })),
      ),
      "The modifier",
    );
    unique(file.categories.map(({ code }, i) => ({ value: code, path: ["categories", i, "code"] })), "The category");
    const groups = new Set(file.modifierGroups.map((group) => group.code));
    const skus: { value: string; path: (string | number)[] }[] = [];
    for (const [i, category] of file.categories.entries()) {
      for (const [j, item] of category.items.entries()) {
        const path = ["categories", i, "items", j];
        skus.push({ value: item.sku, path: [...path, "sku"] });
        for (const [k, code] of item.modifierGroups.entries()) {
          if (!groups.has(code)) say([...path, "modifierGroups", k], `There is no modifier group "${code}" in this file`);
        }
      }
    }
    unique(skus, "The SKU");
  });
export type RestaurantFile = z.infer<typeof RestaurantFile>;

export interface FileFault {
  /** Such as `categories[0].items[3].price`. */
  readonly path: string;
  readonly reason: string;
}

/** The parsed file, or every fault in it. */
export function readRestaurantFile(content: unknown): { file: RestaurantFile } | { faults: FileFault[] } {
  const result = RestaurantFile.safeParse(content);
  if (result.success) return { file: result.data };
  return {
    faults: result.error.issues.map((issue) => ({ path: pathOf(issue.path), reason: issue.message })),
  };
}

const pathOf = (path: readonly PropertyKey[]) =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("") || "(the whole file)";
