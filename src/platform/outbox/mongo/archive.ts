// What a MongoDB outbox keeps of delivered events: copies in the order in which they were delivered.
import type { mongo } from "mongoose";
import type { ArchivedEvent } from "../types.js";
import { toEvent } from "./documents.js";
import type { PendingEvent } from "./pending.js";

export interface ArchiveDocument extends PendingEvent {
  readonly _id: string;
  readonly position: number;
  readonly archivedAt: Date;
}

export const toArchived = (row: ArchiveDocument): ArchivedEvent => ({
  position: row.position,
  event: toEvent(row),
});

/** What a subscription that stands at this position is still to hear. */
export const filterAfter = (position: number, since: Date | null) => ({
  position: { $gt: position },
  ...(since && { occurredAt: { $gte: since.toISOString() } }),
});

export async function readArchive(
  archive: mongo.Collection<ArchiveDocument>,
  after: number,
  since: Date | null,
  limit: number,
): Promise<ArchivedEvent[]> {
  const rows = await archive
    .find(filterAfter(after, since))
    .sort({ position: 1 })
    .limit(limit)
    .toArray();
  return rows.map(toArchived);
}
