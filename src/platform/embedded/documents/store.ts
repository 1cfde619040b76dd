// The durable side: records and the catalogue in LMDB. Memory is the truth while running; every change
// is queued here and `pending` settles when it is on disk. A failed commit ends the process, since
// memory is then ahead of the disk.
import { open, type Database } from "lmdb";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { decode, encode, type Document } from "./codec.js";
import { checkFiles, damaged } from "./damage.js";

const FORMAT = 1;

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

type Change = () => unknown;

export class Store {
  readonly #environment;
  readonly #records: Database<Buffer, [number, number]>;
  readonly #catalogue: Database<Buffer, number>;
  readonly #onFailure: (error: unknown) => void;
  #changes: Change[] = [];
  #batch: Batch | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(folder: string, onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
    const path = join(folder, "store");
    checkFiles(path);
    // A whole commit is synced before the next begins: an acknowledged write can never be torn.
    this.#environment = open<Buffer, string>({
      path,
      noSubdir: false,
      overlappingSync: false,
      encoding: "binary",
      maxDbs: 8,
    });
    this.#records = this.#environment.openDB({ name: "records", encoding: "binary" });
    this.#catalogue = this.#environment.openDB({ name: "catalogue", encoding: "binary" });
  }

  /** Refuses a folder written in another format; marks a new one. */
  async checkFormat(): Promise<void> {
    const found = this.#environment.get("format")?.toString();
    if (found === undefined) await this.#environment.put("format", Buffer.from(String(FORMAT)));
    else if (found !== String(FORMAT))
      throw new Error(
        `The document store is in format ${found}, this version reads format ${FORMAT}: use the version that wrote it, or restore a backup.`,
      );
  }

  *entries(): Generator<CollectionEntry> {
    for (const { value } of this.#catalogue.getRange())
      yield checked(value, "the catalogue") as CollectionEntry;
  }

  *records(): Generator<{ collection: number; id: number; document: Document; size: number }> {
    for (const { key, value } of this.#records.getRange()) {
      const [collection, id] = key;
      const document = checked(value, `record ${id} of collection ${collection}`);
      yield { collection, id, document, size: value.length };
    }
  }

  put(collection: number, id: number, bytes: Uint8Array): void {
    this.#queue(() => this.#records.put([collection, id], bytes as Buffer));
  }

  remove(collection: number, id: number): void {
    this.#queue(() => this.#records.remove([collection, id]));
  }

  saveEntry(entry: CollectionEntry): void {
    const bytes = encode(entry) as Buffer;
    this.#queue(() => this.#catalogue.put(entry.id, bytes));
  }

  removeEntry(id: number): void {
    this.#queue(() => this.#catalogue.remove(id));
  }

  /** The commit that what was queued last will be part of; undefined when all is on disk. */
  get pending(): Batch | undefined {
    return this.#batch;
  }

  /** A copy of the last commit, taken while writing goes on; into an empty folder, so that none is lost. */
  async backup(folder: string): Promise<void> {
    const target = join(folder, "store");
    await mkdir(target, { recursive: true, mode: 0o700 });
    if ((await readdir(target)).length > 0)
      throw new Error(`The folder ${target} is not empty: choose another one for the backup.`);
    await this.#flushing;
    await this.#environment.backup(target, false);
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#environment.close();
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
      await this.#environment.batch(() => changes.forEach((change) => change()));
      batch.done = true;
    } catch (error) {
      this.#onFailure(error);
      await new Promise(() => {}); // nothing of this batch may be acknowledged
    }
  }
}

function checked(bytes: Buffer, what: string): Document {
  const length = bytes.length < 5 ? -1 : bytes.readInt32LE(0);
  try {
    if (length === bytes.length) return decode(bytes);
  } catch {
    // Falls through: damaged either way.
  }
  throw damaged(`${what} cannot be read`);
}
