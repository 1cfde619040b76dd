// Commands that change documents: insert, update, delete, findAndModify. Each document is changed whole
// or not at all; a statement that fails leaves those before it done, as MongoDB does.
import { ObjectId } from "bson";
import { Arguments, isDocument } from "../arguments.js";
import type { Document } from "../codec.js";
import type { Collection } from "../collection.js";
import { describe, fail, MongoError } from "../errors.js";
import type { Row } from "../index-tree.js";
import { projection, select, type Query } from "../query.js";
import { compileUpdate, upsertBase, type Filter, type Update } from "../semantics/index.js";
import type { Call, Command } from "./command.js";
import { sortOf } from "./read.js";

const MAX_STATEMENTS = 100_000;

const insert: Command = {
  fields: ["documents", "ordered", "bypassDocumentValidation"],
  run(call) {
    const documents = call.args.required("documents", call.args.documents("documents"));
    const collection = call.ensure();
    let n = 0;
    const writeErrors = eachStatement(call, documents, (document) => {
      collection.insert(withId(document), call.unchecked);
      n++;
    });
    return { n, ...writeErrors };
  },
};

const UPDATE_STATEMENT = new Set([
  "q",
  "u",
  "c",
  "multi",
  "upsert",
  "arrayFilters",
  "collation",
  "hint",
]);

const update: Command = {
  fields: ["updates", "ordered", "bypassDocumentValidation", "let"],
  run(call) {
    const updates = statements(call, "updates", UPDATE_STATEMENT);
    const upserted: Document[] = [];
    let n = 0;
    let nModified = 0;
    const writeErrors = eachStatement(call, updates, (args, index) => {
      const result = runUpdate(call, args, {
        filter: args.required("q", args.document("q")),
        update: compile(call, args, args.source["u"]),
        multi: args.flag("multi") ?? false,
        upsert: args.flag("upsert") ?? false,
      });
      n += result.n;
      nModified += result.nModified;
      if (result.inserted) upserted.push({ index, _id: result.inserted["_id"] as unknown });
    });
    return { n, ...(upserted.length && { upserted }), nModified, ...writeErrors };
  },
};

const DELETE_STATEMENT = new Set(["q", "limit", "collation", "hint"]);

const remove: Command = {
  fields: ["deletes", "ordered", "let"],
  run(call) {
    const deletes = statements(call, "deletes", DELETE_STATEMENT);
    const collection = call.find();
    let n = 0;
    const writeErrors = eachStatement(call, deletes, (args) => {
      const limit = args.required("limit", args.number("limit"));
      if (limit !== 0 && limit !== 1)
        throw fail(9, `The limit field in delete objects must be 0 or 1. Got ${limit}`);
      const filter = args.required("q", args.document("q"));
      const { rows } = select(collection, queryOf(call, args, collection, { filter, limit }));
      for (const row of rows) collection?.remove(row);
      n += rows.length;
    });
    return { n, ...writeErrors };
  },
};

const findAndModify: Command = {
  fields: [
    "query",
    "sort",
    "remove",
    "update",
    "new",
    "fields",
    "upsert",
    "bypassDocumentValidation",
    "collation",
    "arrayFilters",
    "hint",
    "let",
  ],
  run(call) {
    const { args } = call;
    const filter = args.document("query") ?? {};
    const after = args.flag("new") ?? false;
    const upsert = args.flag("upsert") ?? false;
    const changes = call.body["update"] as unknown;
    if (args.flag("remove")) {
      if (changes !== undefined) throw fail(9, "Cannot specify both an update and remove=true");
      if (upsert) throw fail(9, "Cannot specify both upsert=true and remove=true");
      if (after)
        throw fail(
          9,
          "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
        );
      return findAndRemove(call, filter);
    }
    if (changes === undefined || changes === null)
      throw fail(9, "Either an update or remove=true must be specified");
    const change = compile(call, args, changes);
    const { n, inserted, first } = runUpdate(call, args, {
      filter,
      update: change,
      multi: false,
      upsert,
      sort: sortOf(args.document("sort")),
    });
    const value = inserted
      ? after
        ? inserted
        : null
      : ((after ? first?.after : first?.before) ?? null);
    return {
      lastErrorObject: {
        n,
        updatedExisting: first !== undefined,
        ...(inserted && { upserted: inserted["_id"] as unknown }),
      },
      value: value && shape(args, value, first?.filter),
    };
  },
};

function findAndRemove(call: Call, filter: Document): Document {
  const collection = call.find();
  const sort = sortOf(call.args.document("sort"));
  const query = queryOf(call, call.args, collection, { filter, sort, limit: 1 });
  const { rows, filter: compiled } = select(collection, query);
  const [row] = rows;
  if (row === undefined) return { lastErrorObject: { n: 0 }, value: null };
  const value = shape(call.args, row.document, compiled);
  collection?.remove(row);
  return { lastErrorObject: { n: 1 }, value };
}

