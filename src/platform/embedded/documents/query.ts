// Reading: filter, order, skip, limit and projection over a collection's candidates. Never changes anything.
import { compileFilter, compileProjection, compileSort, type Filter } from "./semantics/index.js";
import type { Document } from "./codec.js";
import type { Collection } from "./collection.js";
import type { Deadline } from "./deadline.js";
import type { Row } from "./index-tree.js";
import { candidates, plan, type Plan, type Wish } from "./planner.js";

export interface Query extends Wish {
  filter: Document;
  skip?: number | undefined;
  /** 0 and undefined: no limit. */
  limit?: number | undefined;
  variables?: Document | undefined;
  deadline: Deadline;
}

export interface Selection {
  rows: Row[];
  filter: Filter;
  plan: Plan | undefined;
  examined: number;
}

/** A collection that is not there is an empty one; the query must make sense all the same. */
export function select(collection: Collection | undefined, query: Query): Selection {
  const { sort, collation, deadline, skip = 0 } = query;
  const filter = compileFilter(query.filter, { collation, variables: query.variables });
  if (collection === undefined) return { rows: [], filter, plan: undefined, examined: 0 };
  const chosen = plan(collection, filter, query);
  const order = sort === undefined || chosen.sorted ? undefined : compileSort(sort, { collation });
  const end = query.limit ? skip + query.limit : Infinity;
  const enough = order === undefined ? end : Infinity;
  const rows: Row[] = [];
  let examined = 0;
  if (enough > 0)
    for (const row of candidates(collection, chosen)) {
      deadline.tick();
      examined++;
      if (filter.matches(row.document) && rows.push(row) >= enough) break;
    }
  if (order !== undefined) rows.sort((a, b) => order(a.document, b.document));
  return {
    rows: skip > 0 || rows.length > end ? rows.slice(skip, end) : rows,
    filter,
    plan: chosen,
    examined,
  };
}

export type Project = (document: Document) => Document;

export function projection(spec: Document | undefined, filter: Filter): Project {
  if (spec === undefined || Object.keys(spec).length === 0) return (document) => document;
  const project = compileProjection(spec, { filter });
  const positional = Object.keys(spec).some((path) => path.endsWith(".$"));
  return positional
    ? (document) => project(document, filter.match(document).arrayIndex)
    : (document) => project(document);
}
