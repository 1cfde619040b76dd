// $group and $bucket. https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/group/
import type { Document } from "bson";
import { ACCUMULATORS } from "../accumulators.js";
import { compileSort } from "../sort.js";
import { withField } from "../update/paths.js";
import { compareValues, isDocument, typeOf } from "../values.js";
import { rankedAccumulator } from "./ranked.js";
import { documentIn, expressionIn, fails, keyOf, type Stage } from "./stage.js";

export const group: Stage = (argument, context) => {
  const spec = documentIn(argument, 15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(spec, "_id")) throw fails(15955, "a group specification must include an _id");
  const idOf = expressionIn(spec["_id"], context);
  const fields = Object.entries(spec).flatMap(([field, accumulator]) => {
    if (field === "_id") return [];
    if (field.includes(".")) throw fails(40235, `The field name '${field}' cannot contain '.'`);
    if (!isDocument(accumulator))
      throw fails(40234, `The field '${field}' must be an accumulator object`);
    const [name, ...more] = Object.keys(accumulator);
    if (name === undefined || more.length > 0)
      throw fails(40238, `The field '${field}' must specify one accumulator`);
    const ranked = rankedAccumulator(name, accumulator[name], context);
    if (ranked) return [{ field, ...ranked }];
    const finish = Object.hasOwn(ACCUMULATORS, name) ? ACCUMULATORS[name] : undefined;
    if (!finish) throw fails(15952, `unknown group operator '${name}'`);
    return [{ field, finish, value: expressionIn(accumulator[name], context) }];
  });
  return (documents) => {
    const groups = new Map<string, { id: unknown; values: unknown[][] }>();
    for (const document of documents) {
      context.tick();
      const id = idOf(document) ?? null;
      const key = keyOf(id);
      let found = groups.get(key);
      if (!found) groups.set(key, (found = { id, values: fields.map(() => []) }));
      for (const [index, { value }] of fields.entries()) found.values[index]?.push(value(document));
    }
    return [...groups.values()].map(({ id, values }) =>
      fields.reduce(
        (document, { field, finish }, index) =>
          withField(document, field, finish(values[index] ?? [])),
        { _id: id } as Document,
      ),
    );
  };
};

export const bucket: Stage = (argument, context) => {
  const spec = documentIn(
    argument,
    40201,
    `Argument to $bucket stage must be an object, but found type: ${typeOf(argument)}`,
  );
  const unknown = Object.keys(spec).find(
    (name) => !["groupBy", "boundaries", "default", "output"].includes(name),
  );
  if (unknown !== undefined) throw fails(40197, `Unrecognized option to $bucket: ${unknown}.`);
  const boundaries: unknown = spec["boundaries"];
  if (spec["groupBy"] === undefined || boundaries === undefined)
    throw fails(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  if (!Array.isArray(boundaries))
    throw fails(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${typeOf(boundaries)}.`,
    );
  if (boundaries.length < 2)
    throw fails(40192, "The $bucket 'boundaries' field must have at least 2 values");
  if (
    boundaries.some((bound, index) => index > 0 && compareValues(boundaries[index - 1], bound) >= 0)
  )
    throw fails(
      40194,
      "The 'boundaries' option to $bucket must be sorted, but the elements are not.",
    );
  const valueOf = expressionIn(spec["groupBy"], context);
  const groupUp = group(
    { _id: "$id", ...retarget(spec["output"] ?? { count: { $sum: 1 } }) },
    context,
  );
  return (documents) =>
    groupUp(
      documents.map((document) => {
        const value = valueOf(document) ?? null;
        const index = boundaries.findIndex((bound) => compareValues(value, bound) < 0);
        if (index > 0) return { id: boundaries[index - 1] as unknown, document };
        if (!Object.hasOwn(spec, "default"))
          throw fails(
            40066,
            "$switch could not find a matching branch for an input, and no default was specified.",
          );
        return { id: spec["default"] as unknown, document };
      }),
    ).toSorted(compileSort({ _id: 1 }));
};

/** The same expressions on documents that stand in a field `document`. */
const retarget = (output: unknown): Document =>
  Object.fromEntries(
    Object.entries(documentIn(output, 40196, "The $bucket 'output' field must be an object")).map(
      ([field, accumulator]): [string, unknown] => {
        const [name, argument] = Object.entries(Object(accumulator) as Document)[0] ?? [""];
        const ordered = /^\$(top|bottom)N?$/.test(name) && isDocument(argument);
        const sortBy: unknown = ordered ? argument["sortBy"] : undefined;
        const moved = below(argument);
        return [
          field,
          { [name]: isDocument(sortBy) ? { ...Object(moved), sortBy: prefixed(sortBy) } : moved },
        ];
      },
    ),
  );
const prefixed = (sortBy: Document): Document =>
  Object.fromEntries(
    Object.entries(sortBy).map(([path, way]) => [`document.${path}`, way as unknown]),
  );

function below(expression: unknown): unknown {
  if (typeof expression === "string")
    return expression.startsWith("$$ROOT") || expression.startsWith("$$CURRENT")
      ? expression.replace(/^\$\$(ROOT|CURRENT)/, "$document")
      : expression.replace(/^\$(?!\$)/, "$document.");
  if (Array.isArray(expression)) return expression.map(below);
  if (!isDocument(expression) || Object.hasOwn(expression, "$literal")) return expression;
  return Object.fromEntries(
    Object.entries(expression).map(([name, value]) => [name, below(value)]),
  );
}
