// Commands that only read: find, getMore, killCursors, count, distinct, explain.
import { Long } from "bson";
import { compareWith, valuesAt } from "../semantics/index.js";
import type { Document } from "../codec.js";
import type { Collection } from "../collection.js";
import { fail } from "../errors.js";
import { IndexTree } from "../index-tree.js";
import { projection, select, type Query } from "../query.js";
import { VERSION } from "../version.js";
import type { Call, Command } from "./command.js";

/** The options that `find`, `count`, `distinct` and their kin share. */
function queryOf(
  call: Call,
  filterField: string,
  collection: Collection | undefined,
  limit = call.args.count("limit"),
): Query {
  const { args, deadline, variables } = call;
  return {
    filter: args.document(filterField) ?? {},
    sort: sortOf(args.document("sort")),
    skip: args.count("skip"),
    limit,
    hint: args.textOrDocument("hint"),
    collation: args.collation(collection?.collation),
    variables,
    deadline,
  };
}

export const sortOf = (sort: Document | undefined): Document | undefined =>
  sort && Object.keys(sort).length > 0 ? sort : undefined;

/** A client may say that it does not want them. */
const REFUSED_FLAGS = ["tailable", "awaitData", "returnKey", "showRecordId", "oplogReplay"];

const find: Command = {
  fields: [
    "filter",
    "sort",
    "projection",
    "hint",
    "skip",
    "limit",
    "batchSize",
    "singleBatch",
    "collation",
    "let",
    "allowDiskUse",
    "noCursorTimeout",
    ...REFUSED_FLAGS,
  ],
  run(call) {
    const { args, namespace, engine } = call;
    for (const flag of REFUSED_FLAGS)
      if (args.flag(flag)) throw fail(2, `find with '${flag}' is not supported by this server`);
    const collection = call.find();
    const query = queryOf(call, "filter", collection);
    const { rows, filter } = select(collection, query);
    const project = projection(args.document("projection"), filter);
    return {
      cursor: engine.cursors.open({
        namespace,
        documents: rows.map((row) => row.document),
        bytes: rows.reduce((sum, row) => sum + row.size, 0),
        project,
        batchSize: args.count("batchSize"),
        singleBatch: args.flag("singleBatch"),
        keep: args.flag("noCursorTimeout"),
      }),
    };
  },
};

const getMore: Command = {
  fields: ["collection", "batchSize"],
  run({ args, database, engine, body }) {
    const id: unknown = body["getMore"];
    if (!Long.isLong(id))
      throw fail(14, "BSON field 'getMore.getMore' is the wrong type, expected type 'long'");
    const name = args.required("collection", args.text("collection"));
    return { cursor: engine.cursors.more(id, `${database}.${name}`, args.count("batchSize")) };
  },
};

