// aggregate: a leading $match uses the indexes, the rest of the pipeline works in memory, $out and $merge
// write its result. $collStats, $indexStats and $currentOp are there for those who look inside.
import { aggregate as runPipeline } from "../semantics/index.js";
import { isDocument } from "../arguments.js";
import type { Document } from "../codec.js";
import type { Collection } from "../collection.js";
import { fail } from "../errors.js";
import { select } from "../query.js";
import { storageStats } from "./collections.js";
import type { Call, Command } from "./command.js";
import { batchSizeOf } from "./indexes.js";
import { SINKS } from "./output.js";
import { explainPipeline } from "./read.js";
import { evaluateVariables } from "./variables.js";

type Source = (call: Call, collection: Collection | undefined, options: never) => Document[];

/** First stages whose documents are not the collection's. */
export const SOURCES: Readonly<Record<string, Source>> = {
  $collStats(call, collection, options: Document) {
    if (options["count"] && !collection)
      throw fail(
        26,
        `Unable to retrieve count in $collStats stage :: caused by :: Collection [${call.namespace}] not found.`,
      );
    for (const part of Object.keys(options))
      if (part !== "storageStats" && part !== "count")
        throw fail(40415, `BSON field '$collStats.${part}' is an unknown field.`);
    return [
      {
        ns: call.namespace,
        localTime: call.now,
        ...(options["count"] && { count: collection?.rows.size }),
        ...(options["storageStats"] && {
          storageStats: storageStats(collection, call.namespace, 1),
        }),
      },
    ];
  },
  $indexStats: (_call, collection) =>
    [...(collection?.indexes.values() ?? [])].map(({ name, spec }) => ({
      name,
      key: spec["key"] as Document,
      accesses: { ops: 0, since: new Date(0) },
      spec,
    })),
};

/** First stages of a pipeline on a database. */
export const DATABASE_SOURCES: Readonly<Record<string, Source>> = {
  $currentOp({ database }) {
    if (database === "admin") return [];
    throw fail(73, "$currentOp must be run against the 'admin' database with {aggregate: 1}");
  },
  $documents({ now }, _collection, documents) {
    const { all } = evaluateVariables({ all: documents }, {}, now);
    if (Array.isArray(all) && all.every(isDocument)) return all;
    throw fail(5858203, "an array is expected as the argument of $documents, and objects in it");
  },
  $listLocalSessions: ({ now, body }) => [{ _id: (body["lsid"] ?? {}) as Document, lastUse: now }],
};

const aggregate: Command = {
  fields: [
    "pipeline",
    "cursor",
    "explain",
    "allowDiskUse",
    "collation",
    "hint",
    "let",
    "bypassDocumentValidation",
  ],
  run(call) {
    const { args, body, engine } = call;
    const pipeline = args.required("pipeline", args.documents("pipeline"));
    const whole = body["aggregate"] === 1; // of the database, not of a collection
    const namespace = `${call.database}.${whole ? "$cmd.aggregate" : call.target}`;
    if (args.flag("explain")) return explainPipeline(call, "queryPlanner");
    if (body["cursor"] === undefined)
      throw fail(
        9,
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    const batchSize = batchSizeOf(call);
    const last = pipeline.at(-1) ?? {};
    const [stage = ""] = Object.keys(last);
    const sink = SINKS[stage];
    const stages = sink ? pipeline.slice(0, -1) : pipeline;
    let documents = whole ? overDatabase(call, stages) : overCollection(call, stages);
    if (sink) {
      sink(call, last[stage], documents);
      documents = [];
    }
    return { cursor: engine.cursors.open({ namespace, documents, batchSize }) };
  },
};

function overDatabase(call: Call, pipeline: Document[]): Document[] {
  const [first = {}, ...rest] = pipeline;
  const [stage = ""] = Object.keys(first);
  const source = DATABASE_SOURCES[stage];
  if (source === undefined)
    throw fail(73, `{aggregate: 1} is not valid for '${stage}'; a collection's name is needed`);
  return run(call, rest, source(call, undefined, first[stage] as never), undefined);
}

function overCollection(call: Call, pipeline: Document[]): Document[] {
  const collection = call.find();
  const collation = call.args.collation(collection?.collation);
  const [first = {}, ...rest] = pipeline;
  const [stage = ""] = Object.keys(first);
  const options: unknown = first[stage];
  const source = SOURCES[stage];
  if (source && isDocument(options))
    return run(call, rest, source(call, collection, options as never), collation);
  const filter = stage === "$match" && isDocument(options) ? options : {};
  const query = {
    filter,
    collation,
    hint: call.args.textOrDocument("hint"),
    variables: call.variables,
    deadline: call.deadline,
  };
  const remaining = isDocument(first["$match"]) ? rest : pipeline;
  const { rows } = select(collection, query);
  if (isPlainCount(remaining)) {
    if (rows.length === 0) return [];
    return [{ _id: 1, n: rows.length }];
  }
  const documents = rows.map((row) => row.document);
  return remaining.length > 0 ? run(call, remaining, documents, collation) : documents;
}

/** What countDocuments sends after its $match. */
const isPlainCount = (stages: Document[]): boolean =>
  stages.length === 1 && JSON.stringify(stages[0]) === '{"$group":{"_id":1,"n":{"$sum":1}}}';

function run(
  call: Call,
  pipeline: Document[],
  documents: Iterable<Document>,
  collation: Document | undefined,
): Document[] {
  return runPipeline(pipeline, {
    docs: documents,
    lookup: (name: string) =>
      [...(call.find(`${call.database}.${name}`)?.rows.values() ?? [])].map((row) => row.document),
    now: call.now,
    deadline: call.deadline,
    collation,
    variables: call.variables,
  });
}

export const aggregateCommands = { aggregate };
