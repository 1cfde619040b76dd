// The stages that end a pipeline by writing: $out replaces a collection, $merge writes into one.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/merge/
import { Arguments, isDocument } from "../arguments.js";
import type { Document } from "../codec.js";
import type { Collection } from "../collection.js";
import { fail, MongoError } from "../errors.js";
import type { Row } from "../index-tree.js";
import { compileUpdate, valuesAt } from "../semantics/index.js";
import type { Call } from "./command.js";
import { evaluateVariables } from "./variables.js";
import { withId } from "./write.js";

type Sink = (call: Call, options: unknown, documents: readonly Document[]) => void;

export const SINKS: Readonly<Record<string, Sink>> = { $out: replaceAll, $merge: mergeInto };

function targetOf(call: Call, into: unknown): Collection {
  if (typeof into === "string") return call.ensure(into);
  if (!isDocument(into))
    throw fail(16990, "the target must be a collection's name or { db, coll }");
  const args = new Arguments("into", into, new Set(["db", "coll"]));
  const name = args.required("coll", args.text("coll"));
  return call.ensure(name, args.text("db") ?? call.database);
}

/** The collection keeps its indexes; when a document does not fit them it also keeps its content. */
function replaceAll(call: Call, options: unknown, documents: readonly Document[]): void {
  const target = targetOf(call, options);
  const before = [...target.rows.values()].map((row) => row.document);
  target.clear();
  try {
    for (const document of documents) target.insert(withId(document), call.unchecked);
  } catch (error) {
    target.clear();
    for (const document of before) target.insert(document, true);
    throw error;
  }
}

const MERGE_OPTIONS = new Set(["into", "on", "let", "whenMatched", "whenNotMatched"]);

function mergeInto(call: Call, options: unknown, documents: readonly Document[]): void {
  const args = new Arguments(
    "$merge",
    isDocument(options) ? options : { into: options },
    MERGE_OPTIONS,
  );
  const { on = "_id", whenMatched = "merge", into } = args.source;
  const target = targetOf(call, into);
  const join = identifiers(target, Array.isArray(on) ? on : [on]);
  const whenNotMatched = args.text("whenNotMatched") ?? "insert";
  if (!["insert", "discard", "fail"].includes(whenNotMatched))
    throw fail(
      2,
      `Enumeration value '${whenNotMatched}' for field '$merge.whenNotMatched' is not a valid value.`,
    );
  const change = changer(call, args, whenMatched);
  for (const document of documents.map((one) => withId(one))) {
    call.deadline.tick();
    const row = join(document);
    if (row !== undefined) change(target, row, document);
    else if (whenNotMatched === "insert") target.insert(document, call.unchecked);
    else if (whenNotMatched === "fail")
      throw fail(13113, "$merge could not find a matching document in the target collection", {
        codeName: "MergeStageNoMatchingDocument",
      });
  }
}

/** Finds the one row that agrees on the fields of `on`: a unique index must promise that it is one. */
function identifiers(target: Collection, on: unknown[]): (document: Document) => Row | undefined {
  const index = [...target.indexes.values()].find(
    ({ unique, partial, fields }) =>
      unique &&
      !partial &&
      fields.length === on.length &&
      fields.every((field) => on.includes(field)),
  );
  if (index === undefined)
    throw fail(51183, "Cannot find index to verify that join fields will be unique");
  return (document) => {
    const key = index.fields.map((field) => valuesAt(document, field.split("."))[0] ?? null);
    if (key.includes(null))
      throw fail(
        51132,
        "$merge write error: 'on' field cannot be missing, null, undefined or an array",
      );
    return index.tree.first(key);
  };
}

type Changer = (target: Collection, row: Row, document: Document) => void;

function changer(call: Call, args: Arguments, whenMatched: unknown): Changer {
  const { now, unchecked } = call;
  switch (whenMatched) {
    case "merge":
      return (target, row, document) =>
        target.replace(
          row,
          { ...row.document, ...document, _id: row.document["_id"] as unknown },
          unchecked,
        );
    case "replace":
      return (target, row, document) =>
        target.replace(row, compileUpdate(document).apply(row.document, { now }), unchecked);
    case "keepExisting":
      return () => {};
    case "fail":
      return (target, _row, document) => {
        try {
          target.insert(document, unchecked);
        } catch (error) {
          if (!(error instanceof MongoError)) throw error;
          const cause = `$merge failed due to a DuplicateKey error :: caused by :: ${error.message}`;
          throw fail(
            11000,
            `PlanExecutor error during aggregation :: caused by :: ${cause}`,
            error.extra,
          );
        }
      };
    default:
  }
  if (!Array.isArray(whenMatched))
    throw fail(
      2,
      `Enumeration value '${String(whenMatched)}' for field '$merge.whenMatched' is not a valid value.`,
    );
  const spec = args.document("let") ?? {};
  return (target, row, document) => {
    const variables = { ...evaluateVariables(spec, document, now), new: document };
    const next = compileUpdate(whenMatched, { variables }).apply(row.document, { now });
    target.replace(row, next, unchecked);
  };
}
