// What documents, queries and updates mean: MongoDB 7's semantics as pure functions. Right or refused.
export { aggregate, type AggregateInput } from "./aggregate.js";
export { compareWith } from "./collation.js";
export { MongoError } from "./errors.js";
export { compileFilter, type Condition, type Filter, type Match } from "./filter/index.js";
export { isOperatorDocument } from "./filter/operators.js";
export { upsertBase } from "./filter/upsert.js";
export { compileJsonSchema } from "./json-schema.js";
export { indexKeys, type Key } from "./keys.js";
export { valuesAt } from "./paths.js";
export { compileProjection, type Projection } from "./projection.js";
export { compileSort, type Comparator } from "./sort.js";
export * as supported from "./supported.js";
export { compileUpdate, type Update } from "./update/index.js";
export { compareValues } from "./values.js";
