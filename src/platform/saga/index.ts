// Sagas: a chain of steps over modules that share no transaction, which ends whole or undone, whatever dies on the way.
export * from "./coordinator.js";
export {
  drawSaga,
  faultsOf,
  Refused,
  type SagaDefinition,
  type SagaRun,
  type SagaStep,
} from "./definition.js";
export type { StepState, TimelineStep } from "./timeline.js";
export type { SagaQuery } from "./reads.js";
export {
  canComplete,
  type JournalEntry,
  type Outcome,
  type Refusal,
  type SagaRow,
  type SagaStatus,
} from "./rows.js";
export { abandonSagas, endSagas, passPivots, resumeSagas } from "./store.js";
