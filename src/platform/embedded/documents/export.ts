// The way out: moves every database, collection, document and index to a real MongoDB, over the wire at
// both ends. Can be run again: documents are written by their _id, indexes that are there stay. It deletes
// nothing at the target; what is there and not here is a difference it reports.
import { mongo } from "mongoose";
import type { Document } from "bson";

const BATCH = 1000;
const SYSTEM = new Set(["admin", "config", "local"]);

export interface ExportProgress {
  namespace: string;
  done: number;
  total: number;
}

export interface ExportReport {
  collections: number;
  documents: number;
  indexes: number;
}

/** Throws when counts or indexes differ afterwards; nobody may write to the source meanwhile. */
export async function exportDocuments(options: {
  from: string;
  to: string;
  /** Throws where a database must not be written over with that of the source: then nothing is. */
  check?: (source: mongo.Db, target: mongo.Db) => Promise<void>;
  onProgress?: (progress: ExportProgress) => void;
}): Promise<ExportReport> {
  const source = new mongo.MongoClient(options.from);
  const target = new mongo.MongoClient(options.to, { serverSelectionTimeoutMS: 10_000 });
  try {
    await Promise.all([source.connect(), target.connect()]);
    const { databases } = await source.db().admin().listDatabases({ nameOnly: true });
    const names = databases.map(({ name }) => name).filter((name) => !SYSTEM.has(name));
    for (const name of names) await options.check?.(source.db(name), target.db(name));
    return await copyAll(names, source, target, options.onProgress ?? (() => {}));
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function copyAll(
  names: readonly string[],
  source: mongo.MongoClient,
  target: mongo.MongoClient,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportReport> {
  const report = { collections: 0, documents: 0, indexes: 0 };
  const differences: string[] = [];
  for (const name of names)
    for (const { name: collection, options } of await collectionsOf(source.db(name))) {
      const from = source.db(name).collection(collection);
      const to = target.db(name).collection(collection);
      await createCollection(target.db(name), collection, options ?? {});
      report.documents += await copyDocuments(from, to, onProgress);
      report.indexes += await copyIndexes(from, to);
      report.collections++;
      differences.push(...(await compare(from, to)));
    }
  if (differences.length > 0)
    throw new Error(
      `The copy differs from the source: ${differences.join("; ")}. Mend that at the target, then run the export again.`,
    );
  return report;
}

const collectionsOf = (database: mongo.Db) =>
  database.listCollections({}, { nameOnly: false }).toArray();

async function createCollection(database: mongo.Db, name: string, options: Document) {
  try {
    await database.createCollection(name, options);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError && error.code === 48)) throw error; // there already
  }
}

async function copyDocuments(
  from: mongo.Collection,
  to: mongo.Collection,
  onProgress: (progress: ExportProgress) => void,
): Promise<number> {
  const { namespace } = from;
  const total = await from.countDocuments();
  let done = 0;
  let batch: mongo.AnyBulkWriteOperation[] = [];
  const flush = async () => {
    if (batch.length > 0)
      await to.bulkWrite(batch, {
        ordered: false,
        bypassDocumentValidation: true, // what was accepted here once is taken along as it is
        writeConcern: { w: "majority" },
      });
    done += batch.length;
    batch = [];
    onProgress({ namespace, done, total });
  };
  // Unpromoted, so that each number arrives as the type it is.
  const reading = { sort: { $natural: 1 }, batchSize: BATCH, promoteValues: false } as const;
  for await (const document of from.find({}, reading)) {
    const filter = { _id: document._id };
    batch.push({ replaceOne: { filter, replacement: document, upsert: true } });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return done;
}

async function copyIndexes(from: mongo.Collection, to: mongo.Collection): Promise<number> {
  const indexes = await indexesOf(from);
  if (indexes.length > 0) await to.createIndexes(indexes as mongo.IndexDescription[]);
  return indexes.length;
}

async function indexesOf(collection: mongo.Collection): Promise<Document[]> {
  const all: Document[] = await collection.listIndexes().toArray();
  return all
    .filter(({ name }) => name !== "_id_")
    .map(({ v: _v, ...index }) => index)
    .toSorted((a, b) => String(a["name"]).localeCompare(String(b["name"])));
}

async function compare(from: mongo.Collection, to: mongo.Collection): Promise<string[]> {
  const { namespace } = from;
  const [here, there] = await Promise.all([from.countDocuments(), to.countDocuments()]);
  const differences =
    here === there ? [] : [`${namespace} has ${here} documents, the copy ${there}`];
  const copied = new Set((await indexesOf(to)).map(({ name }) => String(name)));
  for (const { name } of await indexesOf(from))
    if (!copied.has(String(name))) differences.push(`${namespace} lacks the index ${String(name)}`);
  return differences;
}
