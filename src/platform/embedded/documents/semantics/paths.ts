// Dotted paths: what a query's path means in a document, with MongoDB's fan-out over arrays.
import { isDocument } from "./values.js";

const INDEX = /^(0|[1-9]\d*)$/;
export const isIndex = (part: string): boolean => INDEX.test(part);

/** A field of its own: never one of a prototype. */
export const fieldOf = (document: object, name: string): unknown =>
  Object.hasOwn(document, name) ? (document as Record<string, unknown>)[name] : undefined;

/** Calls `visit` with each value at the path until one answers true: undefined where it is missing. Arrays on the way
 *  are entered by index and, for their documents, by each element; what the path ends at is not taken apart.
 *  `index` is the place in the first array that was entered, for the positional `$`. */
export function somePath(
  value: unknown,
  parts: readonly string[],
  visit: (found: unknown, index: number | undefined) => boolean,
  at = 0,
  index?: number,
): boolean {
  if (at === parts.length) return visit(value, index);
  const part = parts[at] as string;
  if (Array.isArray(value)) {
    if (isIndex(part)) {
      const place = Number(part);
      if (place < value.length && somePath(value[place], parts, visit, at + 1, index ?? place))
        return true;
    }
    return value.some(
      (element, place) =>
        isDocument(element) && somePath(element, parts, visit, at, index ?? place),
    );
  }
  if (isDocument(value)) {
    const field = fieldOf(value, part);
    if (field !== undefined || at === parts.length - 1)
      return somePath(field, parts, visit, at + 1, index);
  }
  return visit(undefined, index);
}

/** Every value at the path, as `distinct` and indexes see it: arrays at its end are taken apart. */
export function valuesAt(document: unknown, parts: readonly string[]): unknown[] {
  const found: unknown[] = [];
  somePath(document, parts, (value) => {
    if (Array.isArray(value)) found.push(...(value as unknown[]));
    else if (value !== undefined) found.push(value);
    return false;
  });
  return found;
}
