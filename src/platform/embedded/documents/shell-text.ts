// Values as MongoDB writes them into its messages: { a: 1, b: "x", c: ObjectId('…') }.
import type { Document } from "bson";

export function shellText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return `"${value}"`;
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (Array.isArray(value)) return value.length ? `[ ${value.map(shellText).join(", ")} ]` : "[]";
  const type: unknown = "_bsontype" in value ? value._bsontype : undefined;
  if (type === "ObjectId") return `ObjectId('${String(value)}')`;
  if (typeof type === "string") return String(value);
  const fields = Object.entries(value as Document);
  return fields.length ? `{ ${fields.map(([k, v]) => `${k}: ${shellText(v)}`).join(", ")} }` : "{}";
}
