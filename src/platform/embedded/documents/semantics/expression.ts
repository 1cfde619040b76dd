// Aggregation expressions: mingo's operators behind an allow-list, on fields read our way and with BSON's types.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
import type { Document } from "bson";
import { Context, evalExpr, ProcessingMode } from "mingo/core";
import * as mingo from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { ACCUMULATE } from "./accumulators.js";
import { MongoError } from "./errors.js";
import { toRegExp } from "./filter/regex.js";
import { isTrue, type Operator } from "./operand.js";
import { fieldPath, OWN_EXPRESSIONS, UNARY } from "./own-expressions.js";
import { EXPRESSIONS } from "./expression-names.js";
import { isDocument, typeOf } from "./values.js";

export type Expression = (document: unknown, variables?: Document) => unknown;

/** These look at their arguments one by one or bind names: they get them unevaluated, and pass values on as they are. */
const LAZY: readonly string[] = [
  "$map",
  "$filter",
  "$reduce",
  "$let",
  "$switch",
  "$literal",
  "$arrayElemAt",
  "$concatArrays",
  "$objectToArray",
  "$arrayToObject",
  "$slice",
  "$zip",
];

/** MongoDB's numbers for operands of the wrong type; 2 for all others. */
const CODES: Readonly<Record<string, number>> = {
  $add: 14,
  $subtract: 14,
  $multiply: 14,
  $divide: 14,
  $concat: 16702,
  $arrayElemAt: 28689,
  $map: 16883,
  $filter: 28651,
  $toInt: 241,
  $toLong: 241,
  $toDouble: 241,
  $toDate: 241,
  $toBool: 241,
  $toString: 241,
  $convert: 241,
  $year: 16006,
  $month: 16006,
  $dayOfMonth: 16006,
  $hour: 16006,
  $minute: 16006,
  $second: 16006,
  $dateToString: 16006,
  $toUpper: 16007,
  $toLower: 16007,
  $range: 34443,
  $split: 40085,
  $in: 40081,
  $indexOfArray: 40090,
};

const all = mingo as unknown as Readonly<Record<string, Operator>>;
const operators: Record<string, Operator> = Object.fromEntries(
  EXPRESSIONS.map((name) => [
    name,
    OWN_EXPRESSIONS[name] ?? accumulating(name) ?? guarded(name, all[name] as Operator),
  ]),
);

/** `$sum`, `$max` and so on as expressions: over their arguments, or over the one array that they get. */
function accumulating(name: string): Operator | undefined {
  const over = ACCUMULATE[name];
  if (!over) return undefined;
  return (object, argument, options) => {
    const value: unknown = evalExpr(object, argument, options);
    const only: unknown =
      Array.isArray(argument) && argument.length === 1 ? (value as unknown[])[0] : value;
    return over(Array.isArray(only) ? only : [only]);
  };
}

function guarded(name: string, operator: Operator): Operator {
  return (object, argument, options) => {
    try {
      if (LAZY.includes(name)) return operator(object, argument, options);
      const value = simple(evalExpr(object, argument, options));
      return operator(object, asLiteral(argument, value), options);
    } catch (error) {
      throw error instanceof MongoError ? error : asMongoError(error, name);
    }
  };
}

/** mingo takes a missing operand for a document; null it knows. */
const literal = (value: unknown) => ({ $literal: value ?? null });

/** The evaluated value in the form of its expression, so that mingo finds each argument where it looks for it. */
function asLiteral(argument: unknown, value: unknown): unknown {
  if (Array.isArray(argument)) return (value as unknown[]).map(literal);
  if (!isDocument(argument) || Object.keys(argument)[0]?.startsWith("$")) return literal(value);
  return Object.fromEntries(
    Object.entries(value as Document).map(([name, one]) => [
      name,
      typeof one === "string" && !one.startsWith("$") ? one : literal(one),
    ]),
  );
}

/** Numbers and regular expressions as mingo knows them.
 *  @throws MongoError 2 for a Long beyond 2^53 and for Decimal128, on which mingo would be silently wrong */
function simple(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simple);
  switch (typeOf(value)) {
    case "long": {
      const number = Number(String(value));
      if (Number.isSafeInteger(number)) return number;
      throw new MongoError(
        2,
        `computing with the 64-bit integer ${String(value)} is not supported by this server: it is beyond 2^53`,
      );
    }
    case "decimal":
      throw new MongoError(2, "computing with Decimal128 is not supported by this server");
    case "regex":
      return toRegExp(value);
    case "object":
      return Object.fromEntries(
        Object.entries(value as Document).map(([name, one]) => [name, simple(one)]),
      );
    default:
      return value;
  }
}

/** mingo's plain errors, as MongoDB's. */
export function asMongoError(error: unknown, operator = ""): MongoError {
  if (error instanceof MongoError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("Use of undefined variable")) return new MongoError(17276, message);
  return new MongoError(/zero/.test(message) ? 2 : (CODES[operator] ?? 2), message);
}

const known = new Set<string>(EXPRESSIONS);

