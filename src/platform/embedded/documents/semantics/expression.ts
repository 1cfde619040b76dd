// Aggregation expressions: mingo, behind an allow-list, with our own comparison where mingo's differs from MongoDB's.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/
import type { Document } from "bson";
import { Long } from "bson";
import { Context, evalExpr, ProcessingMode } from "mingo/core";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { MongoError } from "./errors.js";
import { ACCUMULATORS, EXPRESSIONS } from "./supported.js";
import { compareValues, isDocument, typeOf } from "./values.js";

type Operator = (object: unknown, expression: unknown, options: Options) => unknown;
export type Operators = Record<`$${string}`, Operator>;

const pick = (all: object, names: readonly string[]): Operators =>
  Object.fromEntries(
    names.flatMap((name) => (name in all ? [[name, (all as Record<string, unknown>)[name]]] : [])),
  ) as Operators;

const comparing =
  (name: string, answer: (result: number) => unknown): Operator =>
  (object, expression, options) => {
    if (!Array.isArray(expression) || expression.length !== 2) {
      throw new MongoError(
        16020,
        `Expression ${name} takes exactly 2 arguments. ${Array.isArray(expression) ? expression.length : 1} were passed in.`,
      );
    }
    const [a, b] = expression.map(
      (one: unknown) => evalExpr(object as never, one as never, options) as unknown,
    );
    return answer(compareValues(a, b));
  };

const COMPARISONS: Operators = {
  $eq: comparing("$eq", (result) => result === 0),
  $ne: comparing("$ne", (result) => result !== 0),
  $gt: comparing("$gt", (result) => result > 0),
  $gte: comparing("$gte", (result) => result >= 0),
  $lt: comparing("$lt", (result) => result < 0),
  $lte: comparing("$lte", (result) => result <= 0),
  $cmp: comparing("$cmp", (result) => result),
};

export const accumulatorOps = pick(accumulators, ACCUMULATORS);
export const expressionOps: Operators = { ...pick(expressions, EXPRESSIONS), ...COMPARISONS };

const context = Context.init({
  accumulator: accumulatorOps as never,
  expression: expressionOps as never,
});

export const optionsFor = (
  now: Date,
  variables: Document = {},
  over: Partial<Options> = {},
): Partial<Options> => ({
  context,
  processingMode: ProcessingMode.CLONE_OFF,
  scriptEnabled: false,
  useStrictMode: true,
  variables: { ...variables, NOW: now },
  ...over,
});

const known = new Set<string>([...EXPRESSIONS, ...ACCUMULATORS]);

/** Refuses every operator that is not on the list, wherever it stands, before anything runs.
 *  @throws MongoError 168 */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) {
    for (const one of expression) checkExpression(one);
    return;
  }
  if (!isDocument(expression)) return;
  const names = Object.keys(expression);
  const operator = names.find((name) => name.startsWith("$"));
  if (operator !== undefined) {
    if (names.length > 1)
      throw new MongoError(
        15983,
        `an expression specification must contain exactly one field, the name of the expression. Found ${names.length} fields`,
      );
    if (operator === "$literal") return;
    if (!known.has(operator)) throw new MongoError(168, `Unrecognized expression '${operator}'`);
  }
  for (const value of Object.values(expression)) checkExpression(value);
}

/** mingo's plain errors, as MongoDB's. */
export function asMongoError(error: unknown): MongoError {
  if (error instanceof MongoError) return error;
  return new MongoError(2, error instanceof Error ? error.message : String(error));
}

export function evaluate(
  expression: unknown,
  document: Document,
  now = new Date(),
  variables?: Document,
): unknown {
  checkExpression(expression);
  try {
    return evalExpr(
      plain(document) as never,
      expression as never,
      optionsFor(now, variables) as Options,
    );
  } catch (error) {
    throw asMongoError(error);
  }
}

/** For `$expr`: true, a number other than 0, and anything else but null and missing. */
export function evaluatesTrue(
  expression: unknown,
  variables?: Document,
): (document: Document) => boolean {
  checkExpression(expression);
  return (document) => {
    const value = evaluate(expression, document, new Date(), variables);
    return value !== undefined && value !== null && value !== false && value !== 0;
  };
}

/** A deep copy for mingo, which works in place on what it is given. Longs become numbers where that is exact.
 *  @throws MongoError 2 for a Long beyond 2^53 and for Decimal128, on which mingo would be silently wrong */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Long && typeOf(value) === "long") {
    const number = value.toNumber();
    if (!Number.isSafeInteger(number))
      throw new MongoError(
        2,
        `aggregation over the 64-bit integer ${value.toString()} is not supported by this server: it is beyond 2^53`,
      );
    return number;
  }
  const type = typeOf(value);
  if (type === "decimal")
    throw new MongoError(2, "aggregation over Decimal128 is not supported by this server");
  if (type !== "object" || "_bsontype" in value) return value;
  const copy: Document = {};
  for (const [name, field] of Object.entries(value)) {
    if (name === "__proto__")
      throw new MongoError(
        2,
        "aggregation over a field named __proto__ is not supported by this server",
      );
    copy[name] = plain(field);
  }
  return copy;
}
