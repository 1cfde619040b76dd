// What changes the audit log: it grows.
import type { ActionTaken, EventEnvelope } from "#platform/kernel";
import { publisherOf } from "#platform/outbox";
import { appendRows, findKnown, lockHead } from "./repository.js";
import { chain, type Fact } from "./chain.js";
import type { AuditDatabase, AuditTransaction } from "./schema.js";

const toFact = ({ id, name, trace, data }: EventEnvelope<ActionTaken>): Fact => ({
  ...data,
  eventId: id,
  module: publisherOf(name),
  ...(trace !== null && { trace }),
});

/** Appends what is not in the log yet, in the given order. Whoever comes at the same time waits for the head. */
export async function record(
  database: AuditDatabase,
  events: readonly EventEnvelope<ActionTaken>[],
  tx: AuditTransaction,
): Promise<void> {
  const head = await lockHead(database, tx);
  // After the lock: what another process committed meanwhile is seen.
  const ids = events.map((event) => event.id);
  const known = await findKnown(database, ids, tx);
  const fresh = events.filter(({ id }) => !known.has(id));
  await appendRows(database, chain(head, fresh.map(toFact)), tx);
}
