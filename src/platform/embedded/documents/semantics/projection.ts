// Projections: which fields of a found document are answered.
// https://www.mongodb.com/docs/v7.0/reference/method/db.collection.find/#projection
import type { Document } from "bson";
import { compileExpression, type Expression } from "./expression.js";
import { MongoError } from "./errors.js";
import { compileFilter, type Filter } from "./filter/index.js";
import { withField } from "./update/paths.js";
import { isDocument, isNumeric } from "./values.js";

export type Projection = (document: Document, arrayIndex?: number) => Document;

interface Node {
  /** What stands here: keep or drop it whole, or go on below. */
  readonly children: Map<string, Node | Leaf>;
}
type Leaf =
  | { readonly kind: "include" | "exclude" | "positional" }
  | { readonly kind: "slice"; readonly skip: number | undefined; readonly count: number }
  | { readonly kind: "elemMatch"; readonly filter: Filter }
  | { readonly kind: "expression"; readonly value: Expression };

const isNode = (entry: Node | Leaf): entry is Node => "children" in entry;
const fails = (code: number, message: string) => new MongoError(code, message);

interface Scope {
  readonly variables: Document;
  readonly now: Date;
}

/** `stage`: as $project, which knows no `$slice`, `$elemMatch` and `$` of its own. */
export function compileProjection(
  spec: Document,
  {
    stage,
    variables = {},
  }: { filter?: Filter; stage?: Scope; variables?: Document | undefined } = {},
): Projection {
  const scope: Scope = stage ?? { variables, now: new Date() };
  const root: Node = { children: new Map() };
  const kinds = new Set<"include" | "exclude">();
  let includeId: boolean | undefined;
  for (const [path, argument] of flatten(spec)) {
    const leaf = parseLeaf(path, argument, scope, stage !== undefined);
    if (path === "_id" && (leaf.kind === "include" || leaf.kind === "exclude")) {
      includeId = leaf.kind === "include";
      continue;
    }
    if (leaf.kind === "include" || leaf.kind === "positional" || leaf.kind === "expression")
      kinds.add("include");
    if (leaf.kind === "exclude") kinds.add("exclude");
    if (kinds.size > 1) {
      const what = leaf.kind === "exclude" ? "exclusion" : "inclusion";
      throw fails(
        what === "exclusion" ? 31254 : 31253,
        `Cannot do ${what} on field ${path} in ${what === "exclusion" ? "inclusion" : "exclusion"} projection`,
      );
    }
    place(root, path, leaf);
  }
  // With nothing but _id and $slice or $elemMatch: $elemMatch includes, $slice leaves the rest as it is.
  const hasElemMatch = [...leaves(root)].some((leaf) => leaf.kind === "elemMatch");
  const inclusive =
    kinds.has("include") ||
    (kinds.size === 0 && (hasElemMatch || (includeId === true && root.children.size === 0)));
  return (document, arrayIndex) => {
    const result = inclusive
      ? include(document, root, document, arrayIndex)
      : exclude(document, root, document, arrayIndex);
    return withId(document, result, includeId ?? true);
  };
}

/** _id comes first where it is included. */
function withId(document: Document, { _id, ...rest }: Document, keep: boolean): Document {
  return keep && Object.hasOwn(document, "_id")
    ? { _id: (_id ?? document["_id"]) as unknown, ...rest }
    : rest;
}

/** An embedded document is another way to write dotted paths. */
function flatten(spec: Document, above = ""): [string, unknown][] {
  return Object.entries(spec).flatMap(([name, argument]): [string, unknown][] => {
    const path = above + name;
    const keys = isDocument(argument) ? Object.keys(argument) : [];
    if (isDocument(argument) && keys.length === 0)
      throw fails(
        51270,
        `An empty sub-projection is not a valid value. Found empty object at path ${path}`,
      );
    return keys.length > 0 && !keys[0]?.startsWith("$")
      ? flatten(argument as Document, `${path}.`)
      : [[path, argument]];
  });
}

function expressionLeaf(argument: unknown, scope: Scope): Leaf {
  try {
    return { kind: "expression", value: compileExpression(argument, scope.variables, scope.now) };
  } catch (error) {
    const [name] = isDocument(argument) ? Object.keys(argument) : [];
    if (error instanceof MongoError && error.code === 168 && error.message.includes(`'${name}'`)) {
      throw fails(31325, `Invalid $project :: caused by :: Unknown expression ${name}`);
    }
    throw error;
  }
}

