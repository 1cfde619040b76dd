// Events that are never lost: written with the change they tell of (outbox), carried to every subscription (relay and
// bus), applied once (inbox), and kept for people where they could not be applied. Knows no module.
import type { Database, Transaction } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import { createInbox, type InboxOptions } from "./inbox.js";
import { createOutbox, type OutboxOptions } from "./outbox.js";
import type mongoose from "mongoose";
import { createMongoInboxStore } from "./mongo/inbox-store.js";
import { createMongoOutboxStore, type MongoOutboxOptions } from "./mongo/outbox-store.js";
import { createCalls } from "./postgres/calls.js";
import { createPostgresInboxStore } from "./postgres/inbox-store.js";
import { createPostgresOutboxStore } from "./postgres/outbox-store.js";
import { insert, toOutboxRows } from "./postgres/outbox-statements.js";
import type { Wake } from "./types.js";

export type { Inbox } from "./inbox.js";
export type { OutboxControl } from "./outbox.js";
export type { EventSource, SourceDocument } from "./mongo/documents.js";
export { failureSource } from "./mongo/inbox-documents.js";
export {
  type PendingEvent,
  pendingEvent,
  pendingEventSchema,
  pendingIndex,
} from "./mongo/pending.js";
export { createCalls };
export { outboxRows, toOutboxRows } from "./postgres/outbox-statements.js";
export {
  dataIs,
  dataOf,
  defineSubscription,
  eventsOf,
  patternsOf,
  publisherOf,
  type Subscription,
} from "./subscription.js";
export type { RetryPolicy } from "./timing.js";
export * from "./types.js";

/** What a module gets: it adds events in the transaction of the change, and wakes the relay after the commit. */
export interface Outbox<Tx> extends Wake {
  add(tx: Tx, events: readonly EventEnvelope[]): Promise<void>;
}

export function createPostgresOutbox<Tables>(
  options: Omit<OutboxOptions, "publisher"> & { readonly database: Database<Tables> },
) {
  const { database } = options;
  return {
    ...createOutbox(createPostgresOutboxStore(database), {
      ...options,
      publisher: database.module,
    }),
    /** In the transaction of the change. For one key: after the row that it is about was locked or written. */
    async add(tx: Transaction<Tables>, events: readonly EventEnvelope[]): Promise<void> {
      if (events.length > 0) await database.run(insert, [toOutboxRows(events)], tx);
    },
  };
}

export function createPostgresInbox<Tables>(
  options: InboxOptions<Transaction<Tables>> & { readonly database: Database<Tables> },
) {
  const names = options.subscriptions.map((subscription) => subscription.name);
  return createInbox(createPostgresInboxStore(options.database, names), options);
}

/** For a module whose store is MongoDB: events lie in the `outbox` of the documents of `sources`. */
export function createMongoOutbox(options: MongoOutboxOptions & OutboxOptions) {
  return createOutbox(createMongoOutboxStore(options), options);
}

/** Handlers get the connection; there is no transaction, so their effects must be idempotent for each document. */
export function createMongoInbox(
  options: InboxOptions<mongoose.Connection> & { readonly connection: mongoose.Connection },
) {
  const names = options.subscriptions.map((subscription) => subscription.name);
  return createInbox(createMongoInboxStore(options.connection, names), options);
}
