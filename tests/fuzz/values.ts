// Values for a JSON schema: ones that fit, ones at and just beyond its borders, ones of another type, and ones that mean
// harm wherever they land.
import type { Random } from "./random.js";

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What exists in the restaurant, by the name of the field that it may stand in. */
export type Pools = Readonly<Record<string, readonly unknown[]>>;

const PATTERNS: readonly (readonly [RegExp, (random: Random) => string])[] = [
  [/\\d\{4,12\}/, (random) => String(20_000 + random.int(70_000))],
  [/^\^\[A-Z\]\{3\}/, () => "MMK"],
  [/^\^\[a-z-\]\+\(/, (random) => random.pick(["orders.cancel", "inventory.adjust", "no.such"])],
  [/^\^\(\[01\]/, () => "04:30"],
  [/^\^\\d\{1,3\}/, (random) => random.pick(["0", "0.05", "5", "100"])],
  [/0-9a-f\]\{64\}/, (random) => `${random.int(9)}:${"ab".repeat(32)}`],
];

const WORDS = ["Mohinga", "မုန့်ဟင်းခါး", "no chilli", "a", "tea-leaf", "Daw Hla", "x9"];

export function fitting(schema: Schema, name: string, pools: Pools, random: Random): unknown {
  const known = pools[name];
  if (known && known.length > 0 && random.chance(0.85)) return random.pick(known);
  if ("const" in schema) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return fitting(random.pick(schema.anyOf), name, pools, random);
  switch (schema.type) {
    case "string":
      return text(schema, random);
    case "integer":
    case "number": {
      const low = Math.max(schema.minimum ?? 0, -1_000);
      const high = Math.min(schema.maximum ?? 10_000, low + 10_000);
      return low + random.int(Math.max(1, high - low + 1));
    }
    case "boolean":
      return random.chance(0.5);
    case "null":
      return null;
    case "array": {
      const least = schema.minItems ?? 0;
      const count = Math.min(schema.maxItems ?? 3, least + random.int(3));
      return Array.from({ length: count }, () => fitting(schema.items ?? {}, name, pools, random));
    }
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key) === true || random.chance(0.4))
          .map(([key, inner]) => [key, fitting(inner, key, pools, random)]),
      );
    default:
      return random.pick([1, "any", true]);
  }
}

function text(schema: Schema, random: Random): string {
  if (schema.format === "uuid") return random.uuid();
  if (schema.format === "date") return `2026-11-${10 + random.int(20)}`;
  if (schema.format === "date-time") return `2026-11-${10 + random.int(20)}T09:00:00Z`;
  const special = PATTERNS.find(
    ([shape]) => schema.pattern !== undefined && shape.test(schema.pattern),
  );
  if (special) return special[1](random);
  if (schema.pattern !== undefined) return `w-${random.int(1_000_000)}`;
  return random.pick(WORDS).slice(0, schema.maxLength ?? 60);
}

/** At the edge of what the schema says, inside and outside. */
export function boundary(schema: Schema, random: Random): unknown {
  const options = [schema, ...(schema.anyOf ?? [])].flatMap((one): unknown[] => {
    const lengths = [
      (one.minLength ?? 0) - 1,
      one.minLength ?? 0,
      one.maxLength,
      (one.maxLength ?? 0) + 1,
    ];
    switch (one.type) {
      case "string":
        return [
          ...lengths
            .filter((length) => length !== undefined && length >= 0)
            .map((length) => "9".repeat(Number(length))),
          " ".repeat(one.maxLength ?? 1),
          "က".repeat((one.maxLength ?? 10) + 1),
          "0000-00-00",
          "9999-12-31",
          "2026-02-30",
          "2026-12-31T23:59:60Z",
          "+275760-09-13T00:00:00Z",
          "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ];
      case "integer":
      case "number":
        return [
          one.minimum,
          (one.minimum ?? 0) - 1,
          one.maximum,
          (one.maximum ?? 0) + 1,
          0,
          -0,
          0.5,
          2 ** 31,
          2 ** 53 - 1,
          2 ** 53,
          -(2 ** 63),
          1e308,
        ];
      case "array": {
        const many = Math.min((one.maxItems ?? 100) + 1, 600);
        const item = fitting(one.items ?? {}, "", {}, random);
        return [[], Array.from({ length: many }, () => item)];
      }
      case "object":
        return [{}, Object.fromEntries(Array.from({ length: 200 }, (_, key) => [`k${key}`, key]))];
      default:
        return [];
    }
  });
  return options.length > 0 ? random.pick(options) : random.pick(["", 0, [], {}]);
}

const OTHERS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1.5,
  -1,
  "",
  "text",
  [],
  [[]],
  [null],
  {},
  { a: 1 },
];

export function wronglyTyped(schema: Schema, random: Random): unknown {
  const types = [schema, ...(schema.anyOf ?? [])].map((one) => one.type);
  const typeOf = (value: unknown) =>
    value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return random.pick(OTHERS.filter((value) => !types.includes(typeOf(value))));
}

export const HOSTILE_TEXT: readonly string[] = [
  "'; drop table orders.orders; --",
  '" or ""="',
  "1) or 1=1 --",
  "{$ne: null}",
  "$where: sleep(5000)",
  "../../../../etc/passwd",
  "..\\..\\windows\\win.ini",
  "<script>alert(1)</script>",
  "${7*7}{{7*7}}<%= 7*7 %>",
  "%00",
  "%s%s%s%n",
  "a\u0000b",
  "\ud800",
  "\u202e\u200b\ufeff",
  "မြန်မာ".repeat(20),
  "e\u0301".repeat(50),
  "👩‍👩‍👧‍👦".repeat(30),
  "\r\nSet-Cookie: tiffin_session=stolen",
  "__proto__",
  "constructor",
  "NaN",
  "Infinity",
  "1e999",
  "0x10",
  "-0",
  "null",
  "undefined",
  "true",
  "[object Object]",
  "A".repeat(5_000),
  "9".repeat(400),
  "(a+)+$".repeat(20),
  "2026-11-25T09:00:00+99:99",
  "eyJhZnRlciI6eyIkZ3QiOiIifX0",
  "eyJfX3Byb3RvX18iOjF9",
];

export const hostile = (random: Random): unknown =>
  random.chance(0.6)
    ? random.pick(HOSTILE_TEXT)
    : random.pick<() => unknown>([
        () => ({ $gt: "" }),
        () => ({ $ne: null }),
        () => ({ $where: "1" }),
        () => [{ $regex: ".*" }],
        () => ({ toString: 1, valueOf: null }),
        () => ({ length: 1e9 }),
        () => JSON.parse('{"then":"x"}') as unknown,
        () => ({ constructor: { prototype: { admin: true } } }),
        () => Array.from({ length: 2_000 }, () => 0),
        () => Array.from({ length: 25 }).reduce((inner) => ({ a: inner }), {}),
        () => Array.from({ length: 200 }).reduce((inner) => [inner], []),
        () => -1e308,
        () => 2 ** 53 + 2,
      ])();
