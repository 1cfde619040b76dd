// Sorting by BSON order. Of an array, the smallest element counts when rising, the largest when falling.
// https://www.mongodb.com/docs/v7.0/reference/method/cursor.sort/
import type { Document } from "bson";
import { collatorOf } from "./collation.js";
import { MongoError } from "./errors.js";
import { fieldOf, isIndex } from "./paths.js";
import { type Collator, compareValues, isDocument, isNumeric } from "./values.js";

export type Comparator = (a: Document, b: Document) => number;

/** @throws MongoError 15975 for an empty path, 2 for a direction other than 1 and -1 */
export function compileSort(
  spec: Document,
  { collation }: { collation?: Document | undefined } = {},
): Comparator {
  const collator = collatorOf(collation);
  const parts = Object.entries(spec).map(([path, direction]) => {
    if (path === "")
      throw new MongoError(15975, "FieldPath cannot be constructed with empty string");
    if (path.startsWith("$"))
      throw new MongoError(
        16410,
        "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
      );
    if (isDocument(direction))
      throw new MongoError(40218, "query requires text score metadata, but it is not available");
    if (!isNumeric(direction))
      throw new MongoError(
        15974,
        `Illegal key in $sort specification: ${path}: ${JSON.stringify(direction)}`,
      );
    const sign = Number(direction);
    if (sign !== 1 && sign !== -1) {
      throw new MongoError(
        15975,
        "$sort key ordering must be 1 (for ascending) or -1 (for descending)",
      );
    }
    return { key: sortKey(path.split("."), sign, collator), sign };
  });
  return (a, b) => {
    for (const { key, sign } of parts) {
      const result = compareValues(key(a), key(b), collator);
      if (result !== 0) return result * sign;
    }
    return 0;
  };
}

function sortKey(
  path: readonly string[],
  sign: number,
  collator: Collator | undefined,
): (document: Document) => unknown {
  const [only] = path;
  return (document) => {
    if (path.length === 1 && only !== undefined) {
      const value = fieldOf(document, only);
      if (!Array.isArray(value)) return value ?? null;
    }
    const values = leaves(document, path);
    let extreme: unknown = values[0];
    for (const value of values.slice(1)) {
      if (compareValues(value, extreme, collator) * sign < 0) extreme = value;
    }
    return extreme;
  };
}

/** An empty array sorts as undefined, below null; what is missing as null. */
function leaves(document: unknown, path: readonly string[]): unknown[] {
  const found = keysAt(document, path);
  return found.length > 0 ? found : [null];
}

/** The index keys of one path: every element of arrays, undefined for an empty one, null where it is missing. */
export function keysAt(value: unknown, path: readonly string[], at = 0): unknown[] {
  if (at === path.length) {
    if (!Array.isArray(value)) return [value === undefined ? null : value];
    return value.length === 0 ? [undefined] : (value as unknown[]);
  }
  const part = path[at] as string;
  if (Array.isArray(value)) {
    if (isIndex(part) && Number(part) < value.length)
      return keysAt(value[Number(part)], path, at + 1);
    if (value.length === 0) return [null];
    return value.flatMap((element) => (isDocument(element) ? keysAt(element, path, at) : [null]));
  }
  return isDocument(value) ? keysAt(fieldOf(value, part), path, at + 1) : [null];
}
