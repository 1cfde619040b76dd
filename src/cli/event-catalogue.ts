// Every event as a catalogue: what it says, who tells it, who hears it; and whether it may be as it is, measured by the
// snapshots of what was told before. It reads what it is given and prints nothing.
import { z } from "zod";
import { fits } from "#platform/bus";
import type { EventDefinition } from "#platform/kernel";
import { publisherOf } from "#platform/outbox";
import { findBreaks, type JsonSchema } from "./event-compatibility.js";
import { alignTable } from "./module-map.js";

export interface Snapshot {
  readonly name: string;
  readonly key: string;
  readonly schema: JsonSchema;
}

export interface CatalogueEntry extends Snapshot {
  readonly publisher: string;
  readonly version: number;
  /** What its definition's comment says. */
  readonly purpose: string;
  readonly subscribers: readonly string[];
}

export interface CatalogueParts {
  readonly definitions: readonly EventDefinition[];
  readonly subscriptions: readonly {
    readonly name: string;
    readonly patterns: readonly string[];
  }[];
  /** By module: the text of its events.ts. */
  readonly sources: Readonly<Record<string, string>>;
}

export const isDefinition = (value: unknown): value is EventDefinition =>
  typeof value === "object" &&
  value !== null &&
  ["name", "schema", "key", "create"].every((property) => property in value);

