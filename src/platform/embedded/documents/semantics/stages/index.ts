// The stages of aggregation pipelines: each checks its argument once and then turns documents into documents.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation-pipeline/
import { EJSON } from "bson";
import { compileFilter } from "../filter/index.js";
import { compileProjection } from "../projection.js";
import { compileSet } from "../set-stage.js";
import { compileSort } from "../sort.js";
import { isDocument, isNumeric, typeOf } from "../values.js";
import { bucket, group } from "./group.js";
import { graphLookup, lookup, unionWith } from "./join.js";
import { documentIn, each, expressionIn, fails, type Stage, whole } from "./stage.js";
import { unwind } from "./unwind.js";

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}

const replaceWith: Stage = (argument, context) => {
  const value = expressionIn(argument, context);
  return each(context, (document) => {
    const root = value(document);
    if (isDocument(root)) return root;
    throw fails(
      40228,
      `'newRoot' expression must evaluate to an object, but resulting value was: ${root === undefined ? "MISSING" : EJSON.stringify(root)}. Type of resulting value: '${typeOf(root)}'.`,
    );
  });
};

const setFields: Stage = (argument, context) => {
  const set = compileSet(
    documentIn(
      argument,
      40272,
      `$set specification stage must be an object, got ${typeOf(argument)}`,
    ),
    context,
  );
  return each(context, (document) => set(document));
};

export const STAGE_TABLE: Readonly<Record<string, Stage>> = {
  $addFields: setFields,
  $set: setFields,
  $bucket: bucket,
  $group: group,
  $unwind: unwind,
  $lookup: lookup,
  $graphLookup: graphLookup,
  $replaceWith: replaceWith,
  $replaceRoot: (argument, context) => {
    const spec = documentIn(
      argument,
      40229,
      `expected an object as specification for $replaceRoot stage, got ${typeOf(argument)}`,
    );
    if (!Object.hasOwn(spec, "newRoot"))
      throw fails(40231, "no newRoot specified for the $replaceRoot stage");
    return replaceWith(spec["newRoot"], context);
  },
  $match: (argument, context) => {
    const filter = documentIn(
      argument,
      15959,
      "the match filter must be an expression in an object",
    );
    const { matches } = compileFilter(filter, {
      collation: context.collation,
      variables: context.variables,
    });
    return (documents) =>
      documents.filter((document) => {
        context.tick();
        return matches(document);
      });
  },
  $project: (argument, context) => {
    const spec = documentIn(argument, 15969, "$project specification must be an object");
    if (Object.keys(spec).length === 0)
      throw fails(
        51272,
        "Invalid $project :: caused by :: projection specification must have at least one field",
      );
    const project = compileProjection(spec, { stage: context });
    return each(context, (document) => project(document));
  },
  $unset: (argument, context) => {
    const paths: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    if (paths.length === 0)
      throw fails(
        31119,
        "$unset specification must be a string or an array with at least one field",
      );
    if (!paths.every((path) => typeof path === "string" && path !== ""))
      throw fails(
        31002,
        "$unset specification must be a string or an array containing only string values",
      );
    const project = compileProjection(
      Object.fromEntries(paths.map((path) => [path as string, 0])),
      { stage: context },
    );
    return each(context, (document) => project(document));
  },
  $sort: (argument, context) => {
    const spec = documentIn(argument, 15973, "the $sort key specification must be an object");
    if (Object.keys(spec).length === 0)
      throw fails(15976, "$sort stage must have at least one sort key");
    const order = compileSort(spec, { collation: context.collation });
    return (documents) => documents.toSorted(order);
  },
  $limit: (argument) => {
    const limit = whole(argument, "$limit", 5107201);
    if (limit <= 0) throw fails(15958, "the limit must be positive");
    return (documents) => documents.slice(0, limit);
  },
  $skip: (argument) => {
    const skip = whole(argument, "$skip", 5107200);
    if (skip < 0)
      throw fails(
        5107200,
        `invalid argument to $skip stage: Expected a non-negative number in: $skip: ${skip}`,
      );
    return (documents) => documents.slice(skip);
  },
  $count: (argument) => {
    if (typeof argument !== "string" || argument === "")
      throw fails(40156, "the count field must be a non-empty string");
    if (argument.startsWith("$")) throw fails(40158, "the count field cannot be a $-prefixed path");
    if (argument.includes(".")) throw fails(40160, "the count field cannot contain '.'");
    return (documents) => (documents.length === 0 ? [] : [{ [argument]: documents.length }]);
  },
  $sortByCount: (argument, context) => {
    const isExpression =
      typeof argument === "string"
        ? argument.startsWith("$")
        : isDocument(argument) && Object.keys(argument)[0]?.startsWith("$");
    if (!isExpression)
      throw fails(
        typeof argument === "string" ? 40148 : 40147,
        "the sortByCount field must be a $-prefixed path or an expression",
      );
    const groupUp = group({ _id: argument, count: { $sum: 1 } }, context);
    return (documents) => groupUp(documents).toSorted(compileSort({ count: -1 }));
  },
  $sample: (argument) => {
    const size: unknown = documentIn(
      argument,
      28745,
      "the $sample stage specification must be an object",
    )["size"];
    if (!isNumeric(size)) throw fails(28746, "size argument to $sample must be a number");
    const wanted = Number(String(size));
    if (!(wanted > 0)) throw fails(28747, "size argument to $sample must be a positive integer");
    return (documents) => shuffled(documents).slice(0, Math.trunc(wanted));
  },
  $facet: (argument, context) => {
    const spec = documentIn(argument, 40169, "the $facet specification must be a non-empty object");
    if (Object.keys(spec).length === 0)
      throw fails(40169, "the $facet specification must be a non-empty object");
    const facets = Object.entries(spec).map(([name, pipeline]) => {
      if (!Array.isArray(pipeline))
        throw fails(
          40170,
          `arguments to $facet must be arrays, ${name} is type ${typeOf(pipeline)}`,
        );
      if (pipeline.some((stage) => isDocument(stage) && "$facet" in stage))
        throw fails(40600, "$facet is not allowed to be used within a $facet stage");
      return { name, run: context.compile(pipeline, context) };
    });
    return (documents) => [
      Object.fromEntries(facets.map(({ name, run }) => [name, run(documents)])),
    ];
  },
  $unionWith: unionWith,
};
