// Whether a changed event may keep its version. Two promises decide: every event that was ever stored can still be read,
// and a listener that was written for the old schema still finds all that it read there. Pure.

/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

const LOWER_BOUNDS = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const UPPER_BOUNDS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
const SHAPES = ["format", "pattern", "multipleOf", "uniqueItems"];
const NULL = JSON.stringify({ type: "null" });

/** In words, one for each change that needs a new version; none when the version may stay. */
export function findBreaks(before: JsonSchema, after: JsonSchema, path = ""): string[] {
  const where = path || "the whole";
  const [old, now] = [before, after].map(variantsOf) as [JsonSchema[], JsonSchema[]];
  if (isNullable(now) && !isNullable(old)) return [`${where} may now be null`];
  const types = new Set(old.map(typeOf));
  const other = now.map(typeOf).filter((type) => !types.has(type));
  if (now.length > 1 && other.length > 0) return [`${where} may now be ${other.join(" or ")}`];
  if (old.length === 1 && now.length === 1) return compare(old[0] ?? {}, now[0] ?? {}, path);
  return old.flatMap((variant) => {
    const breaks = now.map((form) => findBreaks(variant, form, path));
    return breaks.toSorted((a, b) => a.length - b.length)[0] ?? [];
  });
}

/** The forms a value may have. */
function variantsOf({ anyOf, oneOf, type, ...rest }: JsonSchema): JsonSchema[] {
  const forms = anyOf ?? oneOf;
  if (forms) return forms.flatMap(variantsOf);
  if (Array.isArray(type)) return (type as string[]).map((one) => ({ ...rest, type: one }));
  return [{ ...rest, ...(type !== undefined && { type }) }];
}

const isNullable = (variants: readonly JsonSchema[]) =>
  variants.some((variant) => JSON.stringify(variant) === NULL);

function compare(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const where = path || "the whole";
  if (typeOf(before) !== typeOf(after)) {
    return [`${where} was ${typeOf(before)} and is now ${typeOf(after)}`];
  }
  return [
    ...compareValues(before, after, where),
    ...compareBounds(before, after, where),
    ...compareFields(before, after, path),
    ...compareItems(before, after, path),
  ];
}

function typeOf({ type, enum: values, const: value }: JsonSchema): string {
  if (typeof type === "string") return type;
  const [first] = valuesOf({ enum: values, const: value } as JsonSchema) ?? [];
  return first === undefined ? "anything" : typeof first;
}

const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined =>
  schema.enum ?? ("const" in schema && schema.const !== undefined ? [schema.const] : undefined);

function compareValues(before: JsonSchema, after: JsonSchema, where: string): string[] {
  const allowed = valuesOf(after);
  if (!allowed) return [];
  const values = valuesOf(before);
  if (!values) return [`${where} is now limited to ${allowed.map(String).join(", ")}`];
  const gone = values.filter((value) => !allowed.includes(value));
  return gone.length > 0 ? [`${where} may no longer be ${gone.map(String).join(", ")}`] : [];
}

function compareBounds(before: JsonSchema, after: JsonSchema, where: string): string[] {
  const tightened = (name: string, isTighter: (old: number, now: number) => boolean) => {
    const [old, now] = [before[name], after[name]] as (number | undefined)[];
    return now !== undefined && (old === undefined || isTighter(old, now));
  };
  return [
    ...LOWER_BOUNDS.filter((name) => tightened(name, (old, now) => now > old)),
    ...UPPER_BOUNDS.filter((name) => tightened(name, (old, now) => now < old)),
    ...SHAPES.filter((name) => after[name] !== undefined && after[name] !== before[name]),
  ].map((name) => `${where} is now limited by ${name} ${String(after[name])}`);
}

function compareFields(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const { properties: old = {}, required: wasRequired = [] } = before;
  const { properties: now = {}, required = [] } = after;
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const kept = Object.keys(old).filter((name) => name in now);
  return [
    ...Object.keys(old)
      .filter((name) => !(name in now))
      .map((name) => `${at(name)} is gone (or has another name)`),
    ...kept
      .filter((name) => wasRequired.includes(name) && !required.includes(name))
      .map((name) => `${at(name)} may now be missing`),
    ...required
      .filter((name) => name in now && !wasRequired.includes(name))
      .map((name) => `${at(name)} is ${name in old ? "now" : "new and"} required`),
    ...kept.flatMap((name) => findBreaks(old[name] ?? {}, now[name] ?? {}, at(name))),
    ...compareRecords(before, after, path),
  ];
}

function compareRecords(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const [old, now] = [before.additionalProperties, after.additionalProperties];
  return typeof old === "object" && typeof now === "object"
    ? findBreaks(old, now, `${path}[key]`)
    : [];
}

function compareItems(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const { items: old, prefixItems: oldPlaces = [] } = before;
  const { items: now, prefixItems: places = [] } = after;
  if (oldPlaces.length !== places.length) return [`${path || "the whole"} has other places`];
  return [
    ...(old && now ? findBreaks(old, now, `${path}[]`) : []),
    ...oldPlaces.flatMap((place, index) =>
      findBreaks(place, places[index] ?? {}, `${path}[${index}]`),
    ),
  ];
}
