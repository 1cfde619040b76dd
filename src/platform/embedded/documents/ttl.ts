// Removes documents whose time is up, as MongoDB does: now and then, not to the second.
// https://www.mongodb.com/docs/v7.0/core/index-ttl/
import type { Collection, Index } from "./collection.js";
import type { Row } from "./index-tree.js";

/** More wait for the next sweep, so that one sweep never holds others up for long. */
const MAX_PER_INDEX = 10_000;

export function removeExpired(collections: readonly Collection[], now: number): void {
  for (const collection of collections)
    for (const index of collection.indexes.values())
      for (const row of expired(index, now)) collection.remove(row);
}

/** Only dates expire; of several in an array the earliest counts. */
function expired({ spec, tree }: Index, now: number): Set<Row> {
  const rows = new Set<Row>();
  const seconds: unknown = spec["expireAfterSeconds"];
  if (typeof seconds !== "number") return rows;
  const earliest = new Date(-8.64e15);
  const latest = new Date(now - seconds * 1000);
  const [lower, upper] = (tree.directions[0] ?? 1) < 0 ? [latest, earliest] : [earliest, latest];
  for (const { row } of tree.scan({ lower: [lower], upper: [upper] })) {
    rows.add(row);
    if (rows.size >= MAX_PER_INDEX) break;
  }
  return rows;
}
