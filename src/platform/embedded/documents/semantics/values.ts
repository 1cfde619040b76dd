// BSON values: their types, and MongoDB's one order over all of them.
// https://www.mongodb.com/docs/v7.0/reference/bson-type-comparison-order/
import {
  type Binary,
  type BSONRegExp,
  type Document,
  Long,
  type ObjectId,
  type Timestamp,
} from "bson";

export type Collator = (a: string, b: string) => number;

/** Aliases and numbers of `$type`: https://www.mongodb.com/docs/v7.0/reference/operator/query/type/ */
export const TYPE_NUMBERS = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const;
export type TypeName = keyof typeof TYPE_NUMBERS | "missing";

const BSON_TYPES: Readonly<Record<string, TypeName>> = {
  ObjectId: "objectId",
  ObjectID: "objectId",
  Long: "long",
  Int32: "int",
  Double: "double",
  Decimal128: "decimal",
  Binary: "binData",
  BSONRegExp: "regex",
  Timestamp: "timestamp",
  MinKey: "minKey",
  MaxKey: "maxKey",
  Code: "javascript",
  BSONSymbol: "symbol",
};

const isInt32 = (value: number) =>
  Number.isInteger(value) && value >= -2147483648 && value <= 2147483647 && !Object.is(value, -0);

export function typeOf(value: unknown): TypeName {
  switch (typeof value) {
    case "undefined":
      return "missing";
    case "number":
      return isInt32(value) ? "int" : "double";
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "bigint":
      return "long";
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      if (value instanceof Date) return "date";
      if (value instanceof RegExp) return "regex";
      if (value instanceof Uint8Array) return "binData";
      const kind = bsonType(value);
      return (kind !== undefined ? BSON_TYPES[kind] : undefined) ?? "object";
    }
    default:
      return "object";
  }
}

/** The bson class's tag, which lives on its prototype: a document's own field `_bsontype` is only data. */
function bsonType(value: object): string | undefined {
  if (Object.hasOwn(value, "_bsontype")) return undefined;
  const kind = (value as { _bsontype?: unknown })._bsontype;
  return typeof kind === "string" ? kind : undefined;
}

const ORDER: Readonly<Record<TypeName, number>> = {
  minKey: -1,
  missing: 0,
  undefined: 0,
  null: 5,
  int: 10,
  long: 10,
  double: 10,
  decimal: 10,
  symbol: 15,
  string: 15,
  object: 20,
  array: 25,
  binData: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  dbPointer: 55,
  javascript: 60,
  javascriptWithScope: 65,
  maxKey: 127,
};

/** Values of one bracket compare with each other; those of different brackets never match `$gt` and its kin. */
export const bracketOf = (value: unknown): number => ORDER[typeOf(value)];

export const isNumeric = (value: unknown): boolean => bracketOf(value) === 10;

/** A plain embedded document: not an array, date or other BSON value. */
export const isDocument = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && typeOf(value) === "object";

/** -1, 0 or 1 in BSON order. Missing sorts as null does in queries' sorts (`missingIsNull`), below it in indexes. */
export function compareValues(a: unknown, b: unknown, collator?: Collator): number {
  if (typeof a === "number" && typeof b === "number") return compareDoubles(a, b);
  if (typeof a === "string" && typeof b === "string")
    return collator ? Math.sign(collator(a, b)) : compareStrings(a, b);
  const order = bracketOf(a);
  const other = bracketOf(b);
  if (order !== other) return order < other ? -1 : 1;
  return compareSameBracket(order, a, b, collator);
}

export const equalValues = (a: unknown, b: unknown, collator?: Collator): boolean =>
  compareValues(a, b, collator) === 0;

