// One collection: its rows in memory, its indexes, and every change to them, queued for the disk at once.
// Checks everything before it changes anything, so that a refused write leaves no trace.
import { compareWith, compileFilter, indexKeys, type Filter } from "./semantics/index.js";
import { isDocument } from "./arguments.js";
import { encode, nestsDeeperThan, type Document } from "./codec.js";
import { fail } from "./errors.js";
import { IndexTree, type Compare, type Entry, type Key, type Row } from "./index-tree.js";
import { shellText } from "./shell-text.js";
import type { Batch, CollectionEntry, Store } from "./store.js";
import { compileValidator, type Validate } from "./validator.js";
import { MAX_DOCUMENT_BYTES, MAX_NESTING } from "./wire.js";

/** Ordered as well: the hash itself would be seen by nobody. */
export const HASHED = "hashed";

export class Index {
  readonly fields: string[];
  readonly tree: IndexTree;
  readonly partial: Filter | undefined;
  /** Per field: does any document contribute more than one value? Bounds cannot be combined then. */
  readonly multikey: boolean[];
  readonly #roots: string[] | undefined;
  readonly #hashed: string | undefined;

  constructor(readonly spec: Document) {
    this.fields = Object.keys(spec["key"] as Document);
    const collation = spec["collation"] as Document | undefined;
    const compare: Compare = compareWith(collation);
    const directions = Object.values(spec["key"] as Document).map((value) =>
      value === HASHED ? 1 : Math.sign(Number(value)),
    );
    this.tree = new IndexTree(compare, directions);
    this.#hashed = this.fields.find((field) => (spec["key"] as Document)[field] === HASHED);
    const partial = spec["partialFilterExpression"] as Document | undefined;
    this.partial = partial && compileFilter(partial, { collation });
    this.multikey = this.fields.map(() => false);
    const looksAt = [...this.fields, ...Object.keys(partial ?? {})];
    if (!looksAt.some((path) => path.startsWith("$")))
      this.#roots = [...new Set(looksAt.map((path) => path.split(".", 1)[0] ?? path))];
  }

  get name(): string {
    return this.spec["name"] as string;
  }

  get unique(): boolean {
    return this.spec["unique"] === true || this.name === "_id_";
  }

  keysOf(document: Document): Key[] {
    if (this.partial && !this.partial.matches(document)) return [];
    if (this.#hashed !== undefined && meetsArray(document, this.#hashed.split(".")))
      throw fail(16766, "hashed indexes do not currently support array values");
    const keys: Key[] = indexKeys(document, this.spec["key"] as Document, {
      sparse: this.spec["sparse"] === true,
    });
    const first = keys[0];
    for (let at = 1; first !== undefined && at < keys.length; at++)
      for (let field = 0; field < first.length; field++)
        this.multikey[field] ||= this.tree.compare(keys[at]?.[field], first[field]) !== 0;
    return keys;
  }

  /** Cheap and safe: true only when nothing this index looks at can have changed. */
  ignores(before: Document, after: Document): boolean {
    return this.#roots?.every((root) => before[root] === after[root]) ?? false;
  }

  /** Without the keys that both begin with, and those that both end with: what is added to a long array, or taken out of
   *  it, costs what changed. */
  difference(before: Key[], after: Key[]): { gone: Key[]; come: Key[] } {
    const isSame = (a: Key | undefined, b: Key | undefined) =>
      a?.every((value, at) => this.tree.compare(value, b?.[at]) === 0) ?? false;
    const shorter = Math.min(before.length, after.length);
    let first = 0;
    while (first < shorter && isSame(before[first], after[first])) first++;
    let last = 0;
    while (last < shorter - first && isSame(before.at(-1 - last), after.at(-1 - last))) last++;
    const changed = (keys: Key[]) => keys.slice(first, keys.length - last);
    return { gone: changed(before), come: changed(after) };
  }

  holderOf(key: Key, except: Row | undefined): Row | undefined {
    const holder = this.tree.first(key);
    return holder === except ? undefined : holder;
  }
}

export class Collection {
  readonly rows = new Map<number, Row>();
  readonly indexes = new Map<string, Index>();
  dataBytes = 0;
  /** The commit of the last change: what anybody saw here is not certain before it is done. */
  batch: Batch | undefined;
  #nextId = 1;
  #validate: Validate | undefined;

  constructor(
    readonly entry: CollectionEntry,
    readonly store: Store,
  ) {
    this.#validate = compileValidator(entry.options);
    for (const spec of entry.indexes) this.indexes.set(spec["name"] as string, new Index(spec));
  }

  get namespace(): string {
    return `${this.entry.database}.${this.entry.name}`;
  }

  get collation(): Document | undefined {
    return this.entry.options["collation"] as Document | undefined;
  }

  get idIndex(): Index {
    return this.indexes.get("_id_") as Index;
  }

  /** At start: takes a record as it is on disk. `openIndexes` must follow. */
  load(row: Row): void {
    this.rows.set(row.id, row);
    this.dataBytes += row.size;
    this.#nextId = row.id + 1;
  }

  openIndexes(): void {
    for (const index of this.indexes.values()) this.#build(index);
  }

