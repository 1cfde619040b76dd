// Events inside the document that changes, in the same atomic update: so a standalone MongoDB is enough.
import mongoose from "mongoose";
import { type EventEnvelope, newId } from "#platform/kernel";

/** What waits in a document's `outbox`. `data` may be completed when it is read (see `EventSource.compose`). */
export interface PendingEvent {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly occurredAt: string;
  readonly trace: string | null;
  readonly data: unknown;
}

/** For the field `outbox` of a document: `outbox: { type: [pendingEventSchema], default: [] }`. */
export const pendingEventSchema = new mongoose.Schema<PendingEvent>(
  {
    id: { type: String, required: true },
    name: { type: String, required: true },
    key: { type: String, required: true },
    occurredAt: { type: String, required: true },
    trace: { type: String, default: null },
    data: { type: mongoose.Schema.Types.Mixed },
  },
  { _id: false, id: false, minimize: false },
);

/** The index a source needs: it holds documents with pending events only, oldest event first. */
export const pendingIndex = {
  keys: { "outbox.id": 1 },
  options: { name: "pending_events", partialFilterExpression: { "outbox.id": { $exists: true } } },
} as const;

/** An event whose payload is completed when it is read: the rest of it is only known after the update. */
export const pendingEvent = (
  event: Pick<EventEnvelope, "name" | "key" | "data"> & { trace?: string | null; occurredAt: Date },
): PendingEvent => ({
  id: newId(),
  name: event.name,
  key: event.key,
  occurredAt: event.occurredAt.toISOString(),
  trace: event.trace ?? null,
  data: event.data,
});
