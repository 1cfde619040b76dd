// Pure decisions about free-form attributes: do they fit the restaurant's own schema, and which schema would fit them.
import { text } from "#platform/kernel";
import { MAX_FIELDS, MAX_KEY_LENGTH } from "../contract/attributes.js";
import type { AttributeField, AttributeType, Attributes } from "../schema.js";

export interface Fault {
  readonly path: string;
  readonly message: string;
}

const MAX_BYTES = 16_384;
const MAX_DEPTH = 8;
/** Objects nest this deep in a schema; deeper ones are `any`. */
const MAX_FIELD_DEPTH = 3;
// By `_bsontype` the driver takes an object for one of its own.
const UNSAFE = new Set(["__proto__", "constructor", "prototype", "_bsontype"]);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** An import makes the label of it, and people must be able to read that. */
const Label = text(MAX_KEY_LENGTH).refine((label) => label.trim() !== "");

/** Names that no document store or screen can mistake for anything but a name. */
const isSafeKey = (key: string) =>
  !/^\$|\./.test(key) && !UNSAFE.has(key) && Label.safeParse(key).success;

const notName = (key: string) =>
  `"${key}" cannot be a name: 1 to ${MAX_KEY_LENGTH} characters, no dots, no $ at the start`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isDate = (value: string) => {
  if (!DATE.test(value)) return false;
  const instant = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(value);
};

/** What is wrong with `attributes`; an empty list means nothing. All faults are named at once. */
export function attributeFaults(
  attributes: Attributes,
  fields: readonly AttributeField[],
): Fault[] {
  const form = formFaults(attributes);
  return form.length > 0 ? form : objectFaults(attributes, fields, "attributes");
}

/** What no schema could allow. */
export function formFaults(attributes: Attributes): Fault[] {
  const shape = shapeFaults(attributes, "attributes", 0);
  if (shape.length > 0) return shape;
  if (Buffer.byteLength(JSON.stringify(attributes)) > MAX_BYTES) {
    return [
      { path: "attributes", message: `All attributes together are at most ${MAX_BYTES} bytes` },
    ];
  }
  return [];
}

function shapeFaults(value: unknown, path: string, depth: number): Fault[] {
  if (typeof value !== "object" || value === null) return [];
  if (depth >= MAX_DEPTH) return [{ path, message: `Attributes nest at most ${MAX_DEPTH} deep` }];
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => shapeFaults(entry, `${path}[${index}]`, depth + 1));
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    isSafeKey(key)
      ? shapeFaults(inner, `${path}.${key}`, depth + 1)
      : [{ path, message: notName(key) }],
  );
}

function objectFaults(
  value: Readonly<Record<string, unknown>>,
  fields: readonly AttributeField[],
  path: string,
): Fault[] {
  const known = new Map(fields.map((field) => [field.key, field]));
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = known.get(key);
    const here = `${path}.${key}`;
    if (inner === null && field?.type !== "any")
      return [{ path: here, message: "null is no value: leave this attribute out" }];
    return field
      ? valueFaults(inner, field, here)
      : [
          {
            path: here,
            message: "This attribute is not in the attribute schema: add it there first",
          },
        ];
  });
}

const WORDS: Readonly<Record<AttributeType, string>> = {
  text: "a text",
  number: "a number",
  boolean: "true or false",
  date: "a date such as 2027-01-31",
  list: "a list",
  object: "a group of attributes",
  any: "anything",
};

function valueFaults(value: unknown, field: AttributeField, path: string): Fault[] {
  const wrong = (message: string): Fault[] => [{ path, message }];
  if (!fits(value, field.type)) return wrong(`This must be ${WORDS[field.type]}`);
  if (field.type === "object") {
    return isObject(value) ? objectFaults(value, field.fields ?? [], path) : [];
  }
  const { options } = field;
  if (!options) return [];
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
  const strange = chosen.find((entry) => typeof entry !== "string" || !options.includes(entry));
  return strange === undefined
    ? []
    : wrong(`${JSON.stringify(strange)} is not one of: ${options.join(", ")}`);
}

function fits(value: unknown, type: AttributeType): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return typeof value === "string" && isDate(value);
    case "list":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "any":
      return true;
  }
}

/** What is wrong with a schema itself. */
export function schemaFaults(fields: readonly AttributeField[], path = "fields"): Fault[] {
  const seen = new Set<string>();
  return fields.flatMap((field, index) => {
    const here = `${path}[${index}]`;
    const faults: Fault[] = [];
    const say = (message: string) => faults.push({ path: here, message });
    if (!isSafeKey(field.key)) say(notName(field.key));
    if (seen.has(field.key)) say(`"${field.key}" is there twice`);
    seen.add(field.key);
    if (field.fields && field.type !== "object") say("Only an object has fields");
    if (field.options && field.type !== "text" && field.type !== "list") {
      say("Only a text and a list have options");
    }
    return [...faults, ...schemaFaults(field.fields ?? [], `${here}.fields`)];
  });
}

/** The schema, widened so that `attributes` fit: new names are added, fields that an import made become more general.
 *  What a person decided stays. The same reference when nothing is missing. */
export function widenSchema(
  fields: readonly AttributeField[],
  attributes: Attributes,
  depth = 1,
): readonly AttributeField[] {
  let widened = fields;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || !isSafeKey(key)) continue;
    const index = widened.findIndex((field) => field.key === key);
    const field = widened[index];
    if (!field) {
      widened = [...widened, inferField(key, value, depth)];
    } else {
      const wider = widenField(field, value, depth);
      if (wider !== field) widened = widened.with(index, wider);
    }
  }
  return widened;
}

function inferField(key: string, value: unknown, depth: number): AttributeField {
  const basics = { key, label: { en: labelOf(key) }, inferred: true } as const;
  if (isObject(value)) {
    const fields = depth < MAX_FIELD_DEPTH ? widenSchema([], value, depth + 1) : undefined;
    return fields && fields.length <= MAX_FIELDS
      ? { ...basics, type: "object", fields }
      : { ...basics, type: "any" };
  }
  return { ...basics, type: scalarType(value) };
}

function scalarType(value: unknown): AttributeType {
  if (Array.isArray(value)) return "list";
  if (typeof value === "string") return isDate(value) ? "date" : "text";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "any";
}

function widenField(field: AttributeField, value: unknown, depth: number): AttributeField {
  if (field.type === "object" && isObject(value)) {
    const fields = widenSchema(field.fields ?? [], value, depth + 1);
    if (fields === field.fields) return field;
    if (depth < MAX_FIELD_DEPTH && fields.length <= MAX_FIELDS) return { ...field, fields };
  } else if (fits(value, field.type)) return field;
  if (!field.inferred) return field;
  const { fields: _dropped, ...rest } = field;
  return { ...rest, type: field.type === "date" && typeof value === "string" ? "text" : "any" };
}

/** "servingGrams" → "Serving grams" */
function labelOf(key: string): string {
  const words = key
    .replaceAll(
      /([a-z\d])([A-Z])/g,
      (_match, before: string, after: string) => `${before} ${after.toLowerCase()}`,
    )
    .replaceAll(/[-_]+/g, " ")
    .trim();
  return words === "" ? key : words.charAt(0).toUpperCase() + words.slice(1);
}
