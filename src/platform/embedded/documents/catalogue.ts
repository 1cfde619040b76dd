// All databases and collections by name. A database exists as long as it has a collection.
import { randomUUID } from "node:crypto";
import { Collection } from "./collection.js";
import type { Document } from "./codec.js";
import { damaged } from "./damage.js";
import { fail } from "./errors.js";
import type { Batch, Store } from "./store.js";

export const ID_INDEX: Document = { v: 2, key: { _id: 1 }, name: "_id_" };

export class Catalogue {
  readonly #collections = new Map<string, Collection>();
  /** The commit of the last change to the list itself. */
  batch: Batch | undefined;
  #nextId = 1;

  constructor(readonly store: Store) {}

  /** Reads everything, rebuilds the indexes and refuses what contradicts itself. */
  async load(): Promise<void> {
    const byId = new Map<number, Collection>();
    for await (const entry of this.store.entries()) {
      const collection = new Collection(entry, this.store);
      byId.set(entry.id, collection);
      this.#collections.set(collection.namespace, collection);
      this.#nextId = Math.max(this.#nextId, entry.id + 1);
    }
    for await (const { collection: id, ...row } of this.store.records()) {
      const collection = byId.get(id);
      if (collection === undefined) throw damaged(`record ${row.id} belongs to no collection`);
      collection.load(row);
    }
    for (const collection of byId.values())
      try {
        collection.openIndexes();
      } catch (error) {
        throw damaged(error instanceof Error ? error.message : String(error));
      }
    await this.store.proveWhole();
  }

  find(namespace: string): Collection | undefined {
    return this.#collections.get(namespace);
  }

  get(namespace: string): Collection {
    const collection = this.find(namespace);
    if (collection === undefined) throw fail(26, `ns does not exist: ${namespace}`);
    return collection;
  }

  /** Creates it when it is not there. */
  ensure(database: string, name: string): Collection {
    return this.find(`${database}.${name}`) ?? this.create(database, name, {});
  }

  create(database: string, name: string, options: Document): Collection {
    checkName(database, name);
    const entry = { id: this.#nextId++, database, name, uuid: randomUUID(), options };
    const { collation } = options;
    const idIndex = collation ? { ...ID_INDEX, collation } : ID_INDEX;
    const collection = new Collection({ ...entry, indexes: [idIndex] }, this.store);
    this.#collections.set(collection.namespace, collection);
    collection.saveEntry();
    this.batch = this.store.pending;
    return collection;
  }

  drop(collection: Collection): void {
    collection.clear();
    this.#collections.delete(collection.namespace);
    this.store.removeEntry(collection.entry.id);
    this.batch = this.store.pending;
  }

  rename(collection: Collection, database: string, name: string): void {
    checkName(database, name);
    this.#collections.delete(collection.namespace);
    Object.assign(collection.entry, { database, name });
    this.#collections.set(collection.namespace, collection);
    collection.saveEntry();
    this.batch = this.store.pending;
  }

  in(database: string): Collection[] {
    return this.all().filter(({ entry }) => entry.database === database);
  }

  all(): Collection[] {
    return [...this.#collections.values()];
  }
}

export function checkDatabaseName(database: string): void {
  if (!/^[^/\\. "$*<>:|?\0]{1,63}$/.test(database))
    throw fail(73, `Invalid database name: '${database}'`);
}

function checkName(database: string, name: string): void {
  checkDatabaseName(database);
  const wrong =
    name === "" ||
    name.startsWith(".") ||
    name.endsWith(".") ||
    name.includes("$") ||
    name.includes("\0") ||
    name.startsWith("system.") ||
    Buffer.byteLength(`${database}.${name}`) > 255;
  if (wrong) throw fail(73, `Invalid namespace specified '${database}.${name}'`);
}
