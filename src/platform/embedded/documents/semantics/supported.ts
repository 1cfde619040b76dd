// What is supported, by name. The code dispatches from these tables, and the README's table is tested against them.
import { UPDATE_STAGES } from "./aggregate.js";
import { ACCUMULATORS as ACCUMULATOR_TABLE } from "./accumulators.js";
import { EXPRESSIONS } from "./expression-names.js";
import { VALUE_OPERATORS } from "./filter/operators.js";
import { STAGE_TABLE } from "./stages/index.js";
import { RANKED } from "./stages/ranked.js";
import { UPDATE_OPERATORS } from "./update/operators.js";

export const QUERY_OPERATORS: readonly string[] = [
  ...Object.keys(VALUE_OPERATORS),
  "$ne",
  "$nin",
  "$not",
  "$elemMatch",
  "$all",
  "$and",
  "$or",
  "$nor",
  "$expr",
  "$comment",
  "$jsonSchema",
].toSorted();

export const UPDATE_OPERATOR_NAMES: readonly string[] = [
  ...Object.keys(UPDATE_OPERATORS),
  "$rename",
].toSorted();
export { UPDATE_STAGES };
export const PROJECTION_OPERATORS: readonly string[] = ["$", "$elemMatch", "$slice"];

export const STAGES: readonly string[] = Object.keys(STAGE_TABLE).toSorted();
export const ACCUMULATORS: readonly string[] = [
  ...Object.keys(ACCUMULATOR_TABLE),
  ...RANKED,
].toSorted();
export { EXPRESSIONS };
