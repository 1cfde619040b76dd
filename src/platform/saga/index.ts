// Sagas: a chain of steps over modules that share no transaction, which ends whole or undone, whatever dies on the way.
export * from "./coordinator.js";
export type { Outcome } from "./drive.js";
export {
  drawSaga,
  faultsOf,
  type SagaDefinition,
  type SagaRun,
  type SagaStep,
} from "./definition.js";
export {
  endSagas,
  type JournalEntry,
  type Refusal,
  type SagaRow,
  type SagaStatus,
} from "./store.js";