  /** `unchecked`: whatever the validator says. */
  insert(document: Document, unchecked = false): void {
    if (!unchecked) this.#validate?.(document);
    const bytes = sized(document, 10334, "object to insert too large");
    const { capped, size } = this.entry.options as { capped?: true; size?: number };
    if (capped && bytes.length > (size ?? 0))
      throw fail(2, `object to insert exceeds cappedMaxSize (${bytes.length} > ${size})`);
    const row: Row = { id: this.#nextId, document, size: bytes.length, sum: 0 };
    const keys = [...this.indexes.values()].map((index) => this.#admit(index, document, undefined));
    let at = 0;
    for (const index of this.indexes.values())
      for (const key of keys[at++] ?? []) index.tree.insert(key, row);
    this.#nextId++;
    this.rows.set(row.id, row);
    this.#write(row, bytes, bytes.length);
    if (capped) this.#dropOldest();
  }

  replace(row: Row, document: Document, unchecked = false): void {
    if (!unchecked) this.#validate?.(document, row.document);
    const bytes = sized(document, 17419, "Resulting document after update is larger than allowed");
    const changed = [...this.indexes.values()]
      .filter((index) => !index.ignores(row.document, document))
      .map((index) => ({ index, keys: this.#admit(index, document, row) }));
    for (const { index, keys } of changed) {
      const { gone, come } = index.difference(index.keysOf(row.document), keys);
      for (const key of gone) index.tree.remove(key, row);
      for (const key of come) index.tree.insert(key, row);
    }
    const growth = bytes.length - row.size;
    row.document = document;
    row.size = bytes.length;
    this.#write(row, bytes, growth);
  }

  remove(row: Row): void {
    for (const index of this.indexes.values())
      for (const key of index.keysOf(row.document)) index.tree.remove(key, row);
    this.rows.delete(row.id);
    this.store.remove(this.entry.id, row.id, row.sum);
    this.dataBytes -= row.size;
    this.batch = this.store.pending;
  }

  clear(): void {
    for (const { id, sum } of this.rows.values()) this.store.remove(this.entry.id, id, sum);
    this.rows.clear();
    this.dataBytes = 0;
    for (const index of this.indexes.values()) index.tree.rebuild([]);
    this.batch = this.store.pending;
  }

  addIndex(spec: Document): void {
    const index = new Index(spec);
    this.#build(index);
    this.indexes.set(index.name, index);
    this.saveEntry();
  }

  dropIndex(name: string): void {
    this.indexes.delete(name);
    this.saveEntry();
  }

  setOptions(options: Document): void {
    this.entry.options = { ...this.entry.options, ...options };
    this.#validate = compileValidator(this.entry.options);
    this.saveEntry();
  }

  saveEntry(): void {
    this.entry.indexes = [...this.indexes.values()].map((index) => index.spec);
    this.store.saveEntry(this.entry);
    this.batch = this.store.pending;
  }

  /** A capped collection forgets its first documents when there are too many. Rows stand as they came. */
  #dropOldest(): void {
    const { size = Infinity, max } = this.entry.options as { size?: number; max?: number };
    for (const row of this.rows.values()) {
      if (this.dataBytes <= size && this.rows.size <= (max || Infinity)) return;
      this.remove(row);
    }
  }

  #build(index: Index): void {
    const entries: Entry[] = [];
    for (const row of this.rows.values())
      for (const key of index.keysOf(row.document)) entries.push({ key, row });
    index.tree.rebuild(entries);
    if (!index.unique) return;
    let last: Entry | undefined;
    for (const entry of entries) {
      const same = last?.key.every((value, at) => index.tree.compare(value, entry.key[at]) === 0);
      if (same && last?.row !== entry.row) throw this.#duplicate(index, entry.key);
      last = entry;
    }
  }

  #admit(index: Index, document: Document, row: Row | undefined): Key[] {
    const keys = index.keysOf(document);
    if (index.unique)
      for (const key of keys) if (index.holderOf(key, row)) throw this.#duplicate(index, key);
    return keys;
  }

  #duplicate(index: Index, key: Key) {
    const keyValue = Object.fromEntries(index.fields.map((field, at) => [field, key[at] ?? null]));
    return fail(
      11000,
      `E11000 duplicate key error collection: ${this.namespace} index: ${index.name} dup key: ${shellText(keyValue)}`,
      { keyPattern: index.spec["key"], keyValue },
    );
  }

  #write(row: Row, bytes: Uint8Array, growth: number): void {
    row.sum = this.store.put(this.entry.id, row.id, bytes, row.sum);
    this.dataBytes += growth;
    this.batch = this.store.pending;
  }
}

const meetsArray = (value: unknown, [name, ...rest]: readonly string[]): boolean =>
  Array.isArray(value) ||
  (name !== undefined && isDocument(value) && meetsArray(value[name], rest));

function sized(document: Document, code: number, message: string): Uint8Array {
  if (nestsDeeperThan(document, MAX_NESTING))
    throw fail(15, `Exceeded max nested object depth: ${MAX_NESTING}`);
  const bytes = encode(document);
  if (bytes.length > MAX_DOCUMENT_BYTES)
    throw fail(code, `${message}. size in bytes: ${bytes.length}, max size: ${MAX_DOCUMENT_BYTES}`);
  return bytes;
}
