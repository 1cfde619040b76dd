// Compiles a query into a test of documents. Everything that is not supported is refused while compiling.
// https://www.mongodb.com/docs/v7.0/reference/operator/query/
import type { Document } from "bson";
import { collatorOf } from "../collation.js";
import { MongoError } from "../errors.js";
import { evaluatesTrue } from "../expression.js";
import { compileJsonSchema } from "../json-schema.js";
import { fieldOf, somePath } from "../paths.js";
import { type Collator, isDocument } from "../values.js";
import {
  equalTo,
  isOperatorDocument,
  type Operator,
  regexTest,
  VALUE_OPERATORS,
  type ValueTest,
} from "./operators.js";
import { isRegex } from "./regex.js";

/** A condition that every matching document fulfils: what an index can help with. */
export interface Condition {
  readonly path: string;
  readonly op: "eq" | "in" | "gt" | "gte" | "lt" | "lte" | "exists";
  readonly value: unknown;
}

export interface Match {
  matched: boolean;
  /** Where in the array the query matched: what the positional `$` stands for. */
  arrayIndex?: number;
}

export interface Filter {
  matches(document: Document): boolean;
  match(document: Document): Match;
  readonly conditions: readonly Condition[];
}

interface Context {
  readonly collator: Collator | undefined;
  readonly conditions: Condition[];
  /** Values of `$$name` in `$expr`. */
  readonly variables: Document | undefined;
}

type Test = (document: unknown, match: Match) => boolean;

export interface FilterOptions {
  readonly collation?: Document | undefined;
  readonly variables?: Document | undefined;
}

export function compileFilter(
  filter: unknown,
  { collation, variables }: FilterOptions = {},
): Filter {
  const context: Context = { collator: collatorOf(collation), variables, conditions: [] };
  const test = compileAll(filter ?? {}, context);
  return {
    conditions: context.conditions,
    matches: (document) => test(document, { matched: true }),
    match(document) {
      const match: Match = { matched: false };
      match.matched = test(document, match);
      return match;
    },
  };
}

const bad = (message: string) => new MongoError(2, message);

function compileAll(filter: unknown, context: Context): Test {
  if (!isDocument(filter)) throw new MongoError(9, "Expected a document as the query");
  const tests = Object.entries(filter).map(([name, argument]) =>
    name.startsWith("$") && !name.startsWith("$_")
      ? compileTop(name, argument, context)
      : compileField(name, argument, context),
  );
  return every(tests);
}

function every(tests: readonly Test[]): Test {
  const [first] = tests;
  if (tests.length === 1 && first) return first;
  return (document, match) => tests.every((test) => test(document, match));
}

