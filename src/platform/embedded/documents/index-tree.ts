// An ordered index in memory: sorted chunks of entries, so that a change moves at most one chunk.
// Order: the key in the index's directions, then the record.
import type { Document } from "bson";

export type Key = readonly unknown[];
export type Compare = (a: unknown, b: unknown) => number;

/** A stored document. A change replaces `document`, so whoever holds the old one has a snapshot. */
export interface Row {
  readonly id: number;
  document: Document;
  size: number;
  /** Of what is stored of it; 0 before anything is. */
  sum: number;
}

export interface Entry {
  key: Key;
  row: Row;
}

const CHUNK = 256;

/** From the first entry whose key starts with `lower` to the last that starts with `upper`. */
export interface Range {
  lower: Key;
  upper: Key;
  /** Leave out entries that start with the bound itself. */
  afterLower?: boolean;
  beforeUpper?: boolean;
}

interface Position {
  chunk: number;
  at: number;
}

export class IndexTree {
  #chunks: Entry[][] = [];
  #size = 0;

  constructor(
    readonly compare: Compare,
    readonly directions: readonly number[],
  ) {}

  get size(): number {
    return this.#size;
  }

  /** Much faster than inserting one by one; replaces what was there. */
  rebuild(entries: Entry[]): void {
    entries.sort((a, b) => this.#compareKeys(a.key, b.key) || a.row.id - b.row.id);
    this.#chunks = [];
    for (let at = 0; at < entries.length; at += CHUNK)
      this.#chunks.push(entries.slice(at, at + CHUNK));
    this.#size = entries.length;
  }

  insert(key: Key, row: Row): void {
    const { chunk: index, at } = this.#find(key, row.id);
    const chunk = this.#chunks[index];
    this.#size++;
    if (chunk === undefined) {
      const last = this.#chunks.at(-1);
      if (last !== undefined && last.length < CHUNK) last.push({ key, row });
      else this.#chunks.push([{ key, row }]);
      return;
    }
    chunk.splice(at, 0, { key, row });
    if (chunk.length > CHUNK * 2) this.#chunks.splice(index + 1, 0, chunk.splice(CHUNK));
  }

  remove(key: Key, row: Row): void {
    const { chunk: index, at } = this.#find(key, row.id);
    const chunk = this.#chunks[index];
    if (chunk?.[at]?.row !== row) throw new Error("the index lacks an entry it should have");
    chunk.splice(at, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** The first row with exactly this key (or key prefix). */
  first(key: Key): Row | undefined {
    const { chunk, at } = this.#find(key, -1);
    const entry = this.#chunks[chunk]?.[at];
    return entry !== undefined && this.#compareKeys(entry.key, key) === 0 ? entry.row : undefined;
  }

  /** Must not be interleaved with changes. */
  *scan(range: Range, backwards = false): Generator<Entry> {
    const from = this.#find(range.lower, range.afterLower ? Infinity : -1);
    const to = this.#find(range.upper, range.beforeUpper ? -1 : Infinity);
    if (backwards) {
      for (let { chunk, at } = to; chunk > from.chunk || (chunk === from.chunk && at > from.at);) {
        if (at === 0) at = this.#chunks[--chunk]?.length ?? 0;
        else yield this.#chunks[chunk]?.[--at] as Entry;
      }
      return;
    }
    for (let { chunk, at } = from; chunk < to.chunk || (chunk === to.chunk && at < to.at);) {
      const entry = this.#chunks[chunk]?.[at++];
      if (entry !== undefined) yield entry;
      else [chunk, at] = [chunk + 1, 0];
    }
  }

  /** The first position whose key and record are not before these. */
  #find(key: Key, id: number): Position {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1) as Entry;
      if ((this.#compareKeys(last.key, key) || last.row.id - id) < 0) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low];
    if (chunk === undefined) return { chunk: low, at: 0 };
    let first = 0;
    let end = chunk.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      const entry = chunk[middle] as Entry;
      if ((this.#compareKeys(entry.key, key) || entry.row.id - id) < 0) first = middle + 1;
      else end = middle;
    }
    return { chunk: low, at: first };
  }

  /** Compares as many fields as `b` has: `b` may be a prefix. */
  #compareKeys(a: Key, b: Key): number {
    for (let field = 0; field < b.length; field++) {
      const order = this.compare(a[field], b[field]);
      if (order !== 0) return order * (this.directions[field] ?? 1);
    }
    return 0;
  }
}
