// Writing at a dotted path, copy on write: what is not touched is shared with the old document.
import type { Document } from "bson";
import { MongoError } from "../errors.js";
import type { Filter } from "../filter/index.js";
import { fieldOf, isIndex } from "../paths.js";
import { isDocument } from "../values.js";

/** Says that the field is to go. */
export const REMOVE = Symbol("remove");
/** Says that nothing changes, and nothing is created on the way. */
export const KEEP = Symbol("keep");

/** What to put at a path, given what is there (undefined where it is missing). */
export type Change = (current: unknown) => unknown;

const MAX_PADDING = 1_500_000;

const show = (name: string, value: unknown) => `{${name}: ${JSON.stringify(value) ?? "undefined"}}`;

/** Sets own fields only: a field called __proto__ is data like any other. */
export function withField(document: Document, name: string, value: unknown): Document {
  if (name !== "__proto__") return { ...document, [name]: value };
  const copy = { ...document };
  Object.defineProperty(copy, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return copy;
}

function withoutField(document: Document, name: string): Document {
  const { [name]: _gone, ...rest } = document;
  return rest;
}

/** The same reference when nothing changed.
 *  @throws MongoError 28 where the path leads through a scalar */
export function changeAt(
  node: unknown,
  parts: readonly string[],
  change: Change,
  at = 0,
  name = "",
): unknown {
  const part = parts[at];
  if (part === undefined) return change(node);
  if (Array.isArray(node)) return changeInArray(node, parts, change, at, name);
  if (node !== undefined && !isDocument(node)) {
    const probe = change(undefined);
    if (probe === KEEP || probe === REMOVE) return node;
    throw new MongoError(28, `Cannot create field '${part}' in element ${show(name, node)}`);
  }
  const current = node === undefined ? undefined : fieldOf(node, part);
  const next = changeAt(current, parts, change, at + 1, part);
  if (next === KEEP || (next === current && current !== undefined)) return node ?? KEEP;
  if (next === REMOVE)
    return node === undefined || current === undefined ? (node ?? KEEP) : withoutField(node, part);
  if (next === undefined) return node ?? KEEP;
  return withField(node ?? {}, part, next);
}

function changeInArray(
  array: readonly unknown[],
  parts: readonly string[],
  change: Change,
  at: number,
  name: string,
): unknown {
  const part = parts[at] as string;
  if (!isIndex(part)) {
    const probe = change(undefined);
    if (probe === KEEP || probe === REMOVE) return array;
    throw new MongoError(28, `Cannot create field '${part}' in element ${show(name, array)}`);
  }
  const place = Number(part);
  const current = array[place];
  const next = changeAt(current, parts, change, at + 1, part);
  if (next === KEEP || next === current) return array;
  if (next === REMOVE) return place < array.length ? array.with(place, null) : array;
  if (place < array.length) return array.with(place, next);
  if (place - array.length > MAX_PADDING)
    throw new MongoError(2, `can't backfill more than ${MAX_PADDING} elements`);
  return [...array, ...(Array(place - array.length).fill(null) as null[]), next];
}

export interface Positions {
  /** Where the query matched in an array, for `$`. */
  readonly arrayIndex: number | undefined;
  readonly arrayFilters: ReadonlyMap<string, Filter>;
}

/** The concrete paths that a path with `$`, `$[]` or `$[name]` stands for in this document. */
export function concretePaths(
  document: Document,
  parts: readonly string[],
  positions: Positions,
): (readonly string[])[] {
  const first = parts.findIndex((part) => part === "$" || part.startsWith("$["));
  if (first < 0) return [parts];
  const part = parts[first] as string;
  const before = parts.slice(0, first);
  const after = parts.slice(first + 1);
  const resume = (place: number) =>
    concretePaths(document, [...before, String(place), ...after], positions);
  if (part === "$") {
    if (positions.arrayIndex === undefined) {
      throw new MongoError(
        2,
        "The positional operator did not find the match needed from the query.",
      );
    }
    return resume(positions.arrayIndex);
  }
  let value: unknown = document;
  for (const name of before) {
    value = Array.isArray(value)
      ? value[Number(name)]
      : isDocument(value)
        ? fieldOf(value, name)
        : undefined;
  }
  const path = before.join(".");
  if (value === undefined) {
    throw new MongoError(
      2,
      `The path '${path}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(value)) {
    throw new MongoError(
      2,
      `Cannot apply array updates to non-array element ${show(before.at(-1) ?? "", value)}`,
    );
  }
  const name = part.slice(2, -1);
  const filter = name === "" ? undefined : positions.arrayFilters.get(name);
  return value.flatMap((element: unknown, place) =>
    filter === undefined || filter.matches({ [name]: element }) ? resume(place) : [],
  );
}
