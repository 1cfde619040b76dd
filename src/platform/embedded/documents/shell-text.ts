// Values as MongoDB writes them into its messages: { a: 1, b: "x", c: ObjectId('…') }.
import { ObjectId } from "bson";

export function shellText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (Array.isArray(value))
    return value.length > 0 ? `[ ${value.map(shellText).join(", ")} ]` : "[]";
  if (typeof value !== "object" || "_bsontype" in value) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${shellText(field)}`);
  return fields.length > 0 ? `{ ${fields.join(", ")} }` : "{}";
}