export function describeEvents(parts: CatalogueParts): CatalogueEntry[] {
  return parts.definitions
    .map((definition) => {
      const { name, schema } = definition;
      const publisher = publisherOf(name);
      return {
        name,
        publisher,
        version: Number(name.slice(name.lastIndexOf(".v") + 2)),
        key: describeKey(definition),
        purpose: purposeOf(name, parts.sources[publisher] ?? ""),
        schema: z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema,
        subscribers: parts.subscriptions
          .filter(({ patterns }) => patterns.some((pattern) => fits(pattern, name)))
          .map((subscription) => subscription.name)
          .toSorted(),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The field that the key is, such as `orderId`; a constant in quotes; a text of fields as a template. */
export function describeKey({ key }: EventDefinition): string {
  const paths = new WeakMap<object, string>();
  let used = false;
  const probe = (path: string): object => {
    const asText = () => {
      used = true;
      return `{${path}}`;
    };
    const made = new Proxy(
      {},
      {
        get: (_target, name) =>
          name === Symbol.toPrimitive || name === "toString"
            ? asText
            : probe(path ? `${path}.${String(name)}` : String(name)),
      },
    );
    paths.set(made, path);
    return made;
  };
  const answer: unknown = key(probe(""));
  if (typeof answer === "object" && answer !== null) return paths.get(answer) ?? "?";
  return used ? String(answer) : JSON.stringify(answer);
}

/** The comment above `export const X = defineEvent("<name>"`, or above the module's `defineActionTaken`. */
function purposeOf(name: string, source: string): string {
  const definition = name.endsWith(".action-taken.v1")
    ? /defineActionTaken\(/
    : new RegExp(`defineEvent\\(\\s*"${name.replaceAll(".", "\\.")}"`);
  const at = definition.exec(source)?.index ?? 0;
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const \w+\s*=\s*$/.exec(
    source.slice(0, at),
  );
  return (comment?.[1] ?? "")
    .replaceAll(/^[ \t]*\*/gm, "")
    .replaceAll(/@\w+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** One sentence for each event that changed and keeps its version although it must not, and for each that is gone. */
export function findChanges(entries: readonly Snapshot[], stored: readonly Snapshot[]): string[] {
  return stored.flatMap((before) => {
    const after = entries.find(({ name }) => name === before.name);
    const remedy = `Give it a new version beside this one. Only if no system has ever stored such an event: remove docs/events/${before.name}.json and run npm run docs:events.`;
    if (!after) {
      return [
        `${before.name} is gone, and archives hold such events: keep its definition. ${remedy}`,
      ];
    }
    const breaks = [
      ...(after.key === before.key ? [] : [`its key was ${before.key} and is now ${after.key}`]),
      ...findBreaks(before.schema, after.schema),
    ];
    return breaks.length > 0 ? [`${before.name} changed: ${breaks.join("; ")}. ${remedy}`] : [];
  });
}

/** One sentence for each module that hears events and has not defined what it tells when people replay or discard one. */
export function findSilent(
  entries: readonly Snapshot[],
  subscriptions: CatalogueParts["subscriptions"],
): string[] {
  const told = new Set(entries.map(({ name }) => name));
  const modules = new Set(subscriptions.map(({ name }) => publisherOf(name)));
  return [...modules]
    .filter((module) => !told.has(`${module}.action-taken.v1`))
    .map(
      (module) =>
        `${module} hears events, and people replay and discard what it could not apply; it tells that as ${module}.action-taken.v1: define it in its events.ts with defineActionTaken("${module}").`,
    );
}

export const renderSnapshot = ({ name, key, schema }: Snapshot): string =>
  `${JSON.stringify({ name, key, schema }, null, 2)}\n`;

export function renderCatalogue(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map(({ name, version, key, publisher, subscribers }) => [
    `[\`${name}\`](#${name.replaceAll(".", "")})`,
    String(version),
    `\`${key}\``,
    publisher,
    subscribers.join(", ") || "–",
  ]);
  const sections = entries.map(({ name, purpose, key, schema, publisher, subscribers }) =>
    [
      `## ${name}`,
      ...(purpose ? [purpose] : []),
      `Published by ${publisher}. Key: \`${key}\`. Heard by ${subscribers.join(", ") || "nobody"}. [Schema](events/${name}.json)`,
      alignTable([["field", "type"], ...fieldsOf(schema)]),
    ].join("\n\n"),
  );
  return `# Events

Made by \`npm run docs:events\` from the modules themselves; \`npm run check\` fails when it is stale. Events with the same key are applied in order. \`docs/events/\` holds the schema of each as it was last published: a change that a listener of the old one could not live with, or that an archived event does not fit, needs a new version beside the old one (\`src/cli/event-compatibility.ts\`).

A delivered event stays in its publisher's archive for \`EVENT_RETENTION_DAYS\` (400) and can be read from there by whoever begins to listen later. What \`reporting\` counts (orders placed and cancelled, payments captured and refunded) it keeps for ever in a journal of its own, so that \`npm run rebuild -- reporting\` never lacks one (ADR 0010).

${alignTable([["event", "version", "key", "published by", "heard by"], ...rows])}

${sections.join("\n\n")}
`;
}

/** Flat, with dots and brackets; a field that may be missing has a question mark. */
function fieldsOf(schema: JsonSchema, path = ""): [string, string][] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, field]) => {
    const optional = required.includes(name) ? "" : "?";
    const at = `${path ? `${path}.` : ""}${name}`;
    return rowsOf(field, at, optional);
  });
}

function rowsOf(field: JsonSchema, at: string, optional: string): [string, string][] {
  const forms = field.anyOf ?? field.oneOf;
  const objects = (forms ?? [field]).filter(({ properties }) => properties);
  const row: [string, string] = [`\`${at}${optional}\``, typeText(field)];
  if (objects.length === 1 && objects[0]) return [row, ...fieldsOf(objects[0], at)];
  if (objects.length > 1) {
    return [row, ...objects.flatMap((form, index) => fieldsOf(form, `${at}(${index + 1})`))];
  }
  return field.items ? [row, ...rowsOf(field.items, `${at}[]`, "").slice(1)] : [row];
}

function typeText(schema: JsonSchema): string {
  const { type, format, enum: values, const: value, items, additionalProperties } = schema;
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.map(typeText).join(" or ");
  if (value !== undefined) return JSON.stringify(value);
  if (values) return values.map((one) => JSON.stringify(one)).join(" or ");
  if (items) return `list of ${typeText(items)}`;
  if (typeof additionalProperties === "object") {
    return `object of ${typeText(additionalProperties)} by key`;
  }
  const types = [type ?? "anything"].flat().join(" or ");
  return `${types}${typeof format === "string" ? ` (${format})` : ""}`;
}
