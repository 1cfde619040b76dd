// The durable side: records and the catalogue in LevelDB (level.ts). Memory is the truth while running; every
// change is queued here and `pending` settles when it is on disk. A failed commit ends the process, since
// memory is then ahead of the disk.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Document, encode } from "./codec.js";
import {
  type Change,
  CHECKSUM,
  copyInto,
  entryKey,
  type Level,
  listEntries,
  listRecords,
  makeWhole,
  openLevel,
  parse,
  placeOf,
  recordKey,
  SYNCED,
  toValue,
} from "./level.js";

export interface CollectionEntry {
  id: number;
  database: string;
  name: string;
  uuid: string;
  options: Document;
  indexes: Document[];
}

/** Changes that share one commit. */
export interface Batch {
  done: boolean;
  committed: Promise<void>;
}

export class Store {
  readonly #level: Level;
  readonly #onFailure: (error: unknown) => void;
  #changes: Change[] = [];
  #batch: Batch | undefined;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(level: Level, onFailure: (error: unknown) => void) {
    this.#level = level;
    this.#onFailure = onFailure;
  }

  /** Opens the store in `folder`; makes it where there is none.
   *  @throws Error when it is damaged or of another format */
  static async open(folder: string, onFailure: (error: unknown) => void): Promise<Store> {
    return new Store(await openLevel(join(folder, "store")), onFailure);
  }

  async *entries(): AsyncGenerator<CollectionEntry> {
    for await (const [, value] of listEntries(this.#level))
      yield parse(value, "the catalogue") as CollectionEntry;
  }

  async *records(): AsyncGenerator<{
    collection: number;
    id: number;
    document: Document;
    size: number;
  }> {
    for await (const [key, value] of listRecords(this.#level)) {
      const { collection, id } = placeOf(key);
      const document = parse(value, `record ${id} of collection ${collection}`);
      yield { collection, id, document, size: value.length - CHECKSUM };
    }
  }

  put(collection: number, id: number, bytes: Uint8Array): void {
    this.#queue({ type: "put", key: recordKey(collection, id), value: toValue(bytes) });
  }

  remove(collection: number, id: number): void {
    this.#queue({ type: "del", key: recordKey(collection, id) });
  }

  saveEntry(entry: CollectionEntry): void {
    this.#queue({ type: "put", key: entryKey(entry.id), value: toValue(encode(entry)) });
  }

  removeEntry(id: number): void {
    this.#queue({ type: "del", key: entryKey(id) });
  }

  /** The commit that what was queued last will be part of; undefined when all is on disk. */
  get pending(): Batch | undefined {
    return this.#batch;
  }

  /** A copy of the last commit, taken while writing goes on; into an empty folder, so that none is lost. */
  async backup(folder: string): Promise<void> {
    const target = join(folder, "store");
    if ((await readdir(target).catch(() => [])).length > 0)
      throw new Error(`The folder ${target} is not empty: choose another one for the backup.`);
    await this.#flushing;
    try {
      await makeWhole(target, (copy) => copyInto(copy, this.#level));
    } catch (error) {
      const { cause: why = error } = error as Error; // so LevelDB tells why it did not open
      throw new Error(
        `The backup ${target} could not be made (${(why as Error).message}): free some space there, or choose another folder. The store itself goes on.`,
        { cause: error },
      );
    }
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#level.close();
  }

  #queue(change: Change): void {
    this.#changes.push(change);
    if (this.#batch !== undefined) return;
    const batch: Batch = { done: false, committed: this.#flushing.then(() => this.#flush(batch)) };
    this.#batch = batch;
    this.#flushing = batch.committed;
  }

  /** Waits for the end of this turn of the event loop, so that all commands that came in share a sync. */
  async #flush(batch: Batch): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const changes = this.#changes;
    this.#changes = [];
    this.#batch = undefined;
    try {
      await this.#level.batch(changes, SYNCED);
      batch.done = true;
    } catch (error) {
      this.#onFailure(error);
      await new Promise(() => {}); // nothing of this batch may be acknowledged
    }
  }
}
