// Compiles an update into a function from document to document. Copy on write: the same reference comes back when
// nothing changed, and what is not touched is shared. https://www.mongodb.com/docs/v7.0/reference/method/db.collection.updateOne/
import type { Document } from "bson";
import { compileUpdatePipeline } from "../aggregate.js";
import { collatorOf } from "../collation.js";
import { MongoError } from "../errors.js";
import { compileArrayFilters } from "./array-filters.js";
import { fieldOf, isIndex } from "../paths.js";
import { compareStrings, equalValues, identicalValues, isDocument, typeOf } from "../values.js";
import type { ChangeContext, ValueChange } from "./operator.js";
import { UPDATE_OPERATORS } from "./operators.js";
import { changeAt, concretePaths, KEEP, type Positions, REMOVE, withField } from "./paths.js";

export interface ApplyOptions {
  /** Where the query matched in an array, for the positional `$`. */
  readonly arrayIndex?: number | undefined;
  /** True when an upsert makes a new document. */
  readonly insert?: boolean;
  readonly now: Date;
}

export interface Update {
  readonly isReplacement: boolean;
  apply(document: Document, options: ApplyOptions): Document;
}

export interface UpdateOptions {
  readonly arrayFilters?: readonly Document[] | undefined;
  readonly collation?: Document | undefined;
  /** Values of `$$name` in a pipeline. */
  readonly variables?: Document | undefined;
}

interface Step {
  readonly operator: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly change: ValueChange;
  readonly renameTo?: readonly string[];
}

const parse = (message: string) => new MongoError(9, message);

/** @throws MongoError with MongoDB's code for whatever it would refuse, and for what is not supported here */
export function compileUpdate(update: unknown, options: UpdateOptions = {}): Update {
  if (Array.isArray(update)) {
    if (options.arrayFilters && options.arrayFilters.length > 0) {
      throw parse("arrayFilters may not be specified for pipeline-style updates");
    }
    const run = compileUpdatePipeline(update as Document[], options.variables);
    return {
      isReplacement: false,
      apply(document, { now }) {
        const result = run(document, now);
        const id: unknown = document["_id"];
        const next =
          id !== undefined && !Object.hasOwn(result, "_id") ? { _id: id, ...result } : result;
        keepId(document, next);
        return identicalValues(document, next) ? document : next;
      },
    };
  }
  if (!isDocument(update)) throw parse("Update argument must be either an object or an array");
  const names = Object.keys(update);
  if (!names.some((name) => name.startsWith("$"))) return replacement(update);
  if (!names[0]?.startsWith("$"))
    throw dollarInReplacement(names.find((name) => name.startsWith("$")) as string);
  return modification(update, options);
}

