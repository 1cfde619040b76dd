// The one way documents become bytes and back. Int64 stays a Long and binary stays a Binary, so nothing
// is rounded or re-typed on its way through the store.
import { deserialize, serialize, type Document } from "bson";

export type { Document } from "bson";

const READ = {
  promoteValues: true,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
  validation: { utf8: true },
} as const;

export const decode = (bytes: Uint8Array): Document => deserialize(bytes, READ);

export const encode = (document: Document): Uint8Array =>
  serialize(document, { ignoreUndefined: true });

const isContainer = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  (Array.isArray(value) || !("_bsontype" in value || value instanceof Date));

/** Whether `value` nests deeper than `levels`; stops looking at the first place that does. */
export function nestsDeeperThan(value: object, levels: number): boolean {
  if (levels === 0) return true;
  const children = Array.isArray(value) ? value : Object.values(value);
  for (const child of children)
    if (isContainer(child) && nestsDeeperThan(child, levels - 1)) return true;
  return false;
}