/** The expression as mingo gets it: fields, variables and constants stand in operators of ours.
 *  @throws MongoError 168 for an operator that is not on the list, wherever it stands */
function prepare(expression: unknown): unknown {
  if (typeof expression === "string")
    return expression.startsWith("$") ? prepareField(expression) : expression;
  if (Array.isArray(expression)) return { $arrayOf: expression.map(prepare) };
  if (typeof expression !== "object" || expression === null) return expression;
  if (!isDocument(expression)) return literal(expression);
  const entries = Object.entries(expression);
  const operator = entries.find(([name]) => name.startsWith("$"));
  if (!operator)
    return {
      $documentOf: entries.map(([name, value]): [string, unknown] => [name, prepare(value)]),
    };
  if (entries.length > 1) {
    throw new MongoError(
      15983,
      `an expression specification must contain exactly one field, the name of the expression. Found ${entries.length} fields`,
    );
  }
  const [name, argument] = operator;
  if (!known.has(name)) throw new MongoError(168, `Unrecognized expression '${name}'`);
  if (name === "$literal") return expression;
  if (name === "$getField" && typeof argument === "string" && !argument.startsWith("$"))
    return { $getField: { field: argument, input: prepare("$$CURRENT") } };
  if (!Array.isArray(argument))
    return {
      [name]:
        isDocument(argument) && !startsWithDollar(argument)
          ? prepareNamed(argument)
          : prepare(argument),
    };
  if (!UNARY.includes(name)) return { [name]: argument.map(prepare) };
  if (argument.length !== 1)
    throw new MongoError(
      16020,
      `Expression ${name} takes exactly 1 arguments. ${argument.length} were passed in.`,
    );
  return { [name]: prepare(argument[0]) };
}

const startsWithDollar = (document: Document) => Object.keys(document)[0]?.startsWith("$") === true;

/** Arguments by name. Lists of expressions that mingo walks itself stay lists; `sortBy` is no expression. */
const prepareNamed = (named: Document): Document =>
  Object.fromEntries(
    Object.entries(named).map(([name, value]): [string, unknown] => {
      if (name === "sortBy") return [name, value];
      if (name === "vars" && isDocument(value)) return [name, prepareNamed(value)];
      if (name === "branches" && Array.isArray(value))
        return [name, value.map((one) => prepareNamed(Object(one) as Document))];
      return [
        name,
        (name === "inputs" || name === "defaults") && Array.isArray(value)
          ? value.map(prepare)
          : prepare(value),
      ];
    }),
  );

function prepareField(text: string): unknown {
  const [first = "", ...rest] = text.slice(text.startsWith("$$") ? 2 : 1).split(".");
  if ([first, ...rest].includes("")) {
    if (text === "$") throw new MongoError(16872, "'$' by itself is not a valid FieldPath");
    throw new MongoError(15998, "FieldPath field names may not be empty strings.");
  }
  if (!text.startsWith("$$")) return { $fieldPath: [first, ...rest] };
  if (first === "ROOT" || first === "CURRENT") return { $fieldPath: rest };
  return { $variable: [first, ...rest] };
}

/** mingo copies its context for each document, so it holds only what the expression uses. */
const contextFor = (prepared: unknown): Context => {
  const text = JSON.stringify(prepared);
  const used = Object.entries({ ...OWN_EXPRESSIONS, ...operators }).filter(([name]) =>
    text.includes(`"${name}"`),
  );
  return Context.init({
    expression: {
      ...Object.fromEntries(used),
      $literal: operators["$literal"],
      $fieldPath: OWN_EXPRESSIONS["$fieldPath"],
    } as never,
  });
};

const DEFAULTS = {
  idKey: "_id",
  processingMode: ProcessingMode.CLONE_OFF,
  failOnError: true,
  scriptEnabled: false,
  useStrictMode: true,
};

/** A field or a constant needs no operator. */
function withoutOperators(prepared: unknown): Expression | undefined {
  if (typeof prepared !== "object" || prepared === null) return () => prepared;
  const [[name, argument] = ["", undefined]] = Object.entries(prepared);
  if (name === "$fieldPath") return (document) => fieldPath(document, argument as string[]);
  return name === "$literal" ? () => argument as unknown : undefined;
}

/** Refuses at once what it will not be able to evaluate. `now` is one instant for all of a command. */
export function compileExpression(
  expression: unknown,
  fixed: Document = {},
  now = new Date(),
): Expression {
  const prepared = prepare(expression);
  const bound = { ...fixed, NOW_: now };
  const direct = withoutOperators(prepared);
  if (direct) return direct;
  const options: Options = { ...DEFAULTS, context: contextFor(prepared), variables: bound };
  return (document, variables) => {
    try {
      return evalExpr(
        document,
        prepared,
        variables ? { ...options, variables: { ...bound, ...variables } } : options,
      );
    } catch (error) {
      throw asMongoError(error);
    }
  };
}

/** For `$expr`. */
export function evaluatesTrue(
  expression: unknown,
  variables?: Document,
): (document: Document) => boolean {
  const evaluate = compileExpression(expression, variables);
  return (document) => isTrue(evaluate(document));
}