const dollarInReplacement = (name: string) =>
  new MongoError(
    52,
    `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
  );

function replacement(update: Document): Update {
  return {
    isReplacement: true,
    apply(document) {
      const id: unknown = document["_id"];
      if (Object.hasOwn(update, "_id")) {
        if (id !== undefined) keepId(document, update);
        // Where the id stands in the update does not matter: it is stored first.
        const next =
          Object.keys(update)[0] === "_id" ? update : { _id: update["_id"] as unknown, ...update };
        return identicalValues(document, next) ? document : next;
      }
      const next = id === undefined ? update : { _id: id as unknown, ...update };
      return identicalValues(document, next) ? document : next;
    },
  };
}

function keepId(before: Document, after: Document): void {
  const id: unknown = before["_id"];
  if (id === undefined || (equalValues(id, after["_id"]) && typeOf(id) === typeOf(after["_id"])))
    return;
  throw new MongoError(
    66,
    `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${JSON.stringify(after["_id"])}`,
  );
}

function modification(update: Document, options: UpdateOptions): Update {
  const context = { collator: collatorOf(options.collation), collation: options.collation };
  const steps: Step[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    const known = operator === "$rename" || Object.hasOwn(UPDATE_OPERATORS, operator);
    if (!known) {
      throw parse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDocument(fields)) {
      throw parse(
        `Modifiers operate on fields but we found type ${typeOf(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${JSON.stringify(fields)}}`,
      );
    }
    for (const [path, argument] of Object.entries(fields)) {
      const parts = pathParts(path);
      if (operator === "$rename") steps.push(renameStep(path, parts, argument));
      else {
        const make = UPDATE_OPERATORS[operator] as (typeof UPDATE_OPERATORS)[string];
        steps.push({ operator, path, parts, change: make(argument, path, context) });
      }
    }
  }
  refuseConflicts(
    steps.flatMap((step) => (step.renameTo ? [step.path, step.renameTo.join(".")] : [step.path])),
  );
  steps.sort((a, b) => comparePaths(a.parts, b.parts));
  const arrayFilters = compileArrayFilters(options, steps);
  const onlyOnInsert = steps.every((step) => step.operator === "$setOnInsert");

  return {
    isReplacement: false,
    apply(document, { arrayIndex, insert = false, now }) {
      if (onlyOnInsert && !insert) return document;
      const positions: Positions = { arrayIndex, arrayFilters };
      const changeContext: ChangeContext = { now, insert, document };
      let next = document;
      for (const step of steps) {
        if (step.operator === "$setOnInsert" && !insert) continue;
        next = step.renameTo ? rename(next, step) : applyStep(next, step, positions, changeContext);
      }
      if (next !== document && document["_id"] !== undefined && next["_id"] !== document["_id"]) {
        const { path = "_id" } = steps.find((step) => step.parts[0] === "_id") ?? {};
        if (!equalValues(next["_id"], document["_id"])) {
          throw new MongoError(
            66,
            `Performing an update on the path '${path}' would modify the immutable field '_id'`,
          );
        }
      }
      return next;
    },
  };
}

function applyStep(
  document: Document,
  { parts, change }: Step,
  positions: Positions,
  context: ChangeContext,
): Document {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && !only.startsWith("$")) {
    const current = fieldOf(document, only);
    const next = change(current, context);
    if (next === KEEP || (next === current && current !== undefined)) return document;
    if (next !== REMOVE) return withField(document, only, next);
  }
  let next: unknown = document;
  for (const path of concretePaths(document, parts, positions)) {
    next = changeAt(next, path, (current) => change(current, context));
  }
  return next === KEEP ? document : (next as Document);
}

function pathParts(path: string): string[] {
  if (path === "") throw new MongoError(56, "An empty update path is not valid.");
  const parts = path.split(".");
  if (parts.includes(""))
    throw new MongoError(
      56,
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  for (const [index, part] of parts.entries()) {
    if (!part.startsWith("$")) continue;
    const positional = part === "$" || /^\$\[.*\]$/.test(part);
    if (!positional && !["$ref", "$id", "$db"].includes(part)) {
      throw new MongoError(
        52,
        `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update`,
      );
    }
    if (positional && index === 0)
      throw new MongoError(
        2,
        `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
      );
  }
  return parts;
}

function renameStep(path: string, parts: readonly string[], target: unknown): Step {
  if (typeof target !== "string")
    throw new MongoError(
      2,
      `The 'to' field for $rename must be a string: ${path}: ${JSON.stringify(target)}`,
    );
  const renameTo = pathParts(target);
  if ([...parts, ...renameTo].some((part) => part.startsWith("$[")))
    throw new MongoError(2, "$rename does not take array filters");
  if (path === target)
    throw new MongoError(
      2,
      `The source and target field for $rename must differ: ${path}: "${target}"`,
    );
  return { operator: "$rename", path, parts, change: () => KEEP, renameTo };
}

function rename(document: Document, { path, parts, renameTo = [] }: Step): Document {
  let value: unknown = document;
  for (const part of parts) {
    if (Array.isArray(value))
      throw new MongoError(
        2,
        `The source field cannot be an array element, '${path}' in doc with _id: ${JSON.stringify(document["_id"])} has an array field`,
      );
    value = isDocument(value) ? fieldOf(value, part) : undefined;
  }
  if (value === undefined) return document;
  const without = changeAt(document, parts, () => REMOVE) as Document;
  return changeAt(without, renameTo, () => value) as Document;
}

/** Fields that an update adds come in the order of their paths, numbers by value. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index] as string, b[index] as string];
    if (x === y) continue;
    return isIndex(x) && isIndex(y) ? Number(x) - Number(y) : compareStrings(x, y);
  }
  return a.length - b.length;
}

function refuseConflicts(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    for (const other of seen) {
      if (path === other || path.startsWith(`${other}.`) || other.startsWith(`${path}.`)) {
        const shorter = path.length <= other.length ? path : other;
        throw new MongoError(
          40,
          `Updating the path '${path}' would create a conflict at '${shorter}'`,
        );
      }
    }
    seen.add(path);
  }
}