function compareSameBracket(order: number, a: unknown, b: unknown, collator?: Collator): number {
  switch (order) {
    case 10:
      return compareNumbers(a, b);
    case 15:
      return collator
        ? Math.sign(collator(String(a), String(b)))
        : compareStrings(String(a), String(b));
    case 20:
      return compareDocuments(a as Document, b as Document, collator);
    case 25:
      return compareArrays(a as unknown[], b as unknown[], collator);
    case 30:
      return compareBinary(a as Binary, b as Binary);
    case 35:
      return Math.sign(Buffer.compare((a as ObjectId).id, (b as ObjectId).id));
    case 40:
      return Number(a) - Number(b);
    case 45:
      return Math.sign((a as Date).getTime() - (b as Date).getTime());
    case 47:
      return Math.sign((a as Timestamp).unsigned ? (a as Timestamp).compare(b as Timestamp) : 0);
    case 50:
      return compareStrings(regexText(a), regexText(b));
    case 60:
      return compareStrings(
        String((a as { code: unknown }).code),
        String((b as { code: unknown }).code),
      );
    default:
      return 0;
  }
}

function compareDoubles(a: number, b: number): number {
  if (a === b) return 0;
  if (a < b) return -1;
  if (a > b) return 1;
  // NaN is the lowest number and equals itself.
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
}

/** JavaScript compares numbers and bigints exactly; only decimals with a fraction go through a double. */
export function compareNumbers(a: unknown, b: unknown): number {
  const left = toComparable(a);
  const right = toComparable(b);
  if (typeof left === "number" && typeof right === "number") return compareDoubles(left, right);
  if (Number.isNaN(left)) return -1;
  if (Number.isNaN(right)) return 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function toComparable(value: unknown): number | bigint {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (value instanceof Long || typeOf(value) === "long") return (value as Long).toBigInt();
  const text = String(value);
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

/** By code point, which is the order of UTF-8 bytes. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above all others of one unit.
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

function compareDocuments(a: Document, b: Document, collator?: Collator): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const [nameA, valueA] = left[i] as [string, unknown];
    const [nameB, valueB] = right[i] as [string, unknown];
    const byType = bracketOf(valueA) - bracketOf(valueB);
    if (byType !== 0) return Math.sign(byType);
    const byName = compareStrings(nameA, nameB);
    if (byName !== 0) return byName;
    const byValue = compareValues(valueA, valueB, collator);
    if (byValue !== 0) return byValue;
  }
  return Math.sign(left.length - right.length);
}

function compareArrays(a: readonly unknown[], b: readonly unknown[], collator?: Collator): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const result = compareValues(a[i], b[i], collator);
    if (result !== 0) return result;
  }
  return Math.sign(a.length - b.length);
}

function compareBinary(a: Binary | Uint8Array, b: Binary | Uint8Array): number {
  const parts = (value: Binary | Uint8Array) =>
    value instanceof Uint8Array
      ? { subtype: 0, bytes: value }
      : { subtype: value.sub_type, bytes: value.buffer.subarray(0, value.position) };
  const left = parts(a);
  const right = parts(b);
  return (
    Math.sign(left.bytes.length - right.bytes.length) ||
    Math.sign(left.subtype - right.subtype) ||
    Math.sign(Buffer.compare(left.bytes, right.bytes))
  );
}

export function regexText(value: unknown): string {
  if (value instanceof RegExp) return `${value.source}/${value.flags}`;
  const { pattern, options } = value as BSONRegExp;
  return `${pattern}/${options}`;
}

/** The same bytes once stored: equal, of the same types, with the same fields in the same order. */
export function identicalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  if (type === "array") {
    const [left, right] = [a as unknown[], b as unknown[]];
    return (
      left.length === right.length && left.every((one, index) => identicalValues(one, right[index]))
    );
  }
  if (type === "object") {
    const left = Object.entries(a as Document);
    const right = Object.entries(b as Document);
    return (
      left.length === right.length &&
      left.every(
        ([name, value], index) =>
          name === right[index]?.[0] && identicalValues(value, right[index][1]),
      )
    );
  }
  if (type === "double") return false;
  if (type === "decimal") return String(a) === String(b);
  return equalValues(a, b);
}
