// Requests made from /openapi.json: first one that fits, then one thing of it turned into what the kind says.
import type { Random } from "./random.js";
import {
  boundary,
  fitting,
  hostile,
  HOSTILE_TEXT,
  type Pools,
  type Schema,
  wronglyTyped,
} from "./values.js";

export const KINDS = ["valid", "boundary", "wrong-typed", "hostile"] as const;
export type Kind = (typeof KINDS)[number];

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: { readonly "application/json": { readonly schema: Schema } };
  };
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
}

export interface Asked {
  readonly route: string;
  readonly kind: Kind;
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export const routesOf = ({ paths }: Document): Route[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, { parameters = [], requestBody }]) => ({
      name: `${verb.toUpperCase()} ${path}`,
      method: verb.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content["application/json"].schema,
    })),
  );

/** Values that fit and belong together, where chance alone would hardly ever be right: by route. */
export type Sensible = (
  route: Route,
  random: Random,
) => Readonly<Record<string, unknown>> | undefined;

interface Draft {
  readonly params: Record<string, unknown>;
  readonly query: [string, unknown][];
  readonly headers: Record<string, unknown>;
  body: unknown;
  /** Instead of the body. */
  raw?: string;
}

type Place = (value: unknown) => void;

export function makeRequest(
  route: Route,
  kind: Kind,
  { pools, sensible, random }: { pools: Pools; sensible: Sensible; random: Random },
): Asked {
  const draft = fit(route, pools, sensible, random);
  if (kind !== "valid") spoil(route, draft, kind, random);
  return write(route, kind, draft);
}

function fit(route: Route, pools: Pools, sensible: Sensible, random: Random): Draft {
  const known = sensible(route, random) ?? {};
  const draft: Draft = { params: {}, query: [], headers: {}, body: undefined };
  for (const { name, in: where, required, schema } of route.parameters) {
    if (where === "header" && !required) continue;
    const given = where === "path" || required === true || random.chance(0.3);
    if (!given || name === "cursor") continue;
    const value = name in known ? known[name] : fitting(schema, name, pools, random);
    if (where === "path") draft.params[name] = value;
    else if (where === "query") draft.query.push([name, value]);
    else draft.headers[name] = value;
  }
  if (!route.body) return draft;
  const body = fitting(route.body, "", pools, random) as Record<string, unknown>;
  const own = Object.entries(known).filter(([name]) => route.body?.properties?.[name]);
  draft.body = { ...body, ...Object.fromEntries(own) };
  return draft;
}

/** Everything that a value can be put into, with the schema that stands for it. */
function placesIn(route: Route, draft: Draft): [Schema, Place][] {
  const places: [Schema, Place][] = route.parameters.map(({ name, in: where, schema }) => [
    schema,
    (value) => {
      if (where === "path") draft.params[name] = value;
      else if (where === "query") draft.query.push([name, value]);
      else draft.headers[name] = value;
    },
  ]);
  const visit = (schema: Schema, value: unknown, put: Place) => {
    places.push([schema, put]);
    const form = schema.anyOf?.find((one) => one.type === typeof value || one.properties) ?? schema;
    if (Array.isArray(value)) {
      value.forEach((inner, index) =>
        visit(form.items ?? {}, inner, (next) => (value[index] = next)),
      );
    } else if (typeof value === "object" && value !== null) {
      const object = value as Record<string, unknown>;
      for (const [name, inner] of Object.entries(form.properties ?? {})) {
        visit(inner, object[name], (next) => (object[name] = next));
      }
    }
  };
  if (route.body)
    visit(route.body, (draft.body = structuredClone(draft.body)), (next) => (draft.body = next));
  return places;
}

function spoil(route: Route, draft: Draft, kind: Kind, random: Random): void {
  if (kind === "hostile" && random.chance(0.35)) return attack(draft, random);
  const places = placesIn(route, draft);
  if (places.length === 0) return attack(draft, random);
  const [schema, put] = random.pick(places);
  if (kind === "wrong-typed") put(random.chance(0.2) ? undefined : wronglyTyped(schema, random));
  else put(kind === "boundary" ? boundary(schema, random) : hostile(random));
}

/** What no schema speaks of: names, forms and headers. */
function attack(draft: Draft, random: Random): void {
  const text = () => random.pick(HOSTILE_TEXT);
  random.pick<() => void>([
    () => draft.query.push([text(), text()]),
    () => draft.query.push(["limit", 1], ["limit", 2]),
    () => draft.query.push(["limit[]", 1]),
    () => draft.query.push(["__proto__[admin]", "1"], ["constructor[prototype][x]", "1"]),
    () => draft.query.push(["a[b][c][d][e][f]", "1"], ["a", "2"]),
    () => draft.query.push(["cursor", text()]),
    () => (draft.headers["approval"] = text()),
    () => (draft.headers["authorization"] = `Bearer ${text()}`),
    () => (draft.headers["cookie"] = `tiffin_session=${text()}; tiffin_device=${text()}`),
    () => (draft.headers["idempotency-key"] = text()),
    () => (draft.headers["traceparent"] = text()),
    () => (draft.headers["if-none-match"] = text()),
    () => (draft.headers["last-event-id"] = text()),
    () =>
      (draft.headers["content-type"] = random.pick([
        "text/plain",
        "application/xml",
        "multipart/form-data",
      ])),
    () => (draft.headers["content-encoding"] = "gzip"),
    () => (draft.headers["origin"] = "https://evil.example"),
    () => (draft.raw = text()),
    () => (draft.raw = '{"a":1,'),
    () => (draft.raw = '{"__proto__":{"admin":true}}'),
    () => (draft.raw = `${'{"a":'.repeat(500)}1${"}".repeat(500)}`),
    () => (draft.raw = `{"a":"${"x".repeat(300_000)}"}`),
    () => (draft.raw = "\ufeff{}"),
    () => (draft.raw = "[]"),
    () => (draft.raw = "null"),
    () => (draft.raw = '"text"'),
    () => (draft.body = { ...(draft.body as object), [text()]: text() }),
  ])();
}

const plain = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
/** As a URL may carry it; half a character cannot be. */
const encode = (value: unknown): string =>
  encodeURIComponent(plain(value).replaceAll(/\p{Surrogate}/gu, "�"));
/** As a header may carry it: fetch itself refuses the rest. */
const asHeader = (value: unknown): string =>
  plain(value)
    .replaceAll(/[^\t\x20-\x7e]/g, "?")
    .trim()
    .slice(0, 4_000);

function write(route: Route, kind: Kind, { params, query, headers, body, raw }: Draft): Asked {
  const path = route.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => encode(params[name] ?? "-") || "%20",
  );
  const search = query
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
  const own = Object.entries(headers).filter(([, value]) => value !== undefined);
  const sent =
    route.method === "GET"
      ? undefined
      : (raw ?? (body === undefined ? undefined : JSON.stringify(body)));
  return {
    route: route.name,
    kind,
    method: route.method,
    target: search === "" ? path : `${path}?${search}`,
    headers: {
      ...(sent !== undefined && { "content-type": "application/json" }),
      ...Object.fromEntries(own.map(([name, value]) => [name, asHeader(value)])),
    },
    body: sent,
  };
}
