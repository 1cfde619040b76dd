// Chooses how to find candidates: an index with bounds from the filter's top-level conditions, an index
// for its order, or a scan. Candidates may be too many, never too few: the filter always looks again.
import { type Condition, type Filter, isOperatorDocument } from "./semantics/index.js";
import { ObjectId } from "bson";
import type { Document } from "./codec.js";
import type { Collection, Index } from "./collection.js";
import { fail } from "./errors.js";
import type { Range, Row } from "./index-tree.js";

const MAX_RANGES = 1000;

export interface Plan {
  index?: Index;
  ranges: Range[];
  backwards: boolean;
  /** The candidates come in the order asked for. */
  sorted: boolean;
}

export interface Wish {
  sort?: Document | undefined;
  hint?: string | Document | undefined;
  collation?: Document | undefined;
}

export function plan(collection: Collection, filter: Filter, wish: Wish): Plan {
  const natural = naturalDirection(wish);
  if (natural !== undefined) return scan(collection, natural < 0, true);
  const hinted = wish.hint === undefined ? undefined : findHinted(collection, wish.hint);
  let best: Plan | undefined;
  let bestScore = 0;
  for (const index of hinted ? [hinted] : collection.indexes.values()) {
    if (index.spec["hidden"] === true) continue;
    if (!sameCollation(index.spec["collation"], wish.collation)) continue;
    if (!hinted && !covers(index, filter.conditions)) continue;
    const { score, ...candidate } = bounds(index, filter.conditions, wish.sort);
    if (hinted || score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best ?? scan(collection, false, false);
}

export function* candidates(collection: Collection, { index, ranges, backwards }: Plan) {
  if (index === undefined) {
    yield* backwards ? [...collection.rows.values()].reverse() : collection.rows.values();
    return;
  }
  const seen = index.multikey.includes(true) ? new Set<Row>() : undefined;
  for (const range of backwards ? ranges.toReversed() : ranges)
    for (const { row } of index.tree.scan(range, backwards)) {
      if (seen?.has(row)) continue;
      seen?.add(row);
      yield row;
    }
}

/** In the order of arrival; a clustered collection stands in the order of its _id. */
function scan({ entry, idIndex }: Collection, backwards: boolean, sorted: boolean): Plan {
  if (entry.options["clusteredIndex"] === undefined) return { ranges: [], backwards, sorted };
  return { index: idIndex, ranges: [{ lower: [], upper: [] }], backwards, sorted };
}

function naturalDirection({ sort, hint }: Wish): number | undefined {
  const asked = sort?.["$natural"] ?? (typeof hint === "object" ? hint["$natural"] : undefined);
  if (asked === undefined) return undefined;
  if (asked !== 1 && asked !== -1) throw fail(2, "$natural sort must be 1 or -1");
  return asked;
}

export function findHinted(collection: Collection, hint: string | Document): Index {
  for (const index of collection.indexes.values())
    if (index.spec["hidden"] === true) continue;
    else if (typeof hint === "string" ? index.name === hint : sameKey(index.spec["key"], hint))
      return index;
  throw fail(
    2,
    `error processing query: ns=${collection.namespace} planner returned error :: caused by :: hint provided does not correspond to an existing index`,
  );
}

export const sameKey = (a: Document, b: Document): boolean =>
  JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));

export const sameCollation = (a: unknown, b: unknown): boolean =>
  a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Whether every match has an entry: a sparse or partial index may only serve queries that imply it. */
function covers(index: Index, conditions: readonly Condition[]): boolean {
  const partial = index.partial?.conditions;
  const sparse = index.spec["sparse"] === true;
  if (sparse && !conditions.some((have) => index.fields.includes(have.path) && isPresent(have)))
    return false;
  if (partial === undefined) return true;
  const known = countConditions(index.spec["partialFilterExpression"] as Document);
  return partial.length === known && partial.every((need) => conditions.some(implies(need)));
}

/** All that a filter asks for, also what no condition tells ($or, $type, $ne): an index that asks for more than the
 *  query is certain of may lack some of its matches. */
const countConditions = (filter: Document): number =>
  Object.entries(filter).reduce((sum, [path, asked]: [string, unknown]) => {
    if (path === "$and")
      return (asked as Document[]).reduce((all, one) => all + countConditions(one), sum);
    return sum + (isOperatorDocument(asked) ? Object.keys(asked).length : 1);
  }, 0);

const isPresent = ({ op, value }: Condition): boolean =>
  op === "exists" ? value === true : op === "in" ? values(value).every(isExact) : isExact(value);

const implies = (need: Condition) => (have: Condition) =>
  need.path === have.path &&
  (need.op === "exists" && need.value === true
    ? isPresent(have)
    : need.op === have.op && isScalar(need.value) && need.value === have.value);

