// Aggregation pipelines: the allowed stages by mingo; $match, $sort and $project by our own filter, order and
// projection, also inside $facet and $lookup. https://www.mongodb.com/docs/v7.0/reference/operator/aggregation-pipeline/
import type { Document } from "bson";
import { Aggregator } from "mingo/aggregator";
import { Context } from "mingo/core";
import { Lazy } from "mingo/lazy";
import * as stages from "mingo/operators/pipeline";
import type { Options } from "mingo/types";
import { MongoError } from "./errors.js";
import {
  accumulatorOps,
  asMongoError,
  checkExpression,
  expressionOps,
  optionsFor,
  plain,
} from "./expression.js";
import { compileFilter } from "./filter/index.js";
import { compileProjection } from "./projection.js";
import { compileSort } from "./sort.js";
import { ACCUMULATORS, STAGES, UPDATE_STAGES } from "./supported.js";
import { isDocument } from "./values.js";

export interface AggregateInput {
  readonly docs: Iterable<Document>;
  /** The documents of another collection, for $lookup and $unionWith. */
  lookup(collection: string): Iterable<Document>;
  readonly now: Date;
  readonly collation?: Document | undefined;
  readonly variables?: Document | undefined;
  /** Called for each document that comes in; throws when the time is up. */
  readonly deadline?: { tick(): void } | undefined;
}

interface Lines {
  filter(test: (document: Document) => boolean): Lines;
  map(change: (document: Document) => Document): Lines;
  transform(change: (documents: Document[]) => unknown): Lines;
}
type Stage = (lines: Lines, argument: never, options: Options) => unknown;

const OWN: Readonly<Record<string, Stage>> = {
  $match: (lines, filter: Document, options) => {
    const { matches } = compileFilter(filter, {
      variables: options.variables as Document | undefined,
      collation: options.collation as Document | undefined,
    });
    return lines.filter(matches);
  },
  $sort: (lines, spec: Document, options) => {
    const order = compileSort(spec, { collation: options.collation as Document | undefined });
    return lines.transform((documents) => Lazy(documents.toSorted(order)));
  },
  $project: (lines, spec: Document) => lines.map(compileProjection(spec)),
};

const pipelineOps = Object.fromEntries(
  STAGES.map((name) => [name, OWN[name] ?? (stages as unknown as Record<string, Stage>)[name]]),
);
const context = Context.init({
  accumulator: accumulatorOps as never,
  expression: expressionOps as never,
  pipeline: pipelineOps as never,
});

const allowed = new Set<string>(STAGES);
const accumulatorNames = new Set<string>(ACCUMULATORS);

/** @throws MongoError 40324 for an unknown stage, 168 or 15952 for an unknown operator */
export function checkPipeline(
  pipeline: unknown,
  names: ReadonlySet<string> = allowed,
): asserts pipeline is Document[] {
  if (!Array.isArray(pipeline)) throw new MongoError(14, "'pipeline' must be an array");
  for (const stage of pipeline as unknown[]) {
    if (!isDocument(stage))
      throw new MongoError(14, "Each element of the 'pipeline' array must be an object");
    const [name, ...more] = Object.keys(stage);
    if (name === undefined || more.length > 0)
      throw new MongoError(
        40323,
        "A pipeline stage specification object must contain exactly one field.",
      );
    if (name === "$changeStream")
      throw new MongoError(40573, "The $changeStream stage is only supported on replica sets");
    if (!names.has(name)) {
      const message = `Unrecognized pipeline stage name: '${name}'`;
      throw new MongoError(40324, message);
    }
    checkStage(name, stage[name]);
  }
}