const killCursors: Command = {
  fields: ["cursors"],
  run({ engine, namespace, body }) {
    const ids: unknown = body["cursors"];
    if (!Array.isArray(ids)) throw fail(14, "BSON field 'killCursors.cursors' must be an array");
    const cursorsKilled: unknown[] = [];
    const cursorsNotFound: unknown[] = [];
    for (const id of ids)
      (Long.isLong(id) && engine.cursors.kill(id, namespace)
        ? cursorsKilled
        : cursorsNotFound
      ).push(id);
    return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};

const count: Command = {
  fields: ["query", "limit", "skip", "hint", "collation"],
  run(call) {
    const collection = call.find();
    // A negative limit means the same as its positive counterpart here, and only here.
    const limit = Math.abs(call.args.number("limit") ?? 0);
    const query = queryOf(call, "query", collection, limit);
    const everything = Object.keys(query.filter).length === 0 && !query.hint;
    if (!everything) return { n: select(collection, query).rows.length };
    const found = Math.max(0, (collection?.rows.size ?? 0) - (query.skip ?? 0));
    return { n: limit ? Math.min(found, limit) : found };
  },
};

const distinct: Command = {
  fields: ["key", "query", "collation", "hint"],
  run(call) {
    const collection = call.find();
    const path = call.args.required("key", call.args.text("key"));
    const query = queryOf(call, "query", collection);
    const seen = new IndexTree(compareWith(query.collation), [1]);
    const values: unknown[] = [];
    for (const row of select(collection, query).rows)
      for (const value of valuesAt(row.document, path.split("."))) {
        call.deadline.tick();
        if (seen.first([value])) continue;
        seen.insert([value], row);
        values.push(value);
      }
    return { values };
  },
};

const EXPLAINED: Readonly<Record<string, string>> = {
  find: "filter",
  count: "query",
  distinct: "query",
  aggregate: "pipeline",
  findAndModify: "query",
};
/** Explained by the query of their only statement. */
const EXPLAINED_WRITES: Readonly<Record<string, string>> = { update: "updates", delete: "deletes" };

const explain: Command = {
  fields: ["verbosity"],
  run(call) {
    const body = call.args.required("explain", call.args.document("explain"));
    const [name = ""] = Object.keys(body);
    const { call: inner } = call.engine.prepare({ ...body, $db: call.database }, call.client);
    const verbosity = call.args.text("verbosity") ?? "allPlansExecution";
    const statements = EXPLAINED_WRITES[name];
    if (statements !== undefined) {
      const [first = {}, ...more] = inner.args.documents(statements) ?? [];
      if (more.length > 0) throw fail(72, `explained ${name} commands have one statement only`);
      const filter = (first["q"] ?? {}) as Document;
      return explainQuery(inner, { filter, deadline: inner.deadline }, verbosity);
    }
    const filterField = EXPLAINED[name];
    if (filterField === undefined) throw fail(59, `Explain failed due to unknown command: ${name}`);
    return name === "aggregate"
      ? explainPipeline(inner, verbosity)
      : explainQuery(inner, queryOf(inner, filterField, inner.find()), verbosity);
  },
};

/** Says how the documents are found; the stages after a leading `$match` work in memory. */
export const explainPipeline = (call: Call, verbosity: string): Document =>
  explainQuery(
    call,
    { filter: leadingMatch(call.body["pipeline"]), deadline: call.deadline },
    verbosity,
  );

const leadingMatch = (pipeline: unknown): Document =>
  Array.isArray(pipeline) ? (((pipeline as Document[])[0]?.["$match"] as Document) ?? {}) : {};

/** The part of MongoDB's answer that a person looks for: which index, how much was read. */
function explainQuery(call: Call, query: Query, verbosity: string): Document {
  const { filter, sort } = query;
  const { plan, examined, rows } = select(call.find(), query);
  const direction = plan?.backwards ? "backward" : "forward";
  const access = plan?.index
    ? {
        stage: "FETCH",
        filter,
        inputStage: {
          stage: "IXSCAN",
          keyPattern: plan.index.spec["key"] as Document,
          indexName: plan.index.name,
          isMultiKey: plan.index.multikey.includes(true),
          isUnique: plan.index.unique,
          direction,
        },
      }
    : { stage: plan ? "COLLSCAN" : "EOF", filter, direction };
  const sorts = sort && plan && !plan.sorted;
  const winningPlan = sorts ? { stage: "SORT", sortPattern: sort, inputStage: access } : access;
  return {
    explainVersion: "1",
    queryPlanner: {
      namespace: call.namespace,
      parsedQuery: filter,
      winningPlan,
      rejectedPlans: [],
    },
    ...(verbosity !== "queryPlanner" && {
      executionStats: {
        executionSuccess: true,
        nReturned: rows.length,
        totalKeysExamined: plan?.index ? examined : 0,
        totalDocsExamined: examined,
        executionStages: winningPlan,
      },
    }),
    serverInfo: { version: VERSION },
  };
}

export const readCommands = { find, getMore, killCursors, count, distinct, explain };
