// arrayFilters: which elements `$[name]` stands for.
// https://www.mongodb.com/docs/v7.0/reference/operator/update/positional-filtered/
import type { Document } from "bson";
import { MongoError } from "../errors.js";
import { compileFilter, type Filter } from "../filter/index.js";

const parse = (message: string) => new MongoError(9, message);

/** What of an update's steps matters here. */
interface Step {
  readonly path: string;
  readonly parts: readonly string[];
}
interface ArrayFilterOptions {
  readonly arrayFilters?: readonly Document[] | undefined;
  readonly collation?: Document | undefined;
}

export function compileArrayFilters(
  { arrayFilters = [], collation }: ArrayFilterOptions,
  steps: readonly Step[],
): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  for (const filter of arrayFilters) {
    const name = filterName(filter);
    if (name === undefined)
      throw parse("Cannot use an expression without a top-level field name in arrayFilters");
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw new MongoError(
        2,
        `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    }
    if (filters.has(name))
      throw parse(`Found multiple array filters with the same top-level field name ${name}`);
    filters.set(name, compileFilter(filter, { collation }));
  }
  const used = new Set(
    steps.flatMap((step) =>
      step.parts
        .filter((part) => part.startsWith("$[") && part !== "$[]")
        .map((part) => part.slice(2, -1)),
    ),
  );
  for (const name of used) {
    if (!filters.has(name))
      throw new MongoError(
        2,
        `No array filter found for identifier '${name}' in path '${steps.find((step) => step.parts.includes(`$[${name}]`))?.path}'`,
      );
  }
  for (const name of filters.keys()) {
    if (!used.has(name))
      throw parse(`The array filter for identifier '${name}' was not used in the update`);
  }
  return filters;
}

/** All conditions of one array filter are about one identifier. */
function filterName(filter: Document): string | undefined {
  const names = new Set(
    Object.entries(filter).flatMap(([name, argument]): (string | undefined)[] =>
      name.startsWith("$")
        ? Array.isArray(argument)
          ? (argument as Document[]).map(filterName)
          : []
        : [name.split(".", 1)[0]],
    ),
  );
  if (names.size > 1) {
    const [first, second] = [...names];
    throw parse(
      `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${first}' and '${second}'`,
    );
  }
  return [...names][0];
}
