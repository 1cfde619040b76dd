// The file format of a whole restaurant: the sample's, and what `npm run import` takes. Every fault has a path and a
// reason in words, and all of them are told at once.
import { z } from "zod";
import { faultsOf } from "#platform/contract";
import { CalendarDate, LocalizedText, text } from "#platform/kernel";
import {
  ALWAYS,
  Code,
  MAX_CATEGORIES,
  MAX_GROUPS,
  MAX_ITEMS,
  MAX_TABLES,
  misfitsOf,
  ModifierGroup,
  Price,
  Profile,
  ServiceCharge,
  TableFields,
  TaxRate,
} from "./contract/settings.js";

const MAX_ATTRIBUTES_CHARACTERS = 16_000;

/** JSON can write both as escapes; the server takes neither, and would say so of a whole hundred of dishes. */
function holdsUnstorable(value: unknown): boolean {
  if (typeof value === "string") return /\0|\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some((entry) => entry.some(holdsUnstorable));
}

const Count = z
  .int("must be a whole number, or null")
  .min(0, "must not be negative")
  .max(1_000_000);

const Item = z.strictObject({
  sku: z
    .string()
    .regex(
      /^[A-Za-z0-9._-]{1,40}$/,
      "must be 1 to 40 letters, digits, dots, hyphens or underscores",
    ),
  name: LocalizedText,
  price: Price,
  stock: Count.nullable().meta({ description: "null where stock is not counted" }),
  lowStockAt: Count.nullable().default(null),
  modifierGroups: z.array(Code).max(20).default([]),
  attributes: z
    .record(text(60), z.json())
    .refine(
      (attributes) => JSON.stringify(attributes).length <= MAX_ATTRIBUTES_CHARACTERS,
      `must be at most ${MAX_ATTRIBUTES_CHARACTERS} characters together`,
    )
    .refine(
      (attributes) => !holdsUnstorable(attributes),
      "must not hold NUL characters or half of a character",
    )
    .default({}),
});

const Category = z.strictObject({
  code: Code,
  name: LocalizedText,
  station: Code,
  items: z.array(Item).max(MAX_ITEMS),
});

export const RestaurantFile = z.strictObject({
  $schema: z.string().optional(),
  restaurant: Profile.extend({
    tax: TaxRate.optional(),
    serviceCharge: ServiceCharge.extend({
      validFrom: CalendarDate.default(ALWAYS).meta({
        description: "Left out: in place of every one that began before",
      }),
    }).optional(),
    tables: z.array(TableFields).max(MAX_TABLES).default([]),
  }),
  modifierGroups: z.array(ModifierGroup).max(MAX_GROUPS).default([]),
  categories: z.array(Category).max(MAX_CATEGORIES),
});
export type RestaurantFile = z.infer<typeof RestaurantFile>;

export interface FileFault {
  /** Such as `categories[0].items[3].price`. */
  readonly path: string;
  readonly reason: string;
}

/** The parsed file, or every fault in it, in the order of the file's parts. */
export function readRestaurantFile(
  content: unknown,
): { file: RestaurantFile } | { faults: FileFault[] } {
  const result = RestaurantFile.safeParse(content);
  const { restaurant, ...menu } = Readable.parse(content);
  const misfits = misfitsOf(
    { tables: restaurant.tables, ...menu },
    { tablesAt: ["restaurant", "tables"], idField: "sku" },
  );
  if (result.success && misfits.length === 0) return { file: result.data };
  const issues = result.error?.issues ?? [];
  return {
    faults: [...issues.flatMap((issue) => faultsOf([issue])), ...misfits].map(
      ({ path, message }) => ({
        path: pathOf(typeof path === "string" ? path : path.join(".")),
        reason: message,
      }),
    ),
  };
}

// As much as can be read of a file that may be wrong anywhere, so that what must fit together is checked all the same.
const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const word = z.string().catch("");
const readable = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value) => (isObject(value) ? value : {}), z.object(shape));
const readables = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).catch([]);
const Readable = readable({
  restaurant: readable({ tables: readables(readable({ name: word })) }),
  modifierGroups: readables(
    readable({
      code: word,
      min: z.number().catch(0),
      max: z.number().catch(Infinity),
      modifiers: readables(readable({ code: word })),
    }),
  ),
  categories: readables(
    readable({
      code: word,
      items: readables(
        readable({ sku: word, modifierGroups: readables(word) }).transform(
          ({ sku, modifierGroups }) => ({ id: sku, modifierGroups }),
        ),
      ),
    }),
  ),
});

/** In this file's own way of writing a path: `categories[0].items[3].price`. */
const pathOf = (path: string) =>
  path.replaceAll(/(^|\.)(\d+)(?=\.|$)/g, "[$2]") || "(the whole file)";

/** The format as JSON Schema, for editors: docs/restaurant-file.schema.json. */
export const restaurantFileJsonSchema = (): object => ({
  ...z.toJSONSchema(RestaurantFile, { io: "input" }),
  title: "A restaurant, as npm run import takes it",
});
