// What documents, queries and updates mean: MongoDB 7's semantics as pure functions. Right or refused.
export { aggregate, type AggregateInput, checkPipeline } from "./aggregate.js";
export { collatorOf, compareWith } from "./collation.js";
export { CODE_NAMES, MongoError } from "./errors.js";
export {
  compileFilter,
  type Condition,
  type Filter,
  type Match,
  upsertBase,
} from "./filter/index.js";
export { indexKeys, type Key } from "./keys.js";
export { fieldOf, somePath, valuesAt } from "./paths.js";
export { compileProjection, type Projection } from "./projection.js";
export { compileSort, type Comparator } from "./sort.js";
export * as supported from "./supported.js";
export { compileUpdate, type Update } from "./update/index.js";
export { compareValues, equalValues, isDocument, isNumeric, typeOf } from "./values.js";