function parseLeaf(path: string, argument: unknown, scope: Scope, inStage: boolean): Leaf {
  if (path === "") throw fails(40352, "FieldPath cannot be constructed with empty string");
  if (path.endsWith(".$") && !inStage) return { kind: "positional" };
  if (path.startsWith("$"))
    throw fails(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  if (typeof argument === "boolean" || isNumeric(argument))
    return {
      kind:
        argument === true || (argument !== false && Number(argument) !== 0) ? "include" : "exclude",
    };
  if (!isDocument(argument)) return expressionLeaf(argument, scope);
  const [name] = Object.keys(argument);
  if (inStage) return expressionLeaf(argument, scope);
  switch (name) {
    case "$slice":
      return parseSlice(argument["$slice"], scope);
    case "$elemMatch": {
      if (!isDocument(argument["$elemMatch"]))
        throw fails(
          31274,
          "elemMatch: Invalid argument, object required, but got " + typeof argument["$elemMatch"],
        );
      if (path.includes("."))
        throw fails(31275, "Cannot use $elemMatch projection on a nested field");
      return {
        kind: "elemMatch",
        filter: compileFilter({ value: { $elemMatch: argument["$elemMatch"] as unknown } }),
      };
    }
    case "$meta":
      throw fails(40218, "query requires text score metadata, but it is not available");
    default:
      return expressionLeaf(argument, scope);
  }
}

/** Two numbers are skip and count; anything else is the expression of this name. */
function parseSlice(argument: unknown, scope: Scope): Leaf {
  if (isNumeric(argument))
    return { kind: "slice", skip: undefined, count: Math.trunc(Number(argument)) };
  if (!Array.isArray(argument))
    throw fails(
      28667,
      `Invalid $slice syntax. The given syntax { $slice: ${JSON.stringify(argument)} } did not match the find() syntax`,
    );
  if (argument.length !== 2 || !argument.every(isNumeric))
    return expressionLeaf({ $slice: argument }, scope);
  const [skip, count] = argument.map(Number) as [number, number];
  if (!(count > 0))
    throw fails(28724, "First argument to $slice must be an array, but is of type: int");
  return { kind: "slice", skip, count };
}

function place(root: Node, path: string, leaf: Leaf): void {
  const parts = path.split(".").filter((part) => part !== "$");
  if (parts.includes("")) throw fails(40353, "FieldPath must not end with a '.'.");
  let node = root;
  for (const [index, part] of parts.entries()) {
    const known = node.children.get(part);
    if (index === parts.length - 1) {
      if (known) throw fails(31250, `Path collision at ${path}`);
      node.children.set(part, leaf);
    } else {
      if (known && !isNode(known))
        throw fails(
          31249,
          `Path collision at ${path} remaining portion ${parts.slice(index + 1).join(".")}`,
        );
      const next: Node = known ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
  }
}

function* leaves(node: Node): Iterable<Leaf> {
  for (const child of node.children.values()) {
    if (isNode(child)) yield* leaves(child);
    else yield child;
  }
}

/** The value that a leaf other than include and exclude leaves; undefined: nothing. */
function special(
  leaf: Leaf,
  value: unknown,
  root: Document,
  arrayIndex: number | undefined,
): unknown {
  switch (leaf.kind) {
    case "positional":
      if (!Array.isArray(value)) return value;
      if (arrayIndex === undefined)
        throw fails(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      return [value[arrayIndex]];
    case "slice":
      return Array.isArray(value) ? sliced(value, leaf.skip, leaf.count) : value;
    case "elemMatch": {
      if (!Array.isArray(value)) return undefined;
      const { matched, arrayIndex: at } = leaf.filter.match({ value });
      return matched && at !== undefined ? [value[at] as unknown] : undefined;
    }
    case "expression":
      return leaf.value(root);
    default:
      return value;
  }
}

function sliced(
  array: readonly unknown[],
  skip: number | undefined,
  count: number,
): readonly unknown[] {
  if (skip === undefined) return count < 0 ? array.slice(count) : array.slice(0, count);
  const from = skip < 0 ? Math.max(0, array.length + skip) : skip;
  return array.slice(from, from + count);
}

function include(
  value: Document,
  node: Node,
  root: Document,
  arrayIndex: number | undefined,
): Document {
  let result: Document = {};
  const set = (name: string, projected: unknown) => {
    if (projected !== undefined) result = withField(result, name, projected);
  };
  for (const [name, field] of Object.entries(value)) {
    const child = node.children.get(name);
    if (!child || (!isNode(child) && child.kind === "expression")) continue;
    if (!isNode(child)) set(name, special(child, field, root, arrayIndex));
    else
      set(
        name,
        below(field, (document) => include(document, child, root, arrayIndex), true),
      );
  }
  for (const [name, child] of node.children) {
    if (!isNode(child) && child.kind === "expression")
      set(name, special(child, undefined, root, arrayIndex));
    else if (
      isNode(child) &&
      !Object.hasOwn(value, name) &&
      [...leaves(child)].some((leaf) => leaf.kind === "expression")
    ) {
      set(name, include({}, child, root, arrayIndex));
    }
  }
  return result;
}

function exclude(
  value: Document,
  node: Node,
  root: Document,
  arrayIndex: number | undefined,
): Document {
  let result: Document = {};
  for (const [name, field] of Object.entries(value)) {
    const child = node.children.get(name);
    let projected: unknown = field;
    if (child && !isNode(child))
      projected = child.kind === "exclude" ? undefined : special(child, field, root, arrayIndex);
    else if (child)
      projected = below(field, (document) => exclude(document, child, root, arrayIndex), false);
    if (projected !== undefined) result = withField(result, name, projected);
  }
  return result;
}

/** Into documents and the documents of arrays; an inclusion leaves out what is neither. */
function below(
  value: unknown,
  project: (document: Document) => Document,
  inclusive: boolean,
): unknown {
  if (isDocument(value)) return project(value);
  if (!Array.isArray(value)) return inclusive ? undefined : value;
  return value.flatMap((element: unknown) => {
    const projected = below(element, project, inclusive);
    return projected === undefined ? [] : [projected];
  });
}
