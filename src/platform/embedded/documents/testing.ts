// For tests: a store in a temporary folder, started and thrown away.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { afterEach, beforeEach } from "vitest";
import type { Document } from "./codec.js";
import { Engine } from "./engine.js";
import { Store } from "./store.js";
import { startDocumentStore, type DocumentStore } from "./supervisor.js";

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "documents-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface TestStore {
  store: DocumentStore;
  folder: string;
  client: mongo.MongoClient;
  database: mongo.Db;
  close(): Promise<void>;
}

/** A running store with a connected driver. */
export async function createTestStore(): Promise<TestStore> {
  const folder = await temporaryFolder();
  const store = await startDocumentStore({ folder: folder.path });
  const client = await new mongo.MongoClient(store.url).connect();
  return {
    store,
    folder: folder.path,
    client,
    database: client.db("test"),
    async close() {
      await client.close();
      await store.stop();
      await folder.remove();
    },
  };
}

export interface TestEngine {
  engine: Engine;
  /** Answers as the server would, without a socket. */
  run(command: Document): Promise<Document>;
  close(): Promise<void>;
}

/** The engine in this process, on `folder`. */
export async function openTestEngine(folder: string): Promise<TestEngine> {
  const store = await Store.open(folder, (error) => {
    throw error;
  });
  const engine = await Engine.open(store, () => ({ current: 0, available: 0, totalCreated: 0 }));
  return {
    engine,
    run: async (command) => (await engine.handle({ ...command, $db: "test" }, { id: 1 })) ?? {},
    close: () => store.close(),
  };
}

export async function withClient<T>(
  store: DocumentStore,
  work: (db: mongo.Db) => Promise<T>,
): Promise<T> {
  const client = new mongo.MongoClient(store.url);
  try {
    return await work(client.db("test"));
  } finally {
    await client.close();
  }
}

/** For each test of a file: a folder of its own, and stores that are stopped after it. */
export function useStores() {
  const stores = {
    path: "",
    running: [] as DocumentStore[],
    async start(path?: string): Promise<DocumentStore> {
      const store = await startDocumentStore({ folder: path ?? stores.path });
      stores.running.push(store);
      return store;
    },
  };
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ path: stores.path, remove } = await temporaryFolder());
    stores.running = [];
  });
  afterEach(async () => {
    await Promise.all(stores.running.map((store) => store.stop()));
    await remove();
  });
  return stores;
}
