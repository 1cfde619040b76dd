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
  FORMAT_KEY,
  type Level,
  listEntries,
  listRecords,
  makeWhole,
  openLevel,
  parse,
  placeOf,
  readSum,
  recordKey,
  sumOf,
  SYNCED,
  toFormat,
  toValue,
} from "./level.js";
import { damaged } from "./damage.js";

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
  /** Of all that is stored, with what is queued: each one's own sum, laid over the others. */
  #sum = 0;
  readonly #entrySums = new Map<number, number>();

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
    for await (const [key, value] of listEntries(this.#level)) {
      const entry = parse(value, "the catalogue") as CollectionEntry;
      this.#entrySums.set(entry.id, sumOf(key, value));
      this.#sum ^= sumOf(key, value);
      yield entry;
    }
  }

  async *records(): AsyncGenerator<{
    collection: number;
    id: number;
    document: Document;
    size: number;
    sum: number;
  }> {
    for await (const [key, value] of listRecords(this.#level)) {
      const { collection, id } = placeOf(key);
      const document = parse(value, `record ${id} of collection ${collection}`);
      const sum = sumOf(key, value);
      this.#sum ^= sum;
      yield { collection, id, document, size: value.length - CHECKSUM, sum };
    }
  }

  /** Call when all entries and records were read.
   *  @throws Error when they are not all that was committed, each as it was committed last */
  async proveWhole(): Promise<void> {
    const sum = await readSum(this.#level);
    if (sum !== undefined && sum !== this.#sum)
      throw damaged("some of what it stored is missing or out of date");
  }

  /** `before`: the sum of what stands there, 0 where nothing does. Answers with the sum of what stands there now. */
  put(collection: number, id: number, bytes: Uint8Array, before: number): number {
    return this.#write(recordKey(collection, id), toValue(bytes), before);
  }

  remove(collection: number, id: number, before: number): void {
    this.#sum ^= before;
    this.#queue({ type: "del", key: recordKey(collection, id) });
  }

  saveEntry(entry: CollectionEntry): void {
    const before = this.#entrySums.get(entry.id) ?? 0;
    const sum = this.#write(entryKey(entry.id), toValue(encode(entry)), before);
    this.#entrySums.set(entry.id, sum);
  }

  removeEntry(id: number): void {
    this.#sum ^= this.#entrySums.get(id) ?? 0;
    this.#entrySums.delete(id);
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

  #write(key: Buffer, value: Buffer, before: number): number {
    const sum = sumOf(key, value);
    this.#sum ^= before ^ sum;
    this.#queue({ type: "put", key, value });
    return sum;
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
    changes.push({ type: "put", key: FORMAT_KEY, value: toFormat(this.#sum) });
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
