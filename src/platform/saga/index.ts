// Sagas: a chain of steps over modules that share no transaction, which ends whole or undone, whatever dies on the way.
export * from "./coordinator.js";
export type { Outcome, StepObservation } from "./drive.js";
export {
  drawSaga,
  faultsOf,
  Refused,
  type SagaDefinition,
  type SagaRun,
  type SagaStep,
} from "./definition.js";
export {
  endSagas,
  type JournalEntry,
  passPivots,
  type Refusal,
  type SagaQuery,
  type SagaRow,
  type SagaStatus,
} from "./store.js";
