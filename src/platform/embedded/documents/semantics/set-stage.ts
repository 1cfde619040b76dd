// $set, $addFields: new fields, also within documents and within the documents of arrays.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/set/
import type { Document } from "bson";
import { MongoError } from "./errors.js";
import { compileExpression, type Expression } from "./expression.js";
import { fieldOf } from "./paths.js";
import { withField } from "./update/paths.js";
import { isDocument } from "./values.js";

interface Scope {
  readonly variables: Document;
  readonly now: Date;
}
interface Assignment {
  readonly path: readonly string[];
  readonly value: Expression;
}

/** @throws MongoError 40176, 40177 where two of the paths collide */
export function compileSet(
  spec: Document,
  scope: Scope,
): (document: Document, variables?: Document) => Document {
  if (Object.keys(spec).length === 0)
    throw new MongoError(
      40177,
      "Invalid $set :: caused by :: specification must have at least one field",
    );
  const assignments = collect(spec, [], scope);
  for (const [index, { path }] of assignments.entries()) {
    const text = path.join(".");
    const collides = assignments
      .slice(0, index)
      .some(
        (other) =>
          `${text}.`.startsWith(`${other.path.join(".")}.`) ||
          `${other.path.join(".")}.`.startsWith(`${text}.`),
      );
    if (collides)
      throw new MongoError(
        40176,
        `Invalid $set :: caused by :: specification contains two conflicting paths. Cannot specify '${text}'`,
      );
  }
  return (document, variables) =>
    assignments.reduce<Document>(
      (next, { path, value }) => put(next, path, value(document, variables)) as Document,
      document,
    );
}

function collect(spec: Document, above: readonly string[], scope: Scope): Assignment[] {
  return Object.entries(spec).flatMap(([name, argument]): Assignment[] => {
    if (name.startsWith("$"))
      throw new MongoError(
        16410,
        "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
      );
    const path = [...above, ...name.split(".")];
    if (path.includes(""))
      throw new MongoError(40353, "FieldPath must not end with a '.' or have empty parts.");
    const nested =
      isDocument(argument) &&
      Object.keys(argument).length > 0 &&
      !Object.keys(argument)[0]?.startsWith("$");
    return nested
      ? collect(argument, path, scope)
      : [{ path, value: compileExpression(argument, scope.variables, scope.now) }];
  });
}

/** Missing removes the field; what is no document becomes one; of an array, each element changes. */
function put(node: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(node)) return node.map((one: unknown) => put(one, path, value));
  const document: Document = isDocument(node) ? node : {};
  const next = put(fieldOf(document, name), rest, value);
  if (next !== undefined) return withField(document, name, next);
  return Object.hasOwn(document, name)
    ? Object.fromEntries(Object.entries(document).filter(([other]) => other !== name))
    : document;
}
