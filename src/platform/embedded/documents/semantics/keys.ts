// The keys of a document in an index. https://www.mongodb.com/docs/v7.0/core/indexes/index-types/index-multikey/
import type { Document } from "bson";
import { MongoError } from "./errors.js";
import type { Filter } from "./filter/index.js";
import { somePath, fieldOf } from "./paths.js";
import { keysAt } from "./sort.js";
import { compareValues, isDocument } from "./values.js";

export type Key = readonly unknown[];

/** None when a sparse or partial index leaves the document out.
 *  @throws MongoError 171 when two of the paths are arrays */
export function indexKeys(
  document: Document,
  pattern: Document,
  { sparse = false, partial }: { sparse?: boolean; partial?: Filter | undefined } = {},
): Key[] {
  if (partial && !partial.matches(document)) return [];
  const paths = Object.keys(pattern);
  if (paths.length === 1 && paths[0] !== undefined && !paths[0].includes(".")) {
    const value = fieldOf(document, paths[0]);
    if (sparse && value === undefined) return [];
    if (!Array.isArray(value)) return [[value === undefined ? null : value]];
  }
  const parts = paths.map((path) => path.split("."));
  if (sparse && !parts.some((path) => somePath(document, path, (value) => value !== undefined)))
    return [];
  const columns = parts.map((path) => distinct(keysAt(document, path)));
  // Paths below the same array vary together; two arrays side by side would multiply.
  const arrays = parts.map((path) => arrayOn(document, path));
  const outer = new Set(arrays.filter((one) => one !== undefined));
  if (outer.size > 1 && !sharedPrefix([...outer])) {
    const [first = "", second = ""] = [...outer];
    throw new MongoError(171, `cannot index parallel arrays [${second}] [${first}]`);
  }
  if (outer.size > 0 && arrays.filter((one) => one !== undefined).length > 1)
    return together(document, parts, [...outer][0] as string);
  return columns.reduce<unknown[][]>(
    (keys, column) => keys.flatMap((key) => column.map((value) => [...key, value])),
    [[]],
  );
}

const sharedPrefix = (paths: readonly string[]) => {
  const shortest = paths.reduce((a, b) => (a.length < b.length ? a : b));
  return paths.every((path) => path === shortest || path.startsWith(`${shortest}.`));
};

/** The path of the first array on the way, if any. */
function arrayOn(document: unknown, path: readonly string[]): string | undefined {
  let value = document;
  for (const [index, part] of path.entries()) {
    value = isDocument(value) ? fieldOf(value, part) : undefined;
    if (Array.isArray(value)) return path.slice(0, index + 1).join(".");
  }
  return undefined;
}

function together(document: Document, parts: readonly (readonly string[])[], array: string): Key[] {
  const prefix = array.split(".");
  let value: unknown = document;
  for (const part of prefix) value = fieldOf(value as Document, part);
  // The path that ends at an empty array finds undefined there; those that go on below find nothing.
  const isEmpty = Array.isArray(value) && value.length === 0;
  const elements: unknown[] = Array.isArray(value) && !isEmpty ? value : [undefined];
  const keys = elements.flatMap((element) =>
    parts.reduce<unknown[][]>(
      (rows, path) => {
        const below = path.slice(0, prefix.length).join(".") === array;
        const column = below
          ? isEmpty && path.length === prefix.length
            ? [undefined]
            : distinct(keysAt(element, path.slice(prefix.length)))
          : keysAt(document, path);
        return rows.flatMap((row) => column.map((one) => [...row, one]));
      },
      [[]],
    ),
  );
  return distinctKeys(keys);
}

function distinct(values: readonly unknown[]): unknown[] {
  if (values.length < 2) return [...values];
  const sorted = values.toSorted((a, b) => compareValues(a, b));
  return sorted.filter(
    (value, index) => index === 0 || compareValues(value, sorted[index - 1]) !== 0,
  );
}

const distinctKeys = (keys: unknown[][]): unknown[][] => {
  const sorted = keys.toSorted((a, b) => compareValues(a, b));
  return sorted.filter((key, index) => index === 0 || compareValues(key, sorted[index - 1]) !== 0);
};