function shape(args: Arguments, document: Document, filter: Filter | undefined): Document {
  const fields = args.document("fields");
  if (!fields) return document;
  return projection(fields, filter ?? NO_FILTER)(document);
}

const NO_FILTER: Filter = { matches: () => true, match: () => ({ matched: true }), conditions: [] };

interface Change {
  filter: Document;
  update: Update;
  multi: boolean;
  upsert: boolean;
  sort?: Document | undefined;
}

interface Outcome {
  n: number;
  nModified: number;
  inserted?: Document;
  first?: { before: Document; after: Document; filter: Filter };
}

function compile(call: Call, args: Arguments, update: unknown): Update {
  if (!isDocument(update) && !Array.isArray(update))
    throw fail(9, "Update argument must be either an object or an array");
  return compileUpdate(update, {
    arrayFilters: args.documents("arrayFilters"),
    collation: args.collation(call.find()?.collation),
    variables: call.variables,
  });
}

function runUpdate(call: Call, args: Arguments, change: Change): Outcome {
  const { update, multi, filter, sort, upsert } = change;
  if (multi && update.isReplacement)
    throw fail(9, "multi update is not supported for replacement-style update");
  const collection = upsert ? call.ensure() : call.find();
  const limit = multi ? 0 : 1;
  const query = queryOf(call, args, collection, { filter, sort, limit });
  const { rows, filter: compiled } = select(collection, query);
  const outcome: Outcome = { n: 0, nModified: 0 };
  for (const row of rows) {
    const before = row.document;
    const after = applyTo(call, update, compiled, row);
    if (after !== before) {
      collection?.replace(row, after, call.unchecked);
      outcome.nModified++;
    }
    outcome.n++;
    outcome.first ??= { before, after, filter: compiled };
  }
  if (outcome.n > 0 || !upsert) return outcome;
  const inserted = withId(update.apply(upsertBase(filter), { insert: true, now: call.now }));
  collection?.insert(inserted, call.unchecked);
  return { n: 1, nModified: 0, inserted };
}

function applyTo({ now }: Call, update: Update, filter: Filter, row: Row): Document {
  const { arrayIndex } = filter.match(row.document);
  return update.apply(row.document, { now, arrayIndex });
}

function queryOf(
  call: Call,
  args: Arguments,
  collection: Collection | undefined,
  query: Pick<Query, "filter" | "sort" | "limit">,
): Query {
  return {
    ...query,
    hint: args.textOrDocument("hint"),
    collation: args.collation(collection?.collation),
    variables: call.variables,
    deadline: call.deadline,
  };
}

/** MongoDB keeps `_id` first and makes one when there is none. */
export function withId(document: Document): Document {
  if (Object.keys(document)[0] !== "_id") {
    const { _id = new ObjectId(), ...rest } = document;
    return withId({ _id: _id as unknown, ...rest });
  }
  const id: unknown = document["_id"];
  const wrong = Array.isArray(id) ? "array" : isPattern(id) ? "regex" : undefined;
  if (wrong)
    throw fail(53, `The '_id' value cannot be of type ${wrong}`, { codeName: "InvalidIdField" });
  const foreign =
    isDocument(id) && Object.keys(id).find((field) => /^\$(?!(ref|id|db)$)/.test(field));
  if (foreign)
    throw fail(
      52,
      `_id fields may not contain '$'-prefixed fields: ${foreign} is not valid for storage.`,
    );
  return document;
}

const isPattern = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "_bsontype" in value &&
  value._bsontype === "BSONRegExp";

const statements = ({ args, name }: Call, field: string, allowed: ReadonlySet<string>) =>
  args
    .required(field, args.documents(field))
    .map((statement) => new Arguments(`${name}.${field}`, statement, allowed));

/** Runs the statements in turn; the first failure ends an ordered batch. */
function eachStatement<T>(
  call: Call,
  statements: T[],
  run: (statement: T, index: number) => void,
): { writeErrors?: Document[] } {
  if (statements.length === 0 || statements.length > MAX_STATEMENTS)
    throw fail(
      16,
      `Write batch sizes must be between 1 and ${MAX_STATEMENTS}. Got ${statements.length} operations.`,
    );
  const ordered = call.args.flag("ordered") ?? true;
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      call.deadline.tick();
      run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError || error instanceof RangeError)) throw error;
      writeErrors.push({ index, ...describe(error) });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

export const writeCommands = { insert, update, delete: remove, findAndModify };
