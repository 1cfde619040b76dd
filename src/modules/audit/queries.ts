// Reads of audit: pages of the log, and the proof of its chain.
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#platform/contract";
import type { Entry, Verification } from "./contract.js";
import { type EntryQuery, findHead, listChain, listEntries } from "./repository.js";
import { type Anchor, createVerification, GENESIS, type Link } from "./chain.js";
import type { AuditDatabase } from "./schema.js";

const Before = z.object({ before: z.int() });
const CHAIN_PAGE = 2_000;
const MAX_FAULTS = 100;

const instant = (text: string | undefined) =>
  text === undefined ? undefined : new Date(text).toISOString();

export async function listPage(
  database: AuditDatabase,
  {
    cursor,
    limit,
    since,
    until,
    ...query
  }: Omit<EntryQuery, "before"> & { cursor?: string | undefined },
): Promise<{ items: Entry[]; nextCursor: string | null }> {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, Before).before;
  const time = { since: instant(since), until: instant(until) };
  const rows = await listEntries(database, { ...query, ...time, before, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ entry, hash }) => ({
      ...(JSON.parse(entry) as Omit<Entry, "hash">),
      hash: hash.toString("hex"),
    })),
    nextCursor: rows.length > limit && last ? encodeCursor({ before: last.position }) : null,
  };
}

const renderHead = ({ position, hash }: Link) => `${position}:${hash.toString("hex")}`;

export function readHead(head: string): Anchor {
  const [position = "0", hash = ""] = head.split(":");
  return { position: Number(position), hash };
}

/** Of the log as it is at the beginning: what is added meanwhile is left to the next time. */
export async function verify(
  database: AuditDatabase,
  anchors: readonly Anchor[],
): Promise<Verification> {
  const end = (await findHead(database)) ?? { ...GENESIS, last: 0 };
  const verification = createVerification(anchors);
  for (let after = 0; after < end.last;) {
    const rows = await listChain(database, after, Math.min(CHAIN_PAGE, end.last - after));
    if (rows.length === 0) break;
    verification.add(rows.filter(({ position }) => position <= end.last));
    after = rows.at(-1)?.position ?? end.last;
  }
  const { entries, head, faults } = verification.end(end);
  const sound = faults.length === 0;
  return { sound, entries, head: renderHead(head), faults: faults.slice(0, MAX_FAULTS) };
}
