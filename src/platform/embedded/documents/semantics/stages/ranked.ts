// Accumulators that keep the first of an order: $firstN and its kin, $top and its kin.
// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/topN/
import type { Document } from "bson";
import { compileSort } from "../sort.js";
import { compareValues, isDocument, isNumeric } from "../values.js";
import { expressionIn, fails, type StageContext } from "./stage.js";

/** What is collected of each document, and what comes of it in the end. */
export interface Accumulator {
  value(document: Document): unknown;
  finish(values: readonly unknown[]): unknown;
}

type Keep = (values: readonly unknown[], n: number) => unknown[];
const present = (values: readonly unknown[]) =>
  values.filter((value) => value !== null && value !== undefined);

const KEEP: Readonly<Record<string, Keep>> = {
  $firstN: (values, n) => values.slice(0, n),
  $lastN: (values, n) => values.slice(-n),
  $maxN: (values, n) =>
    present(values)
      .toSorted((a, b) => compareValues(b, a))
      .slice(0, n),
  $minN: (values, n) => present(values).toSorted(compareValues).slice(0, n),
};
/** Whether the order is turned round; how many are kept is `n`, or one. */
const ORDERED: Readonly<Record<string, { turned: boolean; many: boolean }>> = {
  $top: { turned: false, many: false },
  $topN: { turned: false, many: true },
  $bottom: { turned: true, many: false },
  $bottomN: { turned: true, many: true },
};
export const RANKED = [...Object.keys(KEEP), ...Object.keys(ORDERED)];

/** Undefined when `name` is none of them. */
export function rankedAccumulator(
  name: string,
  argument: unknown,
  context: StageContext,
): Accumulator | undefined {
  if (!RANKED.includes(name)) return undefined;
  if (!isDocument(argument)) throw fails(5787900, `specification must be an object; found ${name}`);
  const keep = KEEP[name];
  if (keep) {
    const { input, n } = fieldsOf(name, argument, ["input", "n"]);
    const value = expressionIn(input, context);
    const count = countIn(n, context);
    return {
      value: (document) => value(document) ?? null,
      finish: (values) => keep(values, count),
    };
  }
  const { turned = false, many = false } = ORDERED[name] ?? {};
  const { output, sortBy, n } = fieldsOf(
    name,
    argument,
    many ? ["output", "sortBy", "n"] : ["output", "sortBy"],
  );
  if (!isDocument(sortBy)) throw fails(5788604, "expected 'sortBy' to be an object");
  const outputOf = expressionIn(output, context);
  const compare = compileSort(sortBy, { collation: context.collation });
  const count = many ? countIn(n, context) : 1;
  return {
    value: (document) => document,
    finish(documents) {
      const sorted = (documents as Document[]).toSorted(compare);
      const kept = turned ? sorted.slice(-count) : sorted.slice(0, count);
      const outputs = kept.map((document) => outputOf(document) ?? null);
      return many ? outputs : outputs[0];
    },
  };
}

function fieldsOf(name: string, argument: Document, fields: readonly string[]): Document {
  const unknown = Object.keys(argument).find((field) => !fields.includes(field));
  if (unknown !== undefined)
    throw fails(5787901, `Unknown argument for '${name}' operator: ${unknown}`);
  const missing = fields.find((field) => argument[field] === undefined);
  if (missing !== undefined) throw fails(5787907, `Missing value for '${missing}' of ${name}`);
  return argument;
}

function countIn(expression: unknown, context: StageContext): number {
  const n = expressionIn(expression, context)({});
  if (!isNumeric(n) || !Number.isInteger(Number(n)))
    throw fails(5787902, "Value for 'n' must be of integral type");
  if (Number(n) <= 0) throw fails(5787908, `'n' must be greater than 0, found ${Number(n)}`);
  return Number(n);
}