function compileTop(name: string, argument: unknown, context: Context): Test {
  const without: Context = { ...context, conditions: [] };
  switch (name) {
    case "$and":
      return every(clauses(name, argument).map((clause) => compileAll(clause, context)));
    case "$or": {
      const tests = clauses(name, argument).map((clause) => compileAll(clause, without));
      return (document, match) => tests.some((test) => test(document, match));
    }
    case "$nor": {
      const tests = clauses(name, argument).map((clause) => compileAll(clause, without));
      return (document) => !tests.some((test) => test(document, { matched: false }));
    }
    case "$expr": {
      const holds = evaluatesTrue(argument, context.variables);
      return (document) => holds(document as Document);
    }
    case "$comment":
      return () => true;
    case "$where":
      throw bad("$where is not supported: this server runs no JavaScript");
    case "$jsonSchema": {
      const faultsOf = compileJsonSchema(argument);
      return (document) => faultsOf(document).length === 0;
    }
    case "$text":
      throw new MongoError(27, "text index required for $text query");
    default:
      throw bad(
        `unknown top level operator: ${name}. If you have a field name that starts with '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function clauses(name: string, argument: unknown): unknown[] {
  if (!Array.isArray(argument)) throw bad(`${name} must be an array`);
  if (argument.length === 0) throw bad("$and/$or/$nor must be a nonempty array");
  if (!argument.every((clause) => isDocument(clause)))
    throw bad("$or/$and/$nor entries need to be full objects");
  return argument;
}

const CONDITIONS: Readonly<Record<string, Condition["op"]>> = {
  $eq: "eq",
  $in: "in",
  $gt: "gt",
  $gte: "gte",
  $lt: "lt",
  $lte: "lte",
};

function compileField(path: string, argument: unknown, context: Context): Test {
  if (isRegex(argument)) return onPath(path, { elements: true, test: regexTest(argument) });
  if (!isOperatorDocument(argument)) {
    context.conditions.push({ path, op: "eq", value: argument });
    return onPath(path, equalTo(argument, { collator: context.collator, siblings: {} }));
  }
  const tests = Object.entries(argument).map(([name, inner]) => {
    const op = CONDITIONS[name];
    if (op && !(op === "in" && !Array.isArray(inner)))
      context.conditions.push({ path, op, value: inner });
    if (name === "$exists" && inner === true)
      context.conditions.push({ path, op: "exists", value: true });
    return compileOperator(path, name, inner, argument, context);
  });
  return every(tests);
}

function compileOperator(
  path: string,
  name: string,
  argument: unknown,
  siblings: Document,
  context: Context,
): Test {
  const { collator } = context;
  const operator = Object.hasOwn(VALUE_OPERATORS, name) ? VALUE_OPERATORS[name] : undefined;
  if (operator) {
    const test = operator(argument, { collator, siblings });
    if (name === "$exists" && !test.test(1))
      return not(onPath(path, { elements: false, test: (value) => value !== undefined }));
    return onPath(path, test);
  }
  switch (name) {
    case "$ne":
      if (isRegex(argument)) throw bad("Can't have regex as arg to $ne.");
      return not(onPath(path, equalTo(argument, { collator, siblings })));
    case "$nin":
      return not(
        onPath(path, (VALUE_OPERATORS["$in"] as Operator)(argument, { collator, siblings })),
      );
    case "$not": {
      if (isRegex(argument))
        return not(onPath(path, { elements: true, test: regexTest(argument) }));
      if (!isDocument(argument)) throw bad("$not needs a regex or a document");
      if (!isOperatorDocument(argument)) throw bad("$not needs a document with operators");
      return not(compileField(path, argument, { ...context, conditions: [] }));
    }
    case "$elemMatch":
      return onWhole(path, compileElemMatch(argument, context));
    case "$all":
      return compileAllOf(path, argument, context);
    case "$near":
    case "$nearSphere":
    case "$geoWithin":
    case "$geoIntersects":
    case "$within":
      throw bad(`${name} is not supported by this server: it has no geospatial queries`);
    default:
      throw bad(`unknown operator: ${name}`);
  }
}

const not =
  (test: Test): Test =>
  (document) =>
    !test(document, { matched: false });

/** The test on what stands at a path; an array is tested whole, and by element where the operator asks for it. */
function onPath(path: string, { test, elements }: ValueTest): Test {
  const parts = path.split(".");
  const [only] = parts;
  const atEnd = (value: unknown, index: number | undefined, match: Match): boolean => {
    if (Array.isArray(value) && elements) {
      const place = value.findIndex((element) => test(element ?? null));
      if (place >= 0) {
        match.arrayIndex = index ?? place;
        return true;
      }
    }
    if (!test(value)) return false;
    if (index !== undefined) match.arrayIndex = index;
    return true;
  };
  if (parts.length === 1 && only !== undefined) {
    return (document, match) =>
      isPlain(document)
        ? atEnd(fieldOf(document, only), undefined, match)
        : somePath(document, parts, (value, index) => atEnd(value, index, match));
  }
  return (document, match) =>
    somePath(document, parts, (value, index) => atEnd(value, index, match));
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** For operators that look at a whole array and tell where in it they matched. */
function onWhole(path: string, find: (value: unknown[]) => number): Test {
  const parts = path.split(".");
  return (document, match) =>
    somePath(document, parts, (value, index) => {
      if (!Array.isArray(value)) return false;
      const place = find(value);
      if (place < 0) return false;
      match.arrayIndex = index ?? place;
      return true;
    });
}

function compileElemMatch(argument: unknown, context: Context): (value: unknown[]) => number {
  if (!isDocument(argument)) throw bad("$elemMatch needs an Object");
  const inner: Context = { ...context, conditions: [] };
  const [first] = Object.keys(argument);
  const onValues =
    isOperatorDocument(argument) &&
    !["$and", "$or", "$nor", "$expr", "$where"].includes(first ?? "");
  if (!onValues) {
    const test = compileAll(argument, inner);
    return (value) =>
      value.findIndex(
        (element) =>
          (isDocument(element) || Array.isArray(element)) && test(element, { matched: false }),
      );
  }
  // The element is looked at as it is: an array in it is not taken apart.
  const tests = Object.entries(argument).map(([name, one]): ((element: unknown) => boolean) => {
    const operator = Object.hasOwn(VALUE_OPERATORS, name) ? VALUE_OPERATORS[name] : undefined;
    if (operator) return operator(one, { collator: context.collator, siblings: argument }).test;
    const test = compileOperator("0", name, one, argument, inner);
    return (element) => test([element], { matched: false });
  });
  return (value) => value.findIndex((element) => tests.every((test) => test(element)));
}

function compileAllOf(path: string, argument: unknown, context: Context): Test {
  if (!Array.isArray(argument)) throw bad("$all needs an array");
  if (argument.length === 0) return () => false;
  const elemMatches = argument.filter(
    (one) => isDocument(one) && Object.keys(one)[0] === "$elemMatch",
  );
  if (elemMatches.length > 0 && elemMatches.length < argument.length)
    throw bad("$all/$elemMatch has to be consistent");
  return every(
    argument.map((one: unknown) => {
      if (elemMatches.length > 0)
        return onWhole(path, compileElemMatch((one as Document)["$elemMatch"], context));
      if (isOperatorDocument(one)) throw bad("no $ expressions in $all");
      if (isRegex(one)) return onPath(path, { elements: true, test: regexTest(one) });
      return onPath(path, equalTo(one, { collator: context.collator, siblings: {} }));
    }),
  );
}