function checkStage(name: string, argument: unknown): void {
  switch (name) {
    case "$match":
      if (!isDocument(argument))
        throw new MongoError(15959, "the match filter must be an expression in an object");
      compileFilter(argument, { variables: ANY_VARIABLES });
      return;
    case "$sort":
      if (!isDocument(argument))
        throw new MongoError(15973, "the $sort key specification must be an object");
      if (Object.keys(argument).length === 0)
        throw new MongoError(15976, "$sort stage must have at least one sort key");
      compileSort(argument);
      return;
    case "$project":
      if (!isDocument(argument))
        throw new MongoError(15969, "$project specification must be an object");
      if (Object.keys(argument).length === 0)
        throw new MongoError(
          51272,
          "Invalid $project :: caused by :: projection specification must have at least one field",
        );
      compileProjection(argument);
      return;
    case "$limit":
      if (!(Number(argument) > 0)) throw new MongoError(15958, "the limit must be positive");
      return;
    case "$skip":
      if (!(Number(argument) >= 0))
        throw new MongoError(
          5107200,
          "invalid argument to $skip stage: Expected a non-negative number",
        );
      return;
    case "$group":
      checkGroup(argument);
      return;
    case "$facet":
      for (const inner of Object.values(Object(argument) as Document)) checkPipeline(inner);
      return;
    case "$lookup":
      if (!isDocument(argument) || typeof argument["as"] !== "string")
        throw new MongoError(9, "$lookup argument must be an object with 'as'");
      if (argument["pipeline"] !== undefined) checkPipeline(argument["pipeline"]);
      return;
    case "$unionWith":
      if (isDocument(argument) && argument["pipeline"] !== undefined)
        checkPipeline(argument["pipeline"]);
      return;
    default:
      checkExpression(argument);
  }
}

/** While checking, every variable is taken to exist; running tells whether it does. */
const ANY_VARIABLES: Document = {};

function checkGroup(argument: unknown): void {
  if (!isDocument(argument))
    throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(argument, "_id"))
    throw new MongoError(15955, "a group specification must include an _id");
  for (const [field, accumulator] of Object.entries(argument)) {
    if (field === "_id") {
      checkExpression(accumulator);
      continue;
    }
    if (!isDocument(accumulator))
      throw new MongoError(40234, `The field '${field}' must be an accumulator object`);
    const [name, ...more] = Object.keys(accumulator);
    if (name === undefined || more.length > 0)
      throw new MongoError(40238, `The field '${field}' must specify one accumulator`);
    if (!accumulatorNames.has(name))
      throw new MongoError(15952, `unknown group operator '${name}'`);
    checkExpression(accumulator[name]);
  }
}

export function aggregate(pipeline: unknown, input: AggregateInput): Document[] {
  checkPipeline(pipeline);
  // Leading $match stages see the stored documents; only what they leave is copied for mingo.
  let start = 0;
  const filters: ((document: Document) => boolean)[] = [];
  while (pipeline[start] && Object.hasOwn(pipeline[start] as Document, "$match")) {
    filters.push(
      compileFilter((pipeline[start] as Document)["$match"], {
        collation: input.collation,
        variables: input.variables,
      }).matches,
    );
    start++;
  }
  const documents: Document[] = [];
  for (const document of input.docs) {
    input.deadline?.tick();
    if (filters.every((matches) => matches(document))) documents.push(document);
  }
  const rest = pipeline.slice(start);
  if (rest.length === 0) return documents;
  return run(rest, documents, input.now, {
    variables: input.variables,
    collation: input.collation,
    lookup: input.lookup,
  });
}

function run(
  pipeline: readonly Document[],
  documents: readonly Document[],
  now: Date,
  {
    variables,
    collation,
    lookup,
  }: {
    variables?: Document | undefined;
    collation?: Document | undefined;
    lookup?: (collection: string) => Iterable<Document>;
  },
): Document[] {
  const options = optionsFor(now, variables, {
    context,
    ...(collation && { collation: collation as never }),
    ...(lookup && {
      collectionResolver: (name: string) => [...lookup(name)].map((one) => plain(one) as Document),
    }),
  });
  try {
    const copies = documents.map((document) => plain(document) as Document);
    return new Aggregator(pipeline as never, options).run(
      copies as never,
      options as never,
    ) as Document[];
  } catch (error) {
    throw asMongoError(error);
  }
}

const updateStages = new Set<string>(UPDATE_STAGES);

/** An update written as a pipeline, on one document at a time. */
export function compileUpdatePipeline(
  pipeline: readonly Document[],
  variables?: Document,
): (document: Document, now: Date) => Document {
  checkPipeline(pipeline, updateStages);
  return (document, now) => {
    const [result] = run(pipeline, [document], now, { variables });
    return result ?? document;
  };
}
