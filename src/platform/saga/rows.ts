// One run of a saga, as its row tells it.

export type SagaStatus =
  | "running"
  /** Being undone. */
  | "compensating"
  /** Past its pivot: only forward. */
  | "finishing"
  /** A person decides: resume or abandon. */
  | "needs-attention"
  | "completed"
  | "rolled-back"
  | "abandoned";

/** A step's or coordinator's definite no, as data, so that a repeated request gets the same answer. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface JournalEntry {
  readonly step: string;
  readonly action: "run" | "undo";
  readonly attempts: number;
  /** From the saga's start to this step's. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly failed?: true;
}

export interface SagaRow {
  readonly id: string;
  readonly subject: string;
  readonly definition: string;
  /** Their names, as they were when it started. */
  readonly steps: readonly string[];
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly input: unknown;
  readonly status: SagaStatus;
  readonly refusal: Refusal | null;
  readonly cause: string | null;
  readonly attempts: number;
  readonly token: number;
  readonly journal: readonly JournalEntry[];
  readonly parkedFrom: SagaStatus | null;
  readonly abandonedReason: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** False once it was decided that it ends undone or by hand. It is never true again after that. */
export function canComplete({ status, parkedFrom }: Pick<SagaRow, "status" | "parkedFrom">) {
  const stands = status === "needs-attention" ? parkedFrom : status;
  return stands === "running" || stands === "finishing" || stands === "completed";
}

export interface NewSaga {
  readonly id: string;
  readonly subject: string;
  readonly definition: string;
  readonly steps: readonly string[];
  readonly idempotencyKey: string;
  readonly fingerprint: string;
  readonly input: unknown;
}

export const COLUMNS = `id, subject, definition, steps, idempotency_key as "idempotencyKey", fingerprint, input, status, refusal,
  cause, attempts, token, journal, parked_from as "parkedFrom", abandoned_reason as "abandonedReason", started_at as "startedAt", ended_at as "endedAt"`;

/** What this process does with the saga at this moment; other processes tell only what they have stored. */
export interface Progress {
  readonly step: string;
  readonly action: "run" | "undo";
  readonly attempts: number;
  readonly atMs: number;
}

/** How a saga stands: decided (completed, or refused and undone), still under way, or parked. */
export type Outcome =
  | {
      readonly kind: "completed";
      readonly id: string;
      readonly results: Readonly<Record<string, unknown>> | null;
    }
  | { readonly kind: "refused"; readonly id: string; readonly refusal: Refusal }
  | { readonly kind: "running"; readonly id: string }
  /** Waiting for a person, past its pivot or not undone yet. */
  | { readonly kind: "parked"; readonly id: string };

/** How a saga stands by its row. A refusal counts only when all is undone: until then money may be taken. */
export function outcomeOf(row: SagaRow): Outcome {
  if (row.status === "needs-attention") return { kind: "parked", id: row.id };
  if (row.endedAt === null) return { kind: "running", id: row.id };
  if (row.refusal) return { kind: "refused", id: row.id, refusal: row.refusal };
  return { kind: "completed", id: row.id, results: null };
}
