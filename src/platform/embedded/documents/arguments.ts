// A command's fields, checked: an unknown field is refused (40415), a wrong type too (14).
import { Long, type Document } from "bson";
import { fail } from "./errors.js";

export class Arguments {
  constructor(
    /** As MongoDB's messages name it: "find", "update.updates". */
    readonly path: string,
    readonly source: Document,
    allowed: ReadonlySet<string> | undefined,
  ) {
    for (const name of Object.keys(source))
      if (allowed && !allowed.has(name))
        throw fail(40415, `BSON field '${path}.${name}' is an unknown field.`);
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrongType(name, value, "string");
  }

  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const number = Long.isLong(value) ? value.toNumber() : value;
    if (typeof number === "number") return number;
    throw this.#wrongType(name, value, "number");
  }

  /** A whole number that is not negative. */
  count(name: string): number | undefined {
    const number = this.number(name);
    if (number !== undefined && !(number >= 0))
      throw fail(51024, `BSON field '${name}' value must be >= 0, actual value '${number}'`);
    return number === undefined ? undefined : Math.trunc(number);
  }

  flag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (typeof value === "number") return value !== 0;
    throw this.#wrongType(name, value, "bool");
  }

  document(name: string): Document | undefined {
    const value = this.#get(name);
    if (value === undefined || isDocument(value)) return value;
    throw this.#wrongType(name, value, "object");
  }

  documents(name: string): Document[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrongType(name, value, "array");
    for (const item of value)
      if (!isDocument(item)) throw this.#wrongType(`${name}.0`, item, "object");
    return value as Document[];
  }

  textOrDocument(name: string): string | Document | undefined {
    const value = this.#get(name);
    return typeof value === "string" ? value : this.document(name);
  }

  /** The one named in the command, or the collection's own; "simple" means none. */
  collation(fallback?: Document): Document | undefined {
    const asked = this.document("collation") ?? fallback;
    if (asked === undefined || asked["locale"] === "simple") return undefined;
    return Object.keys(asked).length === 0 ? fallback : asked;
  }

  required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw fail(40414, `BSON field '${this.path}.${name}' is missing but a required field`);
  }

  #get(name: string): unknown {
    const value: unknown = this.source[name];
    return value === null ? undefined : value;
  }

  #wrongType(name: string, value: unknown, expected: string) {
    return fail(
      14,
      `BSON field '${this.path}.${name}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
    );
  }
}

export const isDocument = (value: unknown): value is Document =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !("_bsontype" in value);

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (typeof value === "object" && value !== null && "_bsontype" in value)
    return String(value._bsontype).toLowerCase();
  return typeof value === "boolean" ? "bool" : typeof value;
}
