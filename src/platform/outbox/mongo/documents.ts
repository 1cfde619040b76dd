// Documents that carry events: reading what waits in them, and taking out what was delivered.
import type mongoose from "mongoose";
import { mongo } from "mongoose";
import { updateEach } from "#platform/documents";
import type { EventEnvelope } from "#platform/kernel";
import { isDuplicate } from "./lease.js";
import { type PendingEvent, pendingIndex } from "./pending.js";

export interface SourceDocument {
  readonly _id: unknown;
  readonly outbox: readonly PendingEvent[];
}

/** A collection whose documents carry events. */
export interface EventSource {
  readonly collection: string;
  /** What `compose` needs of a document beside its events. */
  readonly fields?: readonly string[];
  /** Completes the payload from the document as it was read. The id must stay. */
  readonly compose?: (document: SourceDocument, pending: PendingEvent) => EventEnvelope;
}

export interface Origin {
  readonly source: EventSource;
  readonly document: SourceDocument;
}

export const toEvent = ({
  id,
  name,
  key,
  occurredAt,
  trace,
  data,
}: PendingEvent): EventEnvelope => ({
  id,
  name,
  key,
  occurredAt,
  trace: trace ?? null,
  data,
});

export function databaseOf(connection: mongoose.Connection): mongo.Db {
  if (!connection.db) throw new Error(`The connection to ${connection.name} is not open`);
  return connection.db;
}

export async function createIndexes(
  database: mongo.Db,
  sources: readonly EventSource[],
): Promise<void> {
  await database
    .collection("outbox_archive")
    .createIndexes([
      { key: { position: 1 } },
      { key: { key: 1 } },
      { key: { trace: 1 }, sparse: true },
      { key: { archivedAt: 1 } },
    ]);
  for (const { collection } of sources) {
    await database.collection(collection).createIndex(pendingIndex.keys, pendingIndex.options);
  }
}

const projectionOf = ({ fields = [] }: EventSource) =>
  Object.fromEntries(["outbox", ...fields].map((field) => [field, 1]));

/** Documents with a pending event, or with one that `event` fits; those with the oldest event first. */
export async function listPending(
  database: mongo.Db,
  sources: readonly EventSource[],
  {
    limit,
    event = {},
  }: { readonly limit: number; readonly event?: Readonly<Record<string, unknown>> },
): Promise<Origin[]> {
  const list = async (source: EventSource): Promise<Origin[]> => {
    const filter = {
      "outbox.id": { $exists: true },
      ...(Object.keys(event).length > 0 && { outbox: { $elemMatch: event } }),
    };
    const documents = await database
      .collection(source.collection)
      .find(filter, { projection: projectionOf(source) })
      .sort({ "outbox.id": 1 })
      .limit(limit)
      .toArray();
    return documents.map((document) => ({
      source,
      document: document as unknown as SourceDocument,
    }));
  };
  return (await Promise.all(sources.map(list))).flat();
}

export function compose({ source, document }: Origin, pending: PendingEvent): EventEnvelope {
  const event = source.compose ? source.compose(document, pending) : toEvent(pending);
  if (event.id !== pending.id) throw new Error(`compose must keep the id of event ${pending.id}`);
  return event;
}

export async function pullEvents(
  database: mongo.Db,
  sources: readonly EventSource[],
  events: readonly EventEnvelope[],
  origins: ReadonlyMap<string, Origin>,
): Promise<void> {
  for (const source of sources) {
    const byDocument = new Map<string, { id: unknown; events: string[] }>();
    for (const { id } of events) {
      const origin = origins.get(id);
      if (origin?.source !== source) continue;
      const key = String(origin.document._id);
      const entry = byDocument.get(key) ?? { id: origin.document._id, events: [] };
      entry.events.push(id);
      byDocument.set(key, entry);
    }
    if (byDocument.size === 0) continue;
    const pulls = [...byDocument.values()].map((entry) => ({
      filter: { _id: entry.id },
      update: { $pull: { outbox: { id: { $in: entry.events } } } },
    }));
    await updateEach(database, source.collection, pulls);
  }
}

/** Those whose id exists are left as they are. Answers whether there were none.
 *  @throws when one was refused for anything else, whatever was refused before it */
export async function insertOnce<Row extends { _id: string }>(
  collection: mongo.Collection<Row>,
  rows: readonly Row[],
): Promise<boolean> {
  if (rows.length === 0) return true;
  try {
    await collection.insertMany(rows as never, { ordered: false });
    return true;
  } catch (error) {
    if (!isDuplicate(error) || !causesOf(error).every(isDuplicate)) throw error;
    return false;
  }
}

/** An error of many writes carries the code of the first one that failed. */
function causesOf(error: unknown): unknown[] {
  if (!(error instanceof mongo.MongoBulkWriteError)) return [];
  const unsafe = error.result.getWriteConcernError();
  return [error.writeErrors, unsafe ?? []].flat();
}
