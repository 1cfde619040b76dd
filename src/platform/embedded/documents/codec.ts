// The one way documents become bytes and back. Int64 stays a Long and binary stays a Binary, so nothing
// is rounded or re-typed on its way through the store.
import { DBRef, deserialize, serialize, type Document } from "bson";

export type { Document } from "bson";

const READ = {
  promoteValues: true,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
  validation: { utf8: true },
} as const;

const REFERENCE = Buffer.from("$ref\0");

export function decode(bytes: Uint8Array): Document {
  const document = deserialize(bytes, READ);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(REFERENCE)
    ? (withoutReferences(document) as Document)
    : document;
}

/** A reference is a document like any other: it can be looked into. */
function withoutReferences(value: unknown): unknown {
  if (value instanceof DBRef) {
    const { collection, oid, db, fields } = value;
    const plain: Document = { $ref: collection, $id: oid, ...(db !== undefined && { $db: db }) };
    return withoutReferences({ ...plain, ...fields });
  }
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(withoutReferences);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withoutReferences(one)]),
  );
}

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