const isScalar = (value: unknown) => value === null || typeof value !== "object";
const values = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Values found in an index exactly where they match; null, arrays and patterns match elsewhere too. */
function isExact(value: unknown): boolean {
  if (value === null || value === undefined || Array.isArray(value)) return false;
  if (typeof value !== "object") return true;
  return !(value instanceof RegExp) && !("_bsontype" in value && value._bsontype === "BSONRegExp");
}

function bounds(index: Index, conditions: readonly Condition[], sort: Document | undefined) {
  let prefixes: unknown[][] = [[]];
  let ranges: Range[] | undefined;
  let score = 0;
  let fixed = 0;
  let multikeyUsed = false;
  for (const [at, field] of index.fields.entries()) {
    const multikey = index.multikey[at] === true;
    if (multikey && multikeyUsed) break;
    multikeyUsed ||= multikey;
    const here = conditions.filter(({ path }) => path === field);
    const points = exactPoints(here, index);
    if (points !== undefined && points.length * prefixes.length <= MAX_RANGES) {
      const ordered = (index.tree.directions[at] ?? 1) < 0 ? points.reverse() : points;
      prefixes = prefixes.flatMap((prefix) => ordered.map((value) => [...prefix, value]));
      score += points.length === 1 ? 10 : 6;
      if (prefixes.length === 1) fixed = at + 1;
      continue;
    }
    const limits = interval(here, multikey);
    if (limits !== undefined) {
      score += 4;
      const descending = (index.tree.directions[at] ?? 1) < 0;
      ranges = prefixes.map((prefix) => rangeOf(prefix, limits, descending));
    }
    break;
  }
  if (index.unique && fixed === index.fields.length) score += 100;
  ranges ??= prefixes.map((prefix) => ({ lower: prefix, upper: prefix }));
  const order = ranges.length > 1 || sort === undefined ? 0 : orderGiven(index, sort, fixed);
  if (order !== 0) score += 3;
  return { index, ranges, backwards: order < 0, sorted: order !== 0, score };
}

/** The only values a match can have here, in BSON order and without doubles. */
function exactPoints(here: Condition[], { tree }: Index): unknown[] | undefined {
  const equal = here.find(({ op, value }) => op === "eq" && isExact(value));
  if (equal) return [equal.value];
  const among = here.find(({ op, value }) => op === "in" && values(value).every(isExact));
  if (!among) return undefined;
  const sorted = values(among.value).toSorted(tree.compare);
  return sorted.filter((value, at) => at === 0 || tree.compare(sorted[at - 1], value) !== 0);
}

interface Limit {
  value: unknown;
  excluded: boolean;
}

/** Comparisons only match values of their own type, so an open end closes at the end of the type. */
function interval(here: Condition[], multikey: boolean): { low: Limit; high: Limit } | undefined {
  const low = here.find(({ op, value }) => (op === "gt" || op === "gte") && typeEnds(value));
  let high = here.find(({ op, value }) => (op === "lt" || op === "lte") && typeEnds(value));
  if (multikey && low) high = undefined; // different elements may satisfy the two
  const ends = typeEnds((low ?? high)?.value);
  if (ends === undefined) return undefined;
  return {
    low: low ? { value: low.value, excluded: low.op === "gt" } : ends.low,
    high: high ? { value: high.value, excluded: high.op === "lt" } : ends.high,
  };
}

function typeEnds(value: unknown): { low: Limit; high: Limit } | undefined {
  const ends = (low: unknown, high: unknown, excluded = false) => ({
    low: { value: low, excluded: false },
    high: { value: high, excluded },
  });
  if (typeof value === "number") return ends(NaN, Infinity);
  if (typeof value === "string") return ends("", {}, true); // objects follow strings
  if (typeof value === "boolean") return ends(false, true);
  if (value instanceof Date) return ends(new Date(-8.64e15), new Date(8.64e15));
  if (value instanceof ObjectId)
    return ends(new ObjectId("0".repeat(24)), new ObjectId("f".repeat(24)));
  return undefined;
}

function rangeOf(
  prefix: unknown[],
  limits: { low: Limit; high: Limit },
  descending: boolean,
): Range {
  const [first, last] = descending ? [limits.high, limits.low] : [limits.low, limits.high];
  return {
    lower: [...prefix, first.value],
    upper: [...prefix, last.value],
    afterLower: first.excluded,
    beforeUpper: last.excluded,
  };
}

/** 1 or -1 when reading the index that way gives the order, 0 when it does not. */
function orderGiven(index: Index, sort: Document, fixed: number): number {
  let at = fixed;
  let way = 0;
  for (const [path, direction] of Object.entries(sort)) {
    const position = index.fields.indexOf(path);
    if (position >= 0 && position < fixed && !index.multikey[position]) continue;
    if (position !== at || index.multikey[at] || Math.abs(Number(direction)) !== 1) return 0;
    const step = Number(direction) * (index.tree.directions[at] ?? 1);
    if (way !== 0 && way !== step) return 0;
    way = step;
    at++;
  }
  return way === 0 ? 1 : way;
}
