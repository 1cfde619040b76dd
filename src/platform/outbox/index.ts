// Events that are never lost: written with the change they tell of (outbox), carried to every subscription (relay and
// bus), applied once (inbox), and kept for people where they could not be applied. Knows no module.
import type { Database, Transaction } from "#platform/db";
import type { EventEnvelope } from "#platform/kernel";
import { createInbox, type InboxOptions } from "./inbox.js";
import { createOutbox, type OutboxOptions } from "./outbox.js";
import { createPostgresInboxStore } from "./postgres/inbox-store.js";
import {
  createPostgresOutboxStore,
  type PostgresOutboxOptions,
  toOutboxRows,
} from "./postgres/outbox-store.js";
import { insert } from "./postgres/outbox-statements.js";
import type { Wake } from "./types.js";

export type { Inbox } from "./inbox.js";
export type { OutboxControl } from "./outbox.js";
export { outboxRows } from "./postgres/outbox-statements.js";
export { toOutboxRows } from "./postgres/outbox-store.js";
export { openSession, type Session } from "./session.js";
export { dataOf, defineSubscription, type Subscription } from "./subscription.js";
export { type RetryPolicy, Undeliverable } from "./timing.js";
export * from "./types.js";

/** What a module gets: it adds events in the transaction of the change, and wakes the relay after the commit. */
export interface Outbox<Tx> extends Wake {
  add(tx: Tx, events: readonly EventEnvelope[]): Promise<void>;
}

export type PostgresOutbox<Tables> = ReturnType<typeof createPostgresOutbox<Tables>>;

export function createPostgresOutbox<Tables>(
  options: PostgresOutboxOptions<Tables> & Omit<OutboxOptions, "publisher">,
) {
  const { database } = options;
  return {
    ...createOutbox(createPostgresOutboxStore(options), { ...options, publisher: database.module }),
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
