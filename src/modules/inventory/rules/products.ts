// Pure decisions about products: what a change or an import row makes of one.
import { isDeepStrictEqual } from "node:util";
import { canBeSeen, type LocalizedText, type Money } from "#platform/kernel";
import type { Attributes, ProductDocument } from "../schema.js";

/** What people change of a product. */
export interface ProductFields {
  readonly name: LocalizedText;
  readonly price: number;
  readonly attributes: Attributes;
  readonly lowStockAt: number | null;
  readonly archived: boolean;
  readonly tracked: boolean;
  readonly photo: string | null;
}

const FIELDS = [
  "name",
  "price",
  "attributes",
  "lowStockAt",
  "archived",
  "tracked",
  "photo",
] as const;

/** The part of `wanted` that differs; undefined when nothing does. */
export function changedFields(
  current: ProductFields,
  wanted: { readonly [Field in keyof ProductFields]?: ProductFields[Field] | undefined },
): Partial<ProductFields> | undefined {
  const changed = FIELDS.filter(
    (field) => wanted[field] !== undefined && !isDeepStrictEqual(wanted[field], current[field]),
  );
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((field) => [field, wanted[field]]));
}

/** Whether a change is one that somebody else may allow on the spot: off sale, or back on it. */
export const isOnlyStopping = ({
  archived: _archived,
  ...others
}: { readonly [Field in keyof ProductFields]?: unknown }): boolean =>
  Object.values(others).every((value) => value === undefined);

/** Of free-form values, those that were added, removed or changed. */
export const changedKeys = (before: Attributes, after: Attributes): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !isDeepStrictEqual(before[key], after[key]),
  );

export interface ImportRow {
  readonly sku: string;
  readonly name: LocalizedText;
  readonly price: Money;
  /** On hand, for a new product; null where stock is not counted. */
  readonly stock: number | null;
  readonly lowStockAt: number | null;
  readonly attributes: Attributes;
}

/** What an import settles of a product that exists. Its stock is counted here, and whether it is on sale is decided
 *  here; a product whose stock is counted stays so. */
export const importedFields = (row: ImportRow, current: Pick<ProductDocument, "tracked">) => ({
  name: localized(row.name),
  price: row.price.amount,
  attributes: row.attributes,
  lowStockAt: row.lowStockAt,
  tracked: current.tracked || row.stock !== null,
});

/** Without the language that is missing or blank, so that equal names are stored equally. */
export const localized = ({ en, my }: LocalizedText): LocalizedText => ({
  en,
  ...(my !== undefined && canBeSeen(my) && { my }),
});
