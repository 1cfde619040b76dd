// Aggregation pipelines: every stage is checked before any document is read.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation-pipeline/
import type { Document } from "bson";
import { MongoError } from "./errors.js";
import { STAGE_TABLE } from "./stages/index.js";
import type { Run, StageContext } from "./stages/stage.js";
import { isDocument } from "./values.js";

export interface AggregateInput {
  readonly docs: Iterable<Document>;
  /** The documents of another collection, for $lookup, $graphLookup and $unionWith. */
  lookup(collection: string): Iterable<Document>;
  readonly now: Date;
  readonly collation?: Document | undefined;
  readonly variables?: Document | undefined;
  /** Called for each document that a stage looks at; throws when the time is up. */
  readonly deadline?: { tick(): void } | undefined;
}

/** The stages that an update may be written in. */
export const UPDATE_STAGES: readonly string[] = [
  "$addFields",
  "$project",
  "$replaceRoot",
  "$replaceWith",
  "$set",
  "$unset",
];

const MAX_STAGES = 1000;

/** @throws MongoError 40324 for an unknown stage, and each stage's own for its argument */
function compile(pipeline: unknown, context: StageContext): Run {
  if (!Array.isArray(pipeline)) throw new MongoError(14, "'pipeline' must be an array");
  if (pipeline.length > MAX_STAGES)
    throw new MongoError(7749501, `Pipeline length must be no longer than ${MAX_STAGES} stages.`);
  const runs = (pipeline as unknown[]).map((stage) => {
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
    const make = Object.hasOwn(STAGE_TABLE, name) ? STAGE_TABLE[name] : undefined;
    if (!make) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    return make(stage[name], context);
  });
  return (documents) => runs.reduce((rows, run) => run(rows), documents);
}

const contextOf = (input: Partial<AggregateInput>): StageContext => ({
  now: input.now ?? new Date(),
  collation: input.collation,
  variables: input.variables ?? {},
  lookup: input.lookup ?? (() => []),
  tick: () => input.deadline?.tick(),
  compile,
});

export function checkPipeline(pipeline: unknown): asserts pipeline is Document[] {
  compile(pipeline, contextOf({}));
}

export function aggregate(pipeline: unknown, input: AggregateInput): Document[] {
  const run = compile(pipeline, contextOf(input));
  return run([...input.docs]);
}

/** An update written as a pipeline, on one document at a time.
 *  @throws MongoError 72 for a stage that may not stand in an update */
export function compileUpdatePipeline(
  pipeline: readonly Document[],
  variables?: Document,
): (document: Document, now: Date) => Document {
  checkPipeline(pipeline);
  const foreign = pipeline
    .map((stage) => Object.keys(stage)[0] ?? "")
    .find((name) => !UPDATE_STAGES.includes(name));
  if (foreign !== undefined)
    throw new MongoError(72, `${foreign} is not allowed to be used within an update`);
  return (document, now) =>
    compile(pipeline, contextOf({ now, variables }))([document])[0] ?? document;
}
