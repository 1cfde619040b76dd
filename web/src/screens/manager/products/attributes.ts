// The form of a product's free-form attributes, as decisions: which control each field gets, and how what is typed
// becomes attributes again. Pure. Whether attributes are acceptable is the server's to say.
import type { AttributeSchema } from "../../../../../src/modules/inventory/contract.js";

export type Attributes = Readonly<Record<string, unknown>>;
export type Field = Omit<AttributeSchema["fields"][number], "fields"> & {
  readonly fields?: readonly Field[] | undefined;
};

export type Control =
  | { readonly kind: "text" | "number" | "boolean" | "date" | "list" | "json" }
  | { readonly kind: "choice" | "choices"; readonly options: readonly string[] }
  | { readonly kind: "group"; readonly fields: readonly Field[] };

const isObject = (value: unknown): value is Attributes =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

/** What is there and no longer one of the options stays to be seen and chosen away. */
const withOwn = (options: readonly string[], own: readonly string[]) => [
  ...options,
  ...own.filter((one) => !options.includes(one)),
];

/** The control for a field that holds `value`. What a plain control could not show whole is edited as JSON. */
export function controlOf({ type, options, fields }: Field, value: unknown): Control {
  const empty = value === undefined || value === null;
  switch (type) {
    case "text":
      if (!empty && typeof value !== "string") return { kind: "json" };
      return options
        ? { kind: "choice", options: withOwn(options, empty ? [] : [value]) }
        : { kind: "text" };
    case "number":
    case "boolean":
      return empty || typeof value === type ? { kind: type } : { kind: "json" };
    case "date":
      return empty || (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value))
        ? { kind: "date" }
        : { kind: "json" };
    case "list":
      if (!empty && !areTexts(value)) return { kind: "json" };
      return options
        ? { kind: "choices", options: withOwn(options, value ?? []) }
        : { kind: "list" };
    case "object":
      return empty || isObject(value) ? { kind: "group", fields: fields ?? [] } : { kind: "json" };
    case "any":
      return { kind: "json" };
  }
}

/** `attributes` with one value; undefined takes it out, and an empty text, list or group is nothing too. */
export function withValue(attributes: Attributes, key: string, value: unknown): Attributes {
  const { [key]: before, ...rest } = attributes;
  if (isNothing(value)) return rest;
  // Where it stood, so that a form does not change what it only shows.
  return before === undefined ? { ...rest, [key]: value } : { ...attributes, [key]: value };
}

const isNothing = (value: unknown) =>
  value === undefined ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

export const groupOf = (value: unknown): Attributes => (isObject(value) ? value : {});

/** Names that the schema does not have (any more): the server would refuse them. */
export function strangeKeys(attributes: Attributes, fields: readonly Field[]): string[] {
  const known = new Set(fields.map(({ key }) => key));
  return Object.keys(attributes).filter((key) => !known.has(key));
}

/** A number as typed, with a point; undefined for nothing, null for what is no number. */
export function parseNumber(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === "") return undefined;
  return /^-?\d{1,15}(\.\d{1,10})?$/.test(plain) ? Number(plain) : null;
}

/** JSON as typed; undefined for nothing, null where it cannot be read. */
export function parseJson(text: string): { readonly value: unknown } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
