// The entries of a story with the lane of their module, how deep they stand, and the time since the first. Pure.
import type { Api } from "../../../api/client.js";

export type Entry = Awaited<ReturnType<Api["system"]["story"]["get"]>>["entries"][number];

export interface Told {
  readonly entry: Entry;
  readonly lane: number;
  /** 0, or 1 where it belongs to another entry. */
  readonly depth: number;
  /** Since the first, or since what came after the last pause. */
  readonly sinceMs: number;
  /** More than a while after the one before: a line between them says so. */
  readonly pauseMs: number | undefined;
}

const LONG_MS = 5_000;

export function tellIn(entries: readonly Entry[]): {
  readonly lanes: readonly string[];
  readonly told: readonly Told[];
} {
  const lanes = [...new Set(entries.map(({ module }) => module))];
  const ids = new Set(entries.map(({ id }) => id));
  let start = 0;
  const told = entries.map((entry, index): Told => {
    const at = Date.parse(entry.at);
    const before = entries[index - 1];
    const pauseMs = before ? at - Date.parse(before.at) : 0;
    if (!before || pauseMs >= LONG_MS) start = at;
    return {
      entry,
      lane: lanes.indexOf(entry.module),
      depth: entry.parent !== undefined && ids.has(entry.parent) ? 1 : 0,
      sinceMs: at - start,
      pauseMs: pauseMs >= LONG_MS ? pauseMs : undefined,
    };
  });
  return { lanes, told };
}
