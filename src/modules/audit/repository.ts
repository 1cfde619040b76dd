// Every query of audit, no decision.
import { defineStatement } from "#platform/db";
import type { ChainedRow, Link } from "./chain.js";
import type { AuditDatabase, AuditTransaction } from "./schema.js";

const lock = defineStatement<Link>("audit.lock-head", "select position, hash from head for update");

/** Locks the end of the chain until the transaction ends. */
export async function lockHead(database: AuditDatabase, tx: AuditTransaction): Promise<Link> {
  const [head] = await database.run(lock, [], tx);
  if (!head)
    throw new Error("The audit log has lost its head: restore the database from a backup.");
  return head;
}

const known = defineStatement<{ eventId: string }>(
  "audit.find-known",
  `select event_id as "eventId" from entries where event_id = any($1::uuid[])`,
);

/** Those of these events that are in the log. The head must be locked. */
export const findKnown = async (
  database: AuditDatabase,
  eventIds: readonly string[],
  tx: AuditTransaction,
): Promise<Set<string>> =>
  new Set((await database.run(known, [eventIds], tx)).map((row) => row.eventId));

const append = defineStatement<never>(
  "audit.append",
  `with added as (
     insert into entries (position, event_id, entry, previous_hash, hash)
     select position, event_id, entry, decode(previous_hash, 'hex'), decode(hash, 'hex')
     from jsonb_to_recordset($1::jsonb)
       as row(position bigint, event_id uuid, entry text, previous_hash text, hash text))
   update head set position = $2, hash = $3`,
);

/** Adds rows and moves the head behind them. */
export async function appendRows(
  database: AuditDatabase,
  rows: readonly ChainedRow[],
  tx: AuditTransaction,
): Promise<void> {
  const last = rows.at(-1);
  if (!last) return;
  const values = rows.map(({ position, eventId, entry, previousHash, hash }) => ({
    position,
    event_id: eventId,
    entry,
    previous_hash: previousHash.toString("hex"),
    hash: hash.toString("hex"),
  }));
  await database.run(append, [JSON.stringify(values), last.position, last.hash], tx);
}

export interface EntryQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  /** Both UTC with milliseconds; `until` is outside. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The last position of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function listEntries({ kysely }: AuditDatabase, query: EntryQuery) {
  const { actor, action, subject, since, until, before, limit } = query;
  let entries = kysely
    .selectFrom("entries")
    .select(["position", "entry", "hash"])
    .orderBy("position", "desc")
    .limit(limit);
  if (actor !== undefined) entries = entries.where("actorId", "=", actor);
  if (action !== undefined) entries = entries.where("action", "=", action);
  if (subject !== undefined) entries = entries.where("subjectId", "=", subject);
  if (since !== undefined) entries = entries.where("at", ">=", since);
  if (until !== undefined) entries = entries.where("at", "<", until);
  if (before !== undefined) entries = entries.where("position", "<", before);
  return entries.execute();
}

const page = defineStatement<ChainedRow>(
  "audit.page",
  `select position, event_id as "eventId", entry, previous_hash as "previousHash", hash
   from entries where position > $1 order by position limit $2`,
);

/** In the order of the chain. */
export const listChain = (database: AuditDatabase, after: number, limit: number) =>
  database.run(page, [after, limit]);

const end = defineStatement<Link & { last: number }>(
  "audit.head",
  "select position, hash, (select coalesce(max(position), 0) from entries) as last from head",
);

/** What is said of the end, and where the last entry is: as of one instant. Undefined: the head is gone. */
export const findHead = async (database: AuditDatabase) => (await database.run(end, []))[0];
