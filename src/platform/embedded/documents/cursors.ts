// Open cursors: what is left of an answer that did not fit one batch. Documents are immutable, so a
// cursor is a snapshot. Bounded in number and in idle time.
import { randomBytes } from "node:crypto";
import { Long } from "bson";
import { encode, type Document } from "./codec.js";
import { fail } from "./errors.js";
import { MAX_DOCUMENT_BYTES } from "./wire.js";

const IDLE_MS = 10 * 60_000;
const MAX_CURSORS = 10_000;
const FIRST_BATCH = 101;
/** What a document takes in a reply beside itself: its type, and its place in the batch in digits. */
const PLACE_BYTES = 10;

interface Cursor {
  namespace: string;
  documents: readonly Document[];
  project: (document: Document) => Document;
  at: number;
  usedAt: number;
  keep: boolean;
  small: boolean;
}

export interface Opening {
  namespace: string;
  documents: readonly Document[];
  project?: (document: Document) => Document;
  batchSize?: number | undefined;
  singleBatch?: boolean | undefined;
  /** The size of all documents together, when known: saves measuring each. */
  bytes?: number | undefined;
  /** Exempt from the idle time-out. */
  keep?: boolean | undefined;
}

export class Cursors {
  readonly #open = new Map<string, Cursor>();

  get size(): number {
    return this.#open.size;
  }

  open(opening: Opening): Document {
    const { namespace, documents, project = (document) => document, keep = false } = opening;
    const cursor: Cursor = {
      namespace,
      documents,
      project,
      at: 0,
      usedAt: Date.now(),
      keep,
      small: (opening.bytes ?? Infinity) < MAX_DOCUMENT_BYTES / 2,
    };
    const firstBatch = take(cursor, opening.batchSize ?? FIRST_BATCH);
    const done = opening.singleBatch === true || cursor.at >= documents.length;
    return { firstBatch, id: done ? Long.ZERO : this.#register(cursor), ns: namespace };
  }

  more(id: Long, namespace: string, batchSize: number | undefined): Document {
    const cursor = this.#open.get(id.toString());
    if (cursor === undefined) throw fail(43, `cursor id ${id.toString()} not found`);
    if (cursor.namespace !== namespace)
      throw fail(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    cursor.usedAt = Date.now();
    const nextBatch = take(cursor, batchSize || Infinity);
    const done = cursor.at >= cursor.documents.length;
    if (done) this.#open.delete(id.toString());
    return { nextBatch, id: done ? Long.ZERO : id, ns: namespace };
  }

  kill(id: Long, namespace: string): boolean {
    const cursor = this.#open.get(id.toString());
    return cursor?.namespace === namespace && this.#open.delete(id.toString());
  }

  killAll(namespace: (name: string) => boolean): void {
    for (const [id, cursor] of this.#open) if (namespace(cursor.namespace)) this.#open.delete(id);
  }

  sweep(now: number): void {
    for (const [id, cursor] of this.#open)
      if (!cursor.keep && now - cursor.usedAt > IDLE_MS) this.#open.delete(id);
  }

  #register(cursor: Cursor): Long {
    if (this.#open.size >= MAX_CURSORS)
      throw fail(
        202,
        `too many open cursors (${MAX_CURSORS}): close some, or read them to the end`,
      );
    const id = Long.fromBigInt(randomBytes(8).readBigUInt64LE() >> 1n || 1n);
    this.#open.set(id.toString(), cursor);
    return id;
  }
}

/** As many as asked for and as fit into one reply. */
function take(cursor: Cursor, count: number): Document[] {
  const batch: Document[] = [];
  let bytes = 0;
  while (batch.length < count && cursor.at < cursor.documents.length) {
    const document = cursor.project(cursor.documents[cursor.at] as Document);
    if (!cursor.small) bytes += encode(document).length + PLACE_BYTES;
    if (batch.length > 0 && bytes > MAX_DOCUMENT_BYTES) break;
    batch.push(document);
    cursor.at++;
  }
  return batch;
}
