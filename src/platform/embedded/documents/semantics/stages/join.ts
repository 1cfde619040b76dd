// Stages that read other collections: $lookup, $graphLookup, $unionWith.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/lookup/
import type { Document } from "bson";
import { valuesAt } from "../paths.js";
import { compileSet } from "../set-stage.js";
import { typeOf } from "../values.js";
import {
  documentIn,
  expressionIn,
  fails,
  keyOf,
  type Stage,
  type StageContext,
  textIn,
  whole,
} from "./stage.js";

/** The documents of a collection by the values that they have at a path. */
function indexBy(
  documents: Iterable<Document>,
  path: string,
  { tick }: StageContext,
): Map<string, Set<Document>> {
  const index = new Map<string, Set<Document>>();
  for (const document of documents) {
    tick();
    const found = valuesAt(document, path.split("."));
    for (const value of found.length > 0 ? found : [null]) {
      const key = keyOf(value);
      index.set(key, (index.get(key) ?? new Set()).add(document));
    }
  }
  return index;
}

const LOOKUP_FIELDS = ["from", "as", "localField", "foreignField", "let", "pipeline"];

export const lookup: Stage = (argument, context) => {
  const spec = documentIn(
    argument,
    9,
    `the $lookup stage specification must be an object, but found ${typeOf(argument)}`,
  );
  const unknown = Object.keys(spec).find((name) => !LOOKUP_FIELDS.includes(name));
  if (unknown !== undefined) throw fails(9, `unknown argument to $lookup: ${unknown}`);
  const [from, as] = [textIn(spec, "from", "$lookup"), textIn(spec, "as", "$lookup")];
  const byField = spec["localField"] !== undefined || spec["foreignField"] !== undefined;
  if (!byField && spec["pipeline"] === undefined)
    throw fails(
      9,
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  const local = byField ? textIn(spec, "localField", "$lookup").split(".") : [];
  const foreign = byField ? textIn(spec, "foreignField", "$lookup") : "";
  const names = Object.entries((spec["let"] ?? {}) as Document).map(([name, expression]) => ({
    name,
    value: expressionIn(expression, context),
  }));
  const pipeline: unknown = spec["pipeline"];
  const pretended = Object.fromEntries(names.map(({ name }) => [name, null]));
  if (pipeline !== undefined)
    context.compile(pipeline, { ...context, variables: { ...context.variables, ...pretended } });
  const set = compileSet(
    { [as]: "$$found" },
    { ...context, variables: { ...context.variables, found: null } },
  );
  return (documents) => {
    const others = [...context.lookup(from)];
    const index = byField ? indexBy(others, foreign, context) : undefined;
    return documents.map((document) => {
      context.tick();
      const values = valuesAt(document, local);
      const wanted = values.length > 0 ? values : [null];
      const candidates = index
        ? [...new Set(wanted.flatMap((value) => [...(index.get(keyOf(value)) ?? [])]))]
        : others;
      if (pipeline === undefined) return set(document, { found: candidates });
      const variables = {
        ...context.variables,
        ...Object.fromEntries(names.map(({ name, value }) => [name, value(document)])),
      };
      return set(document, {
        found: context.compile(pipeline, { ...context, variables })(candidates),
      });
    });
  };
};

export const graphLookup: Stage = (argument, context) => {
  const spec = documentIn(
    argument,
    40327,
    "the $graphLookup stage specification must be an object",
  );
  const unknown = Object.keys(spec).find(
    (name) =>
      !["from", "startWith", "connectFromField", "connectToField", "as", "maxDepth"].includes(name),
  );
  if (unknown !== undefined)
    throw fails(
      40104,
      `Unknown argument to $graphLookup: ${unknown} (or not supported by this server)`,
    );
  const [from, as, connectFrom, connectTo] = [
    "from",
    "as",
    "connectFromField",
    "connectToField",
  ].map((name) => textIn(spec, name, "$graphLookup")) as [string, string, string, string];
  const start = expressionIn(spec["startWith"], context);
  const maxDepth =
    spec["maxDepth"] === undefined ? Infinity : whole(spec["maxDepth"], "$graphLookup", 40100);
  const set = compileSet(
    { [as]: "$$found" },
    { ...context, variables: { ...context.variables, found: null } },
  );
  return (documents) => {
    const index = indexBy(context.lookup(from), connectTo, context);
    return documents.map((document) => {
      const found = new Set<Document>();
      let frontier: unknown[] = [start(document)].flat();
      for (let depth = 0; frontier.length > 0 && depth <= maxDepth; depth++) {
        const reached = frontier
          .flatMap((value) => [...(index.get(keyOf(value)) ?? [])])
          .filter((one) => !found.has(one));
        for (const one of reached) {
          context.tick();
          found.add(one);
        }
        frontier = [...new Set(reached)].flatMap((one) => valuesAt(one, connectFrom.split(".")));
      }
      return set(document, { found: [...found] });
    });
  };
};

export const unionWith: Stage = (argument, context) => {
  const spec =
    typeof argument === "string"
      ? { coll: argument }
      : documentIn(argument, 9, "the $unionWith stage specification must be an object or string");
  const unknown = Object.keys(spec).find((name) => name !== "coll" && name !== "pipeline");
  if (unknown !== undefined)
    throw fails(40415, `BSON field '$unionWith.${unknown}' is an unknown field.`);
  const from = textIn(spec, "coll", "$unionWith");
  const run = context.compile(spec["pipeline"] ?? [], context);
  return (documents) => [...documents, ...run([...context.lookup(from)])];
};
