// What routes have in common: pages, and values that arrive as text in a URL.
import { z } from "zod";

/** A list: the next page is asked for with `cursor`, until it is null. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A whole number in a query string, also given as a number in-process. A field that was left empty is none: read as 0 it
 *  would ask for the hour of midnight. */
export const queryInteger = (min: number, max: number) => {
  const range = `must be a whole number from ${min} to ${max}`;
  return z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int(range).min(min, range).max(max, range),
  ) as z.ZodType<number, number | string>;
};

/** `true` or `false` in a query string, also given as a boolean in-process. */
export const queryBoolean = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean("must be true or false"),
) as z.ZodType<boolean, boolean | "true" | "false">;

/** Spread its `shape` into the input of a list. */
export const pageQuery = z.strictObject({
  limit: queryInteger(1, 100).default(50),
  cursor: z.string().min(1).max(500).optional(),
});
